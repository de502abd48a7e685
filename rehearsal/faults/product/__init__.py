"""Faults of what only the product has: recommendations, previews, rooms, journeys."""
