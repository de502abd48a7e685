"""How a deployment's requests and answers look: routes, names, envelopes, tokens, CSRF values."""
