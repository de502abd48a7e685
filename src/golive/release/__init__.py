"""Which release an instance says that it runs."""
