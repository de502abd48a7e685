"""The services of the rehearsal: the API with its recommender, and the identity provider's stand-in."""
