"""From collected tests to checks: bindings, cases, the manifest, the scope."""
