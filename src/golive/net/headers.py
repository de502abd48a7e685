"""Every HTTP header that is read, each in one place: pure, and made for hostile bytes.

A reader takes the field lines of one name in their order, and never raises: what a recipient must ignore is
left out, None or empty. Lists are split outside of quoted strings (RFC 9110, 5.6). Nothing here is masked.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

import http_sf

_QUOTED = r'"(?:\\.|[^"\\])*+"?'
_WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_MEMBER = re.compile(rf'(?:[^",]|{_QUOTED})+', re.DOTALL)
_PART = re.compile(rf'(?:[^";]|{_QUOTED})+', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_MEDIA_TYPE = re.compile(rf"{_WORD}/{_WORD}")
_DIRECTIVE = re.compile(rf'({_WORD})(?:[ \t]*=[ \t]*({_WORD}|"(?:\\.|[^"\\])*"))?', re.DOTALL)
_DIGITS = re.compile(r"[0-9]+")
_LINK = re.compile(rf'<([^<>]*)>((?:[^",]|{_QUOTED})*)', re.DOTALL)

_REFRESH = re.compile(
    r"[0-9.]{1,20}\s*[;,]\s*(?:url\s*=\s*)?(?:(['\"])([^'\"]{1,2000})\1.*|(\S{1,2000}))",
    re.IGNORECASE | re.DOTALL,
)
_LONGEST = 50_000
MOST_SECONDS = 2**31
"""What a longer delta-seconds is taken for (RFC 9111, 1.2.2)."""


def elements(lines: Sequence[str]) -> list[str]:
    """Return the members of a list that are not empty (RFC 9110, 5.6.1)."""
    return _split(_MEMBER, ", ".join(lines))


def parameters(text: str) -> tuple[str, dict[str, str]]:
    """Return a value and its parameters (RFC 9110, 5.6.6), names in lower case; of equal ones the first."""
    value = ""
    found: dict[str, str] = {}
    for position, part in enumerate(_split(_PART, f" {text}", keep_empty=True)):
        name, _, content = part.partition("=")
        if position == 0:
            value = part
        elif name.strip():
            found.setdefault(name.strip().lower(), _unquoted(content))
    return value, found


def delta_seconds(text: str | None) -> timedelta | None:
    """Return a number of seconds (RFC 9111, 1.2.2), of `MOST_SECONDS` at most; None where it is none."""
    text = (text or "").strip(" \t")
    if _DIGITS.fullmatch(text) is None:
        return None
    return timedelta(seconds=min(int(text), MOST_SECONDS) if len(text) < 20 else MOST_SECONDS)


def read_date(text: str | None) -> datetime | None:
    """Return an HTTP-date (RFC 9110, 5.6.7) in UTC, a date without a zone taken for it; None where none."""
    try:
        date = parsedate_to_datetime(text or "")
        return date.astimezone(UTC) if date.tzinfo else date.replace(tzinfo=UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def read_age(lines: Sequence[str]) -> timedelta | None:
    """Return an Age (RFC 9111, 5.1), of several the first; None where it is missing or none."""
    return next((delta_seconds(one) for one in elements(lines)), None)


def read_retry_after(text: str | None) -> timedelta | datetime | None:
    """Return a Retry-After (RFC 9110, 10.2.3): a wait, or an instant in UTC; None where it is neither."""
    wait = delta_seconds(text)
    return read_date(text) if wait is None else wait


def read_cache_control(lines: Sequence[str]) -> dict[str, str]:
    """Return directives of Cache-Control (RFC 9111, 5.2) in lower case, each with its value or nothing.

    Of equal ones the first counts (4.2.1).
    """
    found: dict[str, str] = {}
    for member in elements(lines):
        name, _, value = member.partition("=")
        found.setdefault(name.strip(" \t").lower(), _unquoted(value))
    return found


def read_keep_alive(lines: Sequence[str]) -> timedelta | None:
    """Return for how long the server keeps an idle connection, as Keep-Alive says (RFC 2068, 19.7.1.1)."""
    return delta_seconds(read_cache_control(lines).get("timeout"))


def read_media_types(lines: Sequence[str]) -> tuple[str, ...]:
    """Return type and subtype of each Content-Type in lower case: one, where the answer is sound."""
    found = (parameters(member)[0].lower() for member in elements(lines))
    return tuple(one for one in found if _MEDIA_TYPE.fullmatch(one))


def is_html(lines: Sequence[str]) -> bool:
    """Whether a Content-Type makes browsers show a page."""
    return any(one in ("text/html", "application/xhtml+xml") for one in read_media_types(lines))


def is_json(lines: Sequence[str]) -> bool:
    """Whether a Content-Type is JSON's (WHATWG MIME Sniffing, 4.6)."""
    return any(
        one in ("application/json", "text/json") or one.endswith("+json") for one in read_media_types(lines)
    )


def read_codings(lines: Sequence[str]) -> tuple[str, ...]:
    """Return the codings of Content-Encoding (RFC 9110, 8.4) in the order they were applied; no identity."""
    found = (one.lower() for one in elements(lines))
    return tuple(one.removeprefix("x-") if one == "x-gzip" else one for one in found if one != "identity")


def read_vary(lines: Sequence[str]) -> frozenset[str]:
    """Return the names of Vary (RFC 9110, 12.5.5) in lower case, ``*`` among them."""
    return frozenset(one.lower() for one in elements(lines))


def read_location(lines: Sequence[str], base: str) -> str | None:
    """Return where a redirect leads from ``base`` (RFC 9110, 10.2.2); None without exactly one URL."""
    if len(lines) != 1 or not lines[0].strip():
        return None
    try:
        parts = urlsplit(urljoin(base, lines[0].strip()))
        _ = parts.port  # one that is no number is found out about only when somebody asks for it
        return parts.geturl()
    except ValueError:
        return None


def read_refresh(text: str | None, base: str) -> str | None:
    """Return where a Refresh leads from ``base`` (HTML, 7.4.3); None where it names no other address."""
    found = _REFRESH.fullmatch((text or "").strip())
    return read_location([found[2] or found[3] or ""], base) if found else None


def read_links(lines: Sequence[str]) -> dict[str, Mapping[str, str]]:
    """Return each target of Link (RFC 8288, 3), as it stands there, with its parameters."""
    return {
        target.strip(): parameters(rest)[1] for target, rest in _LINK.findall(", ".join(lines)[:_LONGEST])
    }


def read_link(lines: Sequence[str], relation: str) -> str | None:
    """Return the first target of that relation (RFC 8288, 3), as it stands there; None without one."""
    for target, rest in _LINK.findall(", ".join(lines)):
        if relation in parameters(rest)[1].get("rel", "").lower().split():
            return str(target).strip()
    return None


def read_cache_status(lines: Sequence[str]) -> tuple[Mapping[str, object], ...]:
    """Return each cache's parameters (RFC 9211), the cache nearest to the origin first.

    A field that is no list of structured values is ignored as a whole (RFC 9651, 4.2).
    """
    try:
        members = http_sf.parse(", ".join(lines).encode("latin-1", "replace"), tltype="list")
    except (http_sf.StructuredFieldError, ValueError, OverflowError):
        return ()
    found = (member[1] for member in members if isinstance(member, tuple))  # type: ignore[union-attr]
    return tuple(one for one in found if isinstance(one, dict))


def read_policies(lines: Sequence[str]) -> list[dict[str, list[str]]]:
    """Return each Content-Security-Policy (CSP 3, 2.2.2): directives to their words, all in lower case.

    All of them are in force at once; of equal directives of one the first counts.
    """
    found = []
    for text in ", ".join(lines).split(","):
        policy: dict[str, list[str]] = {}
        for words in (part.lower().split() for part in text.split(";")):
            if words:
                policy.setdefault(words[0], words[1:])
        if policy:
            found.append(policy)
    return found


@dataclass(frozen=True, slots=True)
class Hsts:
    """What a browser makes of Strict-Transport-Security: the first line counts (RFC 6797, 8.1)."""

    lines: int
    max_age: timedelta | None = None
    subdomains: bool = False
    unknown: tuple[str, ...] = ()
    """Directives that no browser knows, and every one ignores, in lower case."""
    fault: str = ""
    """Why browsers ignore the line as a whole; empty where they do not."""

    @property
    def is_revoked(self) -> bool:
        """Whether browsers forget what they were told before (RFC 6797, 6.1.1)."""
        return not self.fault and self.max_age == timedelta(0)

    @property
    def no_effect(self) -> str:
        """Why browsers hold to nothing by these lines; empty where they hold to it."""
        if not self.lines:
            return "none"
        return f"ignored: {self.fault}" if self.fault else "max-age=0" if self.is_revoked else ""


def read_hsts(lines: Sequence[str]) -> Hsts:
    """Read the header's lines by the grammar of RFC 6797, 6.1."""
    if not lines:
        return Hsts(0)
    directives: dict[str, str | None] = {}
    fault = ""
    for part in _split(_PART, lines[0]):
        match = _DIRECTIVE.fullmatch(part)
        name = match[1].lower() if match else ""
        if match is None:
            fault = fault or "what is no directive"
        elif name in directives:
            fault = fault or f"{name} twice: each directive once"
        else:
            directives[name] = match[2]
    max_age = delta_seconds(_unquoted(directives.get("max-age") or ""))
    if directives.get("includesubdomains") is not None:
        fault = fault or "includesubdomains with a value"
    if max_age is None:
        fault = fault or "no max-age in seconds"
    unknown = tuple(name for name in directives if name not in HSTS_DIRECTIVES)
    return Hsts(len(lines), max_age, "includesubdomains" in directives, unknown, fault)


HSTS_DIRECTIVES = ("max-age", "includesubdomains", "preload")
"""RFC 6797, 6.1, and what the browsers' preload list asks for."""


def _split(part: re.Pattern[str], text: str, *, keep_empty: bool = False) -> list[str]:
    found = (one.strip(" \t") for one in part.findall(text))
    return [one for one in found if one or keep_empty]


def _unquoted(text: str) -> str:
    """Return a token as it is, and a quoted string's content (RFC 9110, 5.6.4), closed or not."""
    text = text.strip(" \t")
    if not text.startswith('"'):
        return text
    inner = text[1:-1] if len(text) > 1 and text.endswith('"') else text[1:]
    return _ESCAPED.sub(r"\1", inner)
