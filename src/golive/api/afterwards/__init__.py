"""What is done after the checks: what they made is undone, and seen to be gone."""
