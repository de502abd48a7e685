"""Certificates and protocols of a host, at each of its addresses."""
