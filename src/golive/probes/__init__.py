"""Floor 1: probes. Each takes one measurement under a hard deadline; they observe and never judge."""
