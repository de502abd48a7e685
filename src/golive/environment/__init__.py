"""Floor 1: what is verified. Typed, frozen profiles, loaded strictly; secrets by name."""
