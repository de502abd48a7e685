"""The documents that are generated from the code, and what holds for every document."""
