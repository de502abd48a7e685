"""What may be shown of a target's answer: an allowlist. What is not on it becomes ``***``."""

import re
from collections.abc import Iterable, Sequence
from urllib.parse import parse_qsl, urlsplit

from pydantic import JsonValue

from golive.net.set_cookie import read_attribute, read_set_cookie

HIDDEN = "***"

# fmt: off
SHOWN_HEADERS = frozenset({
    "accept-ranges", "access-control-allow-credentials", "access-control-allow-headers",
    "access-control-allow-methods", "access-control-allow-origin", "access-control-max-age", "age", "allow",
    "alt-svc", "cache-control", "cache-status",
    "cf-cache-status", "content-encoding", "content-length",
    "content-security-policy", "content-type", "cross-origin-opener-policy", "cross-origin-resource-policy",
    "date", "etag", "expires", "last-modified", "permissions-policy", "ratelimit-limit",
    "ratelimit-remaining", "ratelimit-reset", "referrer-policy", "retry-after", "server",
    "strict-transport-security",
    "transfer-encoding", "vary", "via", "x-cache",
    "x-cache-hits", "x-cache-status", "x-content-type-options", "x-frame-options",
    "x-powered-by", "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset",
})
"""Headers whose values are shown. ``Location`` is shown as a URL is; cookies by name and attributes."""

SHOWN_SCALARS = frozenset({
    "status", "state", "healthy", "version", "release", "commit", "instance", "uptime", "statuscode", "error",
    "message", "type", "count", "total", "limit", "offset", "length", "page",
})
"""Keys (in lower case) of a JSON body whose scalar values are shown."""

STATE_WORDS = frozenset({
    "ok", "up", "healthy", "ready", "pass", "passed", "available", "connected", "true", "degraded", "warning",
    "warn", "down", "error", "unhealthy", "fail", "failed",
    "unavailable", "disconnected", "unknown", "starting",
})
"""Values that are shown whatever their key is: they name a state and nothing else."""
# fmt: on

_TOKEN_LIKE_KEY = re.compile(
    r"token|secret|passw|pwd|auth|cred|key|sig|code|session|state|verifier|challenge|jwt|cookie|sid$",
    re.IGNORECASE,
)
_TOKEN_LIKE_TEXT = re.compile(
    r"eyJ[\w-]+\.[\w-]*\.?[\w-]*|(?i:bearer|basic)\s+\S+|[\w+/=-]{40,}|(?<=://)[^/\s@]+@", re.ASCII
)
_PLAIN_KEY = re.compile(r"[A-Za-z_$][\w.$ -]{0,47}", re.ASCII)
_LONGEST_TEXT = 200
_MOST_KEYS = 40
_DEEPEST = 6


def masked_text(text: str, known: Iterable[str] = (), *, longest: int = _LONGEST_TEXT) -> str:
    """Return ``text`` on one line, bounded, without what looks like a token or is in ``known``."""
    for secret in known:
        if secret:
            text = text.replace(secret, HIDDEN)
    text = _TOKEN_LIKE_TEXT.sub(HIDDEN, text[: longest * 20])
    text = "".join(character if character.isprintable() else " " for character in text)
    return text if len(text) <= longest else text[: longest - 1] + "…"


def masked_name(text: str, *, longest: int = _LONGEST_TEXT) -> str:
    """Return the name or definition of something in a schema on one line, bounded.

    Long identifiers look like tokens to `masked_text`; here they are what the reader needs.
    """
    text = "".join(character if character.isprintable() else " " for character in text[: longest * 20])
    return text if len(text) <= longest else text[: longest - 1] + "…"


def masked_url(url: str, known: Iterable[str] = ()) -> str:
    """Return ``url`` with its query's keys kept, token-like values hidden, and without user and fragment."""
    known = tuple(known)
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
        query = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=100)
    except ValueError:
        return HIDDEN
    pairs = "&".join(f"{masked_text(key, known)}={_query_value(key, value, known)}" for key, value in query)
    host = f"[{host}]" if ":" in host else host
    origin = f"{parts.scheme}://{host}{port}" if host else ""
    return f"{origin}{_masked_path(parts.path, known)}{'?' + pairs if pairs else ''}"


def _masked_path(path: str, known: Sequence[str]) -> str:
    # Segment by segment: as a whole, an ordinary path of some length looks like a token.
    for secret in known:
        path = path.replace(secret, HIDDEN) if secret else path
    text = "/".join(masked_text(part) for part in path[: _LONGEST_TEXT * 20].split("/"))
    return text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - 1] + "…"


def _query_value(key: str, value: str, known: Sequence[str]) -> str:
    return HIDDEN if _TOKEN_LIKE_KEY.search(key) else masked_text(value, known, longest=60)


def token_like(key: str) -> bool:
    """Whether a key's value is a secret, going by the key's name."""
    return _TOKEN_LIKE_KEY.search(key) is not None


_JWT = re.compile(r"eyJ[\w-]{8,}\.[\w-]{8,}\.")
_NAMES_TOKEN = re.compile(r"token|jwt|bearer|passw", re.IGNORECASE)
_SHORTEST_TOKEN = 16


def token_in_url(url: str) -> bool:
    """Whether a URL carries an access token or a password, where logs and histories keep it.

    Codes and states of a sign-in, which are of use once, do not count.
    """
    query = urlsplit(url).query
    return _JWT.search(url) is not None or any(
        _NAMES_TOKEN.search(key) and len(value) >= _SHORTEST_TOKEN
        for key, value in parse_qsl(query, max_num_fields=100)
    )


def masked_headers(headers: Iterable[tuple[str, str]], known: Iterable[str] = ()) -> dict[str, JsonValue]:
    """Return name to value for every header, bounded; values outside the allowlist are hidden."""
    known = tuple(known)
    shown: dict[str, JsonValue] = {}
    for name, value in headers:
        key = masked_text(name.lower(), known, longest=60)
        if key == "location":
            text = masked_url(value, known)
        elif key == "set-cookie":
            text = masked_cookie(value)
        elif key in SHOWN_HEADERS:
            text = masked_text(value, known)
        else:
            text = HIDDEN
        shown[key] = f"{shown[key]}, {text}" if key in shown and text != HIDDEN else text
        if len(shown) >= 2 * _MOST_KEYS:
            break
    return shown


_COOKIE_WORDS = {
    "expires": "Expires", "max-age": "Max-Age", "domain": "Domain", "path": "Path", "secure": "Secure",
    "httponly": "HttpOnly", "samesite": "SameSite", "partitioned": "Partitioned",
}  # fmt: skip
_PLAIN_ATTRIBUTE = re.compile(r"[\w./:+-]+", re.ASCII)


def masked_cookie(set_cookie: str) -> str:
    """Return a Set-Cookie value as the cookie's name and the attributes that browsers know.

    What stands in neither place may be anything: of a line without a name, all is the value.
    """
    cookie = read_set_cookie(set_cookie)
    if cookie is None:
        return HIDDEN
    name = f"{masked_text(cookie.name, longest=60)}=" if cookie.name else ""
    return "; ".join([f"{name}{HIDDEN}", *map(_masked_attribute, set_cookie.split(";")[1:11])])


def _masked_attribute(text: str) -> str:
    name, value = read_attribute(text) or ("", "")
    word = _COOKIE_WORDS.get(name)
    if word is None:
        return HIDDEN
    is_plain = name == "expires" or _PLAIN_ATTRIBUTE.fullmatch(value)
    return f"{word}={masked_text(value, longest=60) if is_plain else HIDDEN}" if "=" in text else word


def masked_json(value: JsonValue, known: Iterable[str] = ()) -> JsonValue:
    """Return the shape of ``value``: keys to types, with the scalars that may be shown."""
    return _shape("", value, tuple(known), 0)


def _shape(key: str, value: JsonValue, known: Sequence[str], depth: int) -> JsonValue:
    if isinstance(value, dict):
        if depth >= _DEEPEST:
            return "object"
        items = list(value.items())[:_MOST_KEYS]
        return {_masked_key(name, known): _shape(name, inner, known, depth + 1) for name, inner in items}
    if isinstance(value, list):
        each = _shape(key, value[0], known, depth + 1) if value and depth < _DEEPEST else "nothing"
        return {"count": len(value), "each": each}
    return _scalar(key.lower(), value, known)


def _scalar(key: str, value: JsonValue, known: Sequence[str]) -> JsonValue:
    if isinstance(value, str):
        if value.lower() in STATE_WORDS:
            return value
        if key == "commit":
            return value if re.fullmatch(r"[0-9a-fA-F]{7,64}", value) else HIDDEN
        return masked_text(value, known) if key in SHOWN_SCALARS else "string"
    if value is None:
        return "null"
    if key in SHOWN_SCALARS:
        return value
    return "boolean" if isinstance(value, bool) else "number"


def _masked_key(name: str, known: Sequence[str]) -> str:
    return masked_text(name, known) if _PLAIN_KEY.fullmatch(name) else HIDDEN
