"""Drills: every fault turns exactly its lines red, and a healthy rehearsal is GO."""
