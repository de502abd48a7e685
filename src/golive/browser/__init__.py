"""Users in a real browser: what pages are, load, say and play."""
