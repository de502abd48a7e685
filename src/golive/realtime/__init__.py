"""Real-time connections, whichever protocol carries them."""
