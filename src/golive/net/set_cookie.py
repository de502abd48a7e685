"""Set-Cookie as browsers read it: RFC 6265bis (draft-ietf-httpbis-rfc6265bis-20), 5.6, step by step.

Two steps need what is not in the header, and are left to whoever asks: no end is cut to 400 days, and a
``Path`` that is none, which stands for the request's own path, is empty.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from golive.profile.secrets import Secret

LONGEST_PAIR = 4096
"""Octets of name and value together (5.6, step 5)."""
LONGEST_ATTRIBUTE = 1024
"""Octets of an attribute's value (5.6, step 6 of the attributes)."""

_LONG_AGO = 2000
_CONTROLS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_MAX_AGE = re.compile(r"-?[0-9]+")
_SAME_SITE = ("none", "lax", "strict")
_DELIMITERS = re.compile(r"[\x09\x20-\x2f\x3b-\x40\x5b-\x60\x7b-\x7e]+")
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?![0-9])")
_DAY = re.compile(r"([0-9]{1,2})(?![0-9])")
_YEAR = re.compile(r"([0-9]{2,4})(?![0-9])")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True, slots=True)
class SetCookie:
    """A cookie that the answer sets.

    ``attributes`` are those that browsers know, in their order: names in lower case, values as they stand
    but for ``samesite`` (empty for one that no browser knows), ``domain`` (in lower case, no dot before it)
    and ``path`` (empty where it does not begin with a slash).
    """

    name: str
    value: Secret
    attributes: tuple[tuple[str, str], ...]

    def has(self, attribute: str) -> bool:
        """Whether ``attribute`` is set, with or without a value."""
        return self.attribute(attribute) is not None

    def attribute(self, name: str) -> str | None:
        """Return an attribute's value, of several the last, empty for a flag; None when it is missing."""
        return next((value for key, value in reversed(self.attributes) if key == name.lower()), None)

    @property
    def is_handed_out(self) -> bool:
        """Whether browsers keep a value of it: not where it is empty, or forgotten at once."""
        return bool(self.value.reveal().strip('"')) and not self._is_taken_away

    @property
    def _is_taken_away(self) -> bool:
        """A Max-Age of zero or less, else an end long ago."""
        age = self.attribute("max-age")
        if age is not None:
            return not age.strip("-0") or age.startswith("-")
        ends = read_cookie_date(self.attribute("expires") or "")
        # Frameworks name the first seconds of 1970, or another moment of long ago: no clock is needed.
        return ends is not None and ends.year <= _LONG_AGO


def read_set_cookie(line: str) -> SetCookie | None:
    """Return the cookie of one field line; None where browsers ignore it as a whole."""
    if _CONTROLS.search(line):  # step 1
        return None
    pair, _, unparsed = line.partition(";")  # step 2
    name, equals, value = pair.partition("=")  # step 3
    if not equals:
        name, value = "", pair
    name, value = _trimmed(name), _trimmed(value)  # step 4
    if not name and not value:  # nothing to store (5.7)
        return None
    if len(f"{name}{value}".encode()) > LONGEST_PAIR:  # step 5
        return None
    found = (read_attribute(part) for part in unparsed.split(";"))
    return SetCookie(name, Secret(value), tuple(one for one in found if one is not None))


def read_cookie_date(text: str) -> datetime | None:
    """Return a cookie's date in UTC as browsers read it (5.1.1); None where it is none."""
    clock: tuple[int, int, int] | None = None
    day = month = year = None
    for token in _DELIMITERS.split(text):  # step 2
        if clock is None and (match := _TIME.match(token)):
            clock = int(match[1]), int(match[2]), int(match[3])
        elif day is None and (match := _DAY.match(token)):
            day = int(match[1])
        elif month is None and token[:3].lower() in _MONTHS:
            month = _MONTHS.index(token[:3].lower()) + 1
        elif year is None and (match := _YEAR.match(token)):
            year = int(match[1])
    if clock is None or day is None or month is None or year is None:  # step 5
        return None
    if year < 100:  # steps 3 and 4
        year += 1900 if year >= 70 else 2000
    try:
        return datetime(year, month, day, *clock, tzinfo=UTC) if year > 1600 else None  # steps 5 and 6
    except ValueError:
        return None


def read_attribute(text: str) -> tuple[str, str] | None:
    """Return one attribute as `SetCookie` has it; None where browsers ignore it."""
    name, _, value = text.partition("=")  # step 4
    name, value = _trimmed(name).lower(), _trimmed(value)  # step 5
    if len(value.encode()) > LONGEST_ATTRIBUTE:  # step 6
        return None
    match name:
        case "expires":  # 5.6.1
            return (name, value) if read_cookie_date(value) else None
        case "max-age":  # 5.6.2
            return (name, value) if _MAX_AGE.fullmatch(value) else None
        case "domain":  # 5.6.3
            return name, value.removeprefix(".").lower()
        case "path":  # 5.6.4
            return name, value if value.startswith("/") else ""
        case "secure" | "httponly" | "partitioned":  # 5.6.5, 5.6.6
            return name, ""
        case "samesite":  # 5.6.7
            return name, value if value.lower() in _SAME_SITE else ""
        case _:
            return None


def _trimmed(text: str) -> str:
    return text.strip(" \t")
