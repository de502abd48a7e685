"""Faults that were thought of from the titles of kinds, before any check of these kinds was there.

Their `proves` is a placeholder that names the kind, until the checks are there: `rehearsal.faults.AWAITED`.
"""
