"""How people are kept apart: whose an answer is, what ends, what is guessed, taken over or lost."""
