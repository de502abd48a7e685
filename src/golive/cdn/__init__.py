"""The asset host: every asset at every address, and what the cache before it does."""
