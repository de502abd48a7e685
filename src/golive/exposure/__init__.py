"""What answers show that is nobody else's business: looked at in every answer that a client gets."""
