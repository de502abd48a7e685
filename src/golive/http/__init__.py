"""A public host's HTTP: redirects, headers, what a page loads, what is exposed."""
