"""Faults of the API."""
