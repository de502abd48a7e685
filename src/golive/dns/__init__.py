"""The public zone: its delegation, every server, aliases, DNSSEC and resolvers."""
