"""The code of a release: reviewed, tagged, signed, and what was deployed was built from it."""
