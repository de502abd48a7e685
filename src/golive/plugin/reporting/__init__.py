"""From what pytest saw to records, verdict and terminal."""
