"""The ledger of a release: every run about it in one environment, and what all of them come to."""
