"""Real time: sessions, presence, and what is told to whom."""
