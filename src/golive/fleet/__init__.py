"""Servers, ports and the load balancer before them."""
