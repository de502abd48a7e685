"""What the answer to a sign-in hands out: an access token, a refresh token, and how long the former lives."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from pydantic import JsonValue

from golive.api.profile_sign_in import Password
from golive.api.wire.serialization import Wire
from golive.core.duration import format_duration
from golive.net.http_observation import HttpObservation
from golive.net.masking import masked_text
from golive.profile.secrets import Secret
from golive.rules.failure import fail

SHORTEST_TOKEN = 16
"""Characters; less is no token but a mistake."""
_ROUNDING = timedelta(seconds=1.5)
"""What is lost where an issuer says whole seconds, and looks at its clock twice."""
_NUMBER = re.compile(r"[0-9]{1,16}(\.[0-9]{1,9})?")


@dataclass(frozen=True, slots=True)
class HandedOut:
    """Tokens of one answer; ``refresh`` is None where there is none to look for."""

    access: Secret
    refresh: Secret | None


def value_at(value: JsonValue, path: str) -> JsonValue:
    """Return what stands at a dotted path of objects; None where there is nothing."""
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value


def handed_out(answer: HttpObservation, strategy: Password, wire: Wire, *, refreshes: bool) -> HandedOut:
    """Take the tokens out of a good answer, from its body or its cookies.

    Args:
        answer: to a sign-in or a refresh.
        strategy: where its body has them.
        wire: which cookies carry them instead.
        refreshes: whether there is to be a refresh token.

    Raises:
        AssertionError: one is missing, or is none.
    """
    return HandedOut(
        _token(answer, "access token", wire.token_cookie, strategy.access_field),
        _token(answer, "refresh token", wire.refresh_cookie, strategy.refresh_field)
        if refreshes and (wire.refresh_cookie or (strategy.refresh_field and not wire.token_cookie))
        else None,
    )


def _token(answer: HttpObservation, what: str, cookie: str | None, field: str | None) -> Secret:
    if cookie is not None:
        found = [one.value for one in answer.cookies() if one.name == cookie]
        if len(found) != 1 or not found[0].reveal():
            observed = f"{len(found)} of them" if found else "none"
            fail(f"{what} of the sign-in", expected=f"one cookie {cookie} with it", observed=observed,
                 where=answer.title)  # fmt: skip
        return found[0]
    value = value_at(answer.json(), field or "")
    if not isinstance(value, str) or len(value) < SHORTEST_TOKEN:
        observed = "a short text" if isinstance(value, str) else "none" if value is None else "no text"
        fail(f"{what} of the sign-in", expected=f"a text in {field}", observed=observed, where=answer.title)
    return Secret(value)


ExpiryUnit = Literal["seconds", "milliseconds", "instant"]


def expect_said_lifetime(
    answer: HttpObservation, field: str, unit: ExpiryUnit, *, issued: datetime, ends: datetime
) -> None:
    """How long the answer says its token lives is how long it does; an answer that does not say is fine.

    Args:
        answer: to a sign-in.
        field: where it says so, dotted.
        unit: what it counts in. An instant is one of ISO 8601 with an offset, or a number of seconds or
            milliseconds since 1970; in ``seconds`` an ISO instant is read too, which is nothing else.
        issued: the token's ``iat``.
        ends: its ``exp``.
    """
    said = value_at(answer.json(), field)
    if said is None:
        return
    lives = ends - issued
    told = _lifetime(said, unit, issued)
    if told is None or abs(told - lives) > _ROUNDING:
        observed = format_duration(told) if told is not None and told > timedelta(0) else f"no {unit}"
        shown = f"{observed} ({masked_text(str(said), longest=40)} as {unit})"
        fail("lifetime that the sign-in names", expected=format_duration(lives), observed=shown,
             where=answer.title)  # fmt: skip


def _lifetime(said: JsonValue, unit: ExpiryUnit, issued: datetime) -> timedelta | None:
    number = said if isinstance(said, int | float) and not isinstance(said, bool) else None
    if isinstance(said, str) and _NUMBER.fullmatch(said):
        number = float(said)
    if number is None:
        return _until(said, issued) if isinstance(said, str) and unit != "milliseconds" else None
    try:
        if unit == "instant":
            seconds = number / 1000 if number > _MILLISECONDS_FROM else number
            return datetime.fromtimestamp(seconds, UTC) - issued
        return timedelta(seconds=number / 1000 if unit == "milliseconds" else number)
    except (OverflowError, OSError, ValueError):
        return None


_MILLISECONDS_FROM = 100_000_000_000
"""No instant of today is as many seconds after 1970."""


def _until(text: str, issued: datetime) -> timedelta | None:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    # Without an offset nobody knows which instant it is.
    return instant - issued if instant.tzinfo is not None else None


def sign_in_body(strategy: Password, email: str, password: Secret | str) -> Mapping[str, Secret | str]:
    """Return what is sent to sign in."""
    return {strategy.email_field: email, strategy.password_field: password, **strategy.other_fields}
