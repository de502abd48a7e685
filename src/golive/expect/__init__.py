"""Floor 2: expectations. Pure rules over observations; an empty answer meets none of them."""
