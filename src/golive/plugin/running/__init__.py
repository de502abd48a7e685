"""Running checks: the loop, look-ahead, deadlines, exclusive runs, signals."""
