"""What is verified: typed, frozen profiles, loaded strictly; secrets by name."""
