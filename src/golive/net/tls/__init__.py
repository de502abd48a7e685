"""TLS as clients speak it here, and what its errors mean."""
