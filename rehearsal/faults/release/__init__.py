"""Faults of the release and of its people: code, configuration, database, monitoring, records."""
