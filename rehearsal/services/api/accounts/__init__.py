"""Who calls the API: accounts, sign-in, tokens, and what they may."""
