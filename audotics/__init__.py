"""What only Audotics has: recommendations, their relevance and ranking, and how its group sessions speak."""
