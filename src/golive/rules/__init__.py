"""What the rules of every subject share. Rules are pure; an empty answer meets none of them."""
