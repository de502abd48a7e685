"""The code of the rehearsal: a git repository with its history, how it was reviewed, how to go back."""
