"""Every network case against a lab host that has it, and none against hosts that are well."""
