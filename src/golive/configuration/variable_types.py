"""Whether a variable's value is of its type. What is said of a value never shows any of it."""

import re
from datetime import timedelta
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit

from golive.configuration.entropy import entropy_bits, entropy_class
from golive.configuration.variables import (
    BooleanVariable,
    DsnVariable,
    DurationVariable,
    HostVariable,
    IntegerVariable,
    OneOf,
    PortVariable,
    SecretVariable,
    UrlVariable,
    Variable,
)
from golive.core.duration import format_duration

_HOST = re.compile(
    r"(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.I
)
_DURATION = re.compile(r"(?P<number>\d{1,12}(?:\.\d{1,6})?) ?(?P<unit>ms|s|sec|m|min|h|d|w)")
_SECONDS = {"ms": 0.001, "s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400, "w": 604_800}


class Mismatch(NamedTuple):
    """Of a value: what was expected, and what it is instead, in words that hold for many values."""

    expected: str
    observed: str


def mismatch(variable: Variable, value: str) -> Mismatch | None:
    """Return how ``value`` is not of its variable's type; None where it is."""
    if value != value.strip():
        return Mismatch("a value without blanks around it", "blanks before or behind it")
    match variable:
        case UrlVariable():
            return _url(variable, value)
        case DsnVariable():
            return _dsn(variable, value)
        case DurationVariable():
            return _duration(variable, value)
        case PortVariable():
            fits = value.isascii() and value.isdecimal() and len(value) <= 5 and 0 < int(value) < 65_536
            return None if fits else Mismatch("a port, 1 to 65535", "something else")
        case SecretVariable():
            return _entropy(value, variable.entropy)
        case OneOf():
            fits = value in variable.values
            return None if fits else Mismatch(f"one of {', '.join(variable.values)}", "something else")
        case HostVariable():
            return None if _is_host(value) else Mismatch("a host name or an address", "something else")
        case IntegerVariable():
            return _integer(variable, value)
        case BooleanVariable():
            return None if value in ("true", "false") else Mismatch("true or false", "something else")
        case _:
            return None


def seconds_of(value: str) -> float | None:
    """Return the seconds of a duration with a unit; None where it has none."""
    match = _DURATION.fullmatch(value)
    return float(match["number"]) * _SECONDS[match["unit"]] if match else None


def password_in(dsn: str) -> str:
    """Return the password of a connection URL; empty where there is none."""
    try:
        return unquote(urlsplit(dsn).password or "")
    except ValueError:
        return ""


def _split(value: str) -> SplitResult | None:
    try:
        parts = urlsplit(value)
        _ = parts.port  # refuses one that is no number
    except ValueError:
        return None
    return parts if parts.hostname and (_is_host(parts.hostname) or "_" in parts.hostname) else None


def _url(variable: UrlVariable, value: str) -> Mismatch | None:
    expected = f"a URL of scheme {' or '.join(variable.schemes)}"
    parts = _split(value)
    if parts is None:
        return Mismatch(expected, "no URL with a host")
    if parts.scheme not in variable.schemes:
        return Mismatch(expected, "one of another scheme")
    if parts.username or parts.password:
        return Mismatch(f"{expected} without credentials", "one with credentials")
    return None


def _dsn(variable: DsnVariable, value: str) -> Mismatch | None:
    expected = f"a connection URL of scheme {' or '.join(variable.schemes)}"
    parts = _split(value)
    if parts is None:
        return Mismatch(expected, "no URL with a host")
    if parts.scheme not in variable.schemes:
        return Mismatch(expected, "one of another scheme")
    if variable.entropy:
        password = password_in(value)
        if not password:
            return Mismatch(f"{expected} with a password", "one without")
        found = _entropy(password, variable.entropy)
        return found and Mismatch(f"its password to have {found.expected}", found.observed)
    return None


def _duration(variable: DurationVariable, value: str) -> Mismatch | None:
    seconds = seconds_of(value)
    if seconds is None:
        bare = value.isascii() and value.replace(".", "", 1).isdecimal()
        return Mismatch(
            "a number and a unit, such as 15m", "a number without a unit" if bare else "no duration"
        )
    duration = timedelta(seconds=seconds) if seconds < 1e11 else timedelta.max
    if not variable.at_least <= duration <= variable.at_most:
        bounds = f"{format_duration(variable.at_least)} to {format_duration(variable.at_most)}"
        return Mismatch(bounds, "less" if duration < variable.at_least else "more")
    return None


def _integer(variable: IntegerVariable, value: str) -> Mismatch | None:
    if not re.fullmatch(r"-?[0-9]{1,18}", value):
        return Mismatch("a whole number", "something else")
    if variable.at_least is not None and int(value) < variable.at_least:
        return Mismatch(f"≥ {variable.at_least}", "less")
    if variable.at_most is not None and int(value) > variable.at_most:
        return Mismatch(f"≤ {variable.at_most}", "more")
    return None


def _entropy(value: str, least: float) -> Mismatch | None:
    bits = entropy_bits(value)
    if bits >= least:
        return None
    return Mismatch(f"at least {least:g} bits of entropy", f"a secret that is {entropy_class(bits)}")


def _is_host(value: str) -> bool:
    try:
        ip_address(value.strip("[]"))
    except ValueError:
        return _HOST.fullmatch(value.rstrip(".")) is not None
    return True
