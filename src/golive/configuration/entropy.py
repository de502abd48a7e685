"""How hard a secret is to guess.

The estimate is the binary logarithm of the guesses that zxcvbn (Wheeler, USENIX Security 2016) says an
attacker needs who knows the usual words, dates, repetitions, sequences and keyboards. It falls short for
what really is random (about 3.3 bits a character), so what it lets pass is good; only the first 72
characters are looked at.
"""

import math

_LOOKED_AT = 72
_CLASSES = ((28, "guessed at once"), (48, "weak"), (64, "fair"), (128, "strong"))


def entropy_bits(value: str) -> float:
    """Return the estimated bits; 0 for an empty value."""
    from zxcvbn import zxcvbn  # noqa: PLC0415 - its word lists are for runs that look at secrets

    if not value:
        return 0.0
    guesses = zxcvbn(value[:_LOOKED_AT])["guesses"]
    return math.log2(max(1.0, float(guesses)))


def entropy_class(bits: float) -> str:
    """Return a word for the bits: exact ones would tell something of the value."""
    return next((f"{word} (below {limit} bits)" for limit, word in _CLASSES if bits < limit), "very strong")
