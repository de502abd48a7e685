"""The way to the targets: guard, addresses, limits, deadlines, clocks, errors and the HTTP client."""
