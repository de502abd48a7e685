"""The API: its contract, its wording, tokens and accounts, and what no answer of it may be."""
