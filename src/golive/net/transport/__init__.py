"""HTTP below the client: one small pool for each address, over h11 and h2; see decision 63."""
