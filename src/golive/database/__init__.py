"""The database, looked at without writing to it; and scratch databases, on which everything else is done."""
