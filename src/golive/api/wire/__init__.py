"""What a deployment's requests and answers are like, beyond names: routes, tokens, CSRF values, successes."""
