"""What tokens, states and other secrets that are handed out must be."""

import math
import string
from collections.abc import Sequence
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from itertools import combinations

from golive.environment.promises import AccessToken
from golive.expect.failure import unmet
from golive.model.duration import format_duration
from golive.probes.token import TokenObservation

_PRIVATE_CLAIMS = ("password", "passwd", "hash", "secret", "refresh", "spotify")


def expect_sane_token(token: TokenObservation, promised: AccessToken, *, now: datetime) -> None:
    """The token is signed as promised, has every claim, was issued now, and ends in good time.

    Args:
        token: of an account that has just signed in.
        promised: algorithms, claims and lifetime.
        now: when it was issued, by the suite's clock.
    """
    where = token.title
    if token.algorithm not in promised.algorithms or not token.signature_bytes:
        unmet(
            "algorithm of the token",
            expected=" or ".join(promised.algorithms),
            observed=repr(token.algorithm[:20]) if token.signature_bytes else "no signature",
            where=where,
        )
    missing = [name for name in promised.claims if token.claims.get(name) in (None, "")]
    if missing or not promised.claims:
        unmet("claims of the token", expected="each", observed=f"{', '.join(missing)} missing", where=where)
    private = [name for name in token.claims if any(word in name.lower() for word in _PRIVATE_CLAIMS)]
    if private:
        unmet(
            "claims of the token, which anybody can read",
            expected="nothing secret",
            observed=", ".join(private),
            where=where,
        )
    issued, ends = token.instant("iat"), token.instant("exp")
    if issued is None or ends is None:
        unmet("times of the token", expected="iat and exp in seconds", observed="another type", where=where)
    if abs(issued - now) > promised.clock_skew:
        wanted = f"now, give or take {format_duration(promised.clock_skew)}"
        unmet("iat of the token", expected=wanted, observed=f"{issued:%H:%M:%S} UTC", where=where)
    lifetime = ends - issued
    if not promised.lifetime_at_least <= lifetime <= promised.lifetime_at_most:
        least, most = format_duration(promised.lifetime_at_least), format_duration(promised.lifetime_at_most)
        unmet(
            "lifetime of the token",
            expected=f"{least} to {most}",
            observed=_duration(lifetime),
            where=where,
        )


def expect_unguessable(values: Sequence[str], *, what: str, where: str, bits: int = 128) -> None:
    """Values that must not be guessed: all different, long enough, and no series.

    Args:
        values: two or more, from different requests.
        what: their name, for the message; the values are never shown.
        where: what handed them out.
        bits: entropy that the length and the alphabet in use must have room for (RFC 6749, 10.10).
    """
    if len(values) < 2:
        unmet(what, expected="several to compare", observed=len(values), where=where)
    if len(set(values)) != len(values):
        unmet(what, expected="a fresh one each time", observed="the same one twice", where=where)
    room = min(len(value) for value in values) * math.log2(_alphabet("".join(values)))
    if room < bits:
        unmet(what, expected=f"≥ {bits} bits", observed=f"room for {room:.0f} bits", where=where)
    shared = max(_shared(*pair) for pair in combinations(values, 2))
    if shared > min(len(value) for value in values) // 3:
        unmet(what, expected="nothing in common", observed=f"{shared} characters shared", where=where)


def _duration(span: timedelta) -> str:
    return format_duration(span) if span >= timedelta(0) else f"minus {format_duration(-span)}"


def _alphabet(text: str) -> int:
    """How many characters there are to choose from, going by the ones in use."""
    alphabets = (string.digits, string.hexdigits.lower(), string.digits + string.ascii_letters)
    return next((len(set(letters)) for letters in alphabets if set(text) <= set(letters)), 64)


def _shared(one: str, other: str) -> int:
    """How many characters in a row stand in both, wherever."""
    return SequenceMatcher(None, one, other, autojunk=False).find_longest_match().size
