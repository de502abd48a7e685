"""The lab: small servers, each wrong in one way, that start in milliseconds."""
