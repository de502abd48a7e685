"""What tokens, states and other secrets that are handed out must be."""

import math
import string
from collections.abc import Sequence
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from itertools import combinations

from golive.api.profile_sign_in import AccessToken
from golive.api.wire.token import TokenObservation, read_token
from golive.core.duration import format_duration
from golive.core.outcome import Blind
from golive.net.errors import ProtocolError
from golive.net.http_observation import HttpObservation
from golive.profile.secrets import Secret
from golive.rules.controls import opens
from golive.rules.failure import fail
from golive.rules.http import expect_not_rate_limited, expect_refusal

_TURNED_AWAY = (401, 403)
_PRIVATE_CLAIMS = ("password", "passwd", "hash", "secret", "refresh", "provider")
_HASHES_OF_OPENID = {"at_hash", "c_hash", "s_hash"}
"""Claims that tie tokens to each other (OpenID Connect Core 3.1.3.6, FAPI): no hash of a secret."""


def expect_sane_token(token: TokenObservation, promised: AccessToken, *, now: datetime) -> None:
    """The token is signed as promised, has every claim, was issued now, and ends in good time.

    Args:
        token: of an account that has just signed in.
        promised: algorithms, claims and lifetime.
        now: when it was issued, by the suite's clock.
    """
    where = token.title
    if token.algorithm not in promised.algorithms or not token.signature_bytes:
        fail(
            "algorithm of the token",
            expected=" or ".join(promised.algorithms),
            observed=repr(token.algorithm[:20]) if token.signature_bytes else "no signature",
            where=where,
        )
    missing = [name for name in promised.claims if token.claims.get(name) in (None, "")]
    if missing or not promised.claims:
        fail("claims of the token", expected="each", observed=f"{', '.join(missing)} missing", where=where)
    private = [
        name
        for name in token.claims
        if name not in _HASHES_OF_OPENID and any(word in name.lower() for word in _PRIVATE_CLAIMS)
    ]
    if private:
        fail(
            "claims of the token, which anybody can read",
            expected="nothing secret",
            observed=", ".join(private),
            where=where,
        )
    issued, ends = token.instant("iat"), token.instant("exp")
    if issued is None or ends is None:
        fail("times of the token", expected="iat and exp in seconds", observed="another type", where=where)
    if abs(issued - now) > promised.clock_skew:
        wanted = f"now, give or take {format_duration(promised.clock_skew)}"
        fail("iat of the token", expected=wanted, observed=f"{issued:%H:%M:%S} UTC", where=where)
    lifetime = ends - issued
    if not promised.lifetime_at_least <= lifetime <= promised.lifetime_at_most:
        least, most = format_duration(promised.lifetime_at_least), format_duration(promised.lifetime_at_most)
        fail(
            "lifetime of the token",
            expected=f"{least} to {most}",
            observed=_duration(lifetime),
            where=where,
        )


def expect_refusable(tried: Secret, right: Secret, *, name: str, has_ended: bool, now: datetime) -> None:
    """A token that must be refused is wrong in one respect only: it is of the right one's kind.

    A text that is no token, or a token of another environment that has ended by itself, is refused by
    everybody, whatever they check. Opaque tokens cannot be compared.

    Args:
        tried: the token that must be refused.
        right: a token that was let in.
        name: key of the profile that names the secret, for messages.
        has_ended: whether it must be past its end; otherwise it must not be.
        now: by the suite's clock.

    Raises:
        Blind: its refusal would show nothing.
    """
    try:
        twin = read_token(right, target="the listener")
    except ProtocolError:
        return
    remedy = f"put another token into the secret that {name} names"
    try:
        token = read_token(tried, target=name)
    except ProtocolError as error:
        raise Blind(f"{name} shows nothing by being refused: {error.message}", remedy=remedy) from None
    if has_ended and token.algorithm != twin.algorithm:
        raise Blind(
            f"{name} shows nothing by being refused: it is signed by another algorithm than tokens here",
            remedy=remedy,
        )
    ends = token.instant("exp")
    if ends is not None and (ends < now) is not has_ended:
        why = "it has ended by itself" if not has_ended else "it has not ended yet"
        raise Blind(f"{name} shows nothing by being refused: {why} ({ends:%Y-%m-%d %H:%MZ})", remedy=remedy)


def expect_not_signed_with(key: str, answer: HttpObservation, *, stranger: HttpObservation) -> None:
    """A token signed with a key out of examples is refused with 401.

    The key is accused where its token opens what a token signed with a key that nobody uses does not. Let
    in beside that one, it says that signatures are not verified, and nothing about the key.

    Args:
        key: the key, which anybody can read in examples.
        answer: to the token that is signed with it.
        stranger: the answer to a token that is signed with a key that nobody uses.

    Raises:
        AssertionError: the token is not refused.
        Blind: the rate limit was met, or nobody knows what becomes of a stranger's token.
    """
    if not opens(answer):
        expect_refusal(answer, f"a token signed with {key!r}", 401)
        return
    if opens(stranger):
        fail(
            f"a token signed with {key!r}",
            expected="refused with 401",
            observed="let in, as one signed with any key is: signatures are not verified",
            where=answer.title,
        )
    if stranger.status not in _TURNED_AWAY:
        expect_not_rate_limited(stranger, "a token signed with a key that nobody uses")
        raise Blind(
            f"a token signed with {key!r} is let in, and one signed with a key that nobody uses is answered"
            f" {stranger.status}: whether the key is in use is not known — {stranger.title}",
            remedy="have wrong tokens refused with 401, and run it again",
        )
    fail(
        "signing key",
        expected="a random one",
        observed=f"{key!r}, which anybody can guess: replace it and revoke all tokens",
        where=answer.title,
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
        fail(what, expected="several to compare", observed=len(values), where=where)
    if len(set(values)) != len(values):
        fail(what, expected="a fresh one each time", observed="the same one twice", where=where)
    room = min(len(value) for value in values) * math.log2(_alphabet("".join(values)))
    if room < bits:
        fail(what, expected=f"≥ {bits} bits", observed=f"room for {room:.0f} bits", where=where)
    shared = max(_shared(*pair) for pair in combinations(values, 2))
    if shared > min(len(value) for value in values) // 3:
        fail(what, expected="nothing in common", observed=f"{shared} characters shared", where=where)


def _duration(span: timedelta) -> str:
    return format_duration(span) if span >= timedelta(0) else f"minus {format_duration(-span)}"


def _alphabet(text: str) -> int:
    """How many characters there are to choose from, going by the ones in use."""
    alphabets = (string.digits, string.hexdigits.lower(), string.digits + string.ascii_letters)
    return next((len(set(letters)) for letters in alphabets if set(text) <= set(letters)), 64)


def _shared(one: str, other: str) -> int:
    """How many characters in a row stand in both, wherever."""
    return SequenceMatcher(None, one, other, autojunk=False).find_longest_match().size
