"""Edges, zones, certificates and ports of a stack."""
