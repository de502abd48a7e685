"""The rehearsal's people: their keys, their documents, what they sign, and how that can be tampered with."""
