"""The database and the cache of a stack: what they are made of, and how they begin anew."""
