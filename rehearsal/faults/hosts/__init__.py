"""Faults of hosts and of the way to them: certificates, zone, edge, assets, servers, lost parts."""
