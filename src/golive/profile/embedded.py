"""Secrets that stand within secrets: a DSN's password, the key in a file of credentials, a header's token.

Whoever gets the whole takes it apart, and says the part in a message of their own; so each part is looked
for by itself. User, host and database are no secrets, and stay readable.
"""

import base64
import binascii
import json
import re
from collections.abc import Iterator
from urllib.parse import unquote, unquote_plus

from pydantic import JsonValue

_DEEPEST = 4
_LONGEST = 100_000
"""Characters that are looked at: no file of credentials is longer."""
_SECRET_KEY = re.compile(
    r"pass(?:w(?:or)?d|wd|phrase)?|pwd|secret|token|key|cred|auth(?!or)|sig(?:nature)?$|jwt|bearer|sas", re.I
)
_SAYS_OF_IT = re.compile(
    r"(?:ur[il]|type|name|id|host|port|scope|expir\w*|ttl|age|length|path|file|endpoint|algorithm|method|user)$",
    re.I,
)
"""Ends of keys whose values only say something of a secret, such as ``token_uri`` and ``private_key_id``."""
_SESSION_KEY = re.compile(r"(?:sess(?:ion)?[_-]?(?:id)?|\bsid)$", re.I)
"""Cookies that are a signed-in person, whatever else ends in ``id``."""
_URL = re.compile(r"(?P<scheme>[A-Za-z][\w+.-]*)://(?P<rest>\S+)")
_NEXT_URL = re.compile(r"[,;|](?=[A-Za-z][\w+.-]*://)")
_TOKEN_FOR_USER = 16
_TOKEN_IN_PATH = re.compile(r"(?=[^/]*\d)(?=[^/]*[A-Za-z])[\w+=~-]{20,}", re.ASCII)
_PAIR = re.compile(
    r"""(?:^|[\s;,&?{:])(?P<key>[\w.-]+)\s*=\s*
    (?P<value>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^\s;&]+)""",
    re.VERBOSE,
)
_FIELD = re.compile(r"""(?:-\s+)?(?P<quote>["']?)(?P<key>[\w.-]+)(?P=quote):\s+(?P<value>\S.*)""")
"""A line of YAML, or of a header (RFC 9110, 5.1)."""
_NETRC = re.compile(r"(?:^|\s)(?P<key>password|account)\s+(?P<value>[^\s=:]\S*)")
_WITHOUT_SCHEME = re.compile(r"[^\s:/@]+:(?P<password>\S+)@(?:\w*\(|[\w.-]+(?::\d+)?(?:[/?]|$))")
_TWO = re.compile(r"[\w.@+-]{1,64}:(?P<password>[^\s:/][^\s/]*)", re.ASCII)
_PGPASS = re.compile(r"[^:\s]+:(?:\d+|\*):[^:\s]+:[^:\s]+:(?P<password>\S+)")
_HEADER = re.compile(r"(?P<scheme>basic|bearer|token|apikey|key)\s+(?P<value>\S+)", re.I)
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{8,}={0,2}", re.ASCII)
_KEY_LINE = re.compile(r"[A-Za-z0-9+/=]{16,}", re.ASCII)


def embedded_secrets(value: str) -> frozenset[str]:
    """Return what of ``value`` is a secret by itself, as it stands and decoded; without ``value``.

    Read are URLs' userinfo, queries and tokens in paths (RFC 3986, 3.2.1), keywords as libpq, ADO, ODBC,
    dotenv, npm, netrc and YAML files have them, JSON, the lines of keys (RFC 7468), cookies and headers
    (RFC 7617, RFC 6750), ``user:password``.
    """
    found = set(_within(value[:_LONGEST], 0))
    return frozenset(part for part in found if part and part != value)


def _within(text: str, depth: int) -> Iterator[str]:
    text = text.strip()
    if not text or depth > _DEEPEST:
        return
    document = _json(text)
    if document is not None:
        yield from _in_json("", document, depth)
        return
    if "\n" in text:
        yield from _in_lines(text, depth)
        return
    header = _HEADER.fullmatch(text)
    if header is not None:
        yield header["value"]
        yield from _decoded(header["value"], depth)
        return
    if "://" in text:
        for url in _NEXT_URL.split(text):
            yield from _in_url(url)
    else:
        for form in (_WITHOUT_SCHEME.match(text), _PGPASS.fullmatch(text), _TWO.fullmatch(text)):
            if form is not None:
                yield from _both(form["password"])
                break
    yield from _in_pairs(text, depth)
    field = _FIELD.fullmatch(text)
    if field is not None:
        yield from _named(field["key"], _unquoted(field["value"]), depth)
    for word in _NETRC.finditer(text):
        yield from _named(word["key"], word["value"], depth)


def _json(text: str) -> JsonValue:
    if text[0] not in "{[":
        return None
    try:
        document: JsonValue = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return document


def _in_json(key: str, value: JsonValue, depth: int) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _in_json(name, inner, depth)
    elif isinstance(value, list):
        for inner in value:
            yield from _in_json(key, inner, depth)
    elif isinstance(value, str):
        yield from _named(key, value, depth)


def _named(key: str, value: str, depth: int) -> Iterator[str]:
    """A value under a name that may say what it is, and whatever stands within it."""
    if _SESSION_KEY.search(key) or (_SECRET_KEY.search(key) and not _SAYS_OF_IT.search(key)):
        yield value
        yield from _decoded(value, depth)
    yield from _within(value, depth + 1)


def _in_lines(text: str, depth: int) -> Iterator[str]:
    in_key = False
    for line in map(str.strip, text.splitlines()):
        if line.startswith("-----"):
            in_key = "PRIVATE KEY" in line and "BEGIN" in line
        elif in_key and _KEY_LINE.fullmatch(line):
            yield line
        elif line and not line.startswith("#"):
            yield from _within(line, depth + 1)


def _in_url(text: str) -> Iterator[str]:
    match = _URL.search(text)
    if match is None:
        return
    rest = match["rest"]
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    is_web = match["scheme"].lower() in ("http", "https", "ws", "wss")
    # A password that nobody encoded may hold any separator; in a page's address each means something.
    userinfo = authority.rpartition("@")[0] if "@" in authority or is_web else rest.rpartition("@")[0]
    user, colon, password = userinfo.partition(":")
    if colon:
        yield from _both(password)
    elif len(user) >= _TOKEN_FOR_USER:
        yield from _both(user)
    path = rest.rpartition("@")[2].partition("?")[0].partition("#")[0].partition("/")[2]
    for segment in path.split("/"):
        if _TOKEN_IN_PATH.fullmatch(unquote(segment)):
            yield from _both(segment)


def _in_pairs(text: str, depth: int) -> Iterator[str]:
    for match in _PAIR.finditer(text):
        key, value = match["key"], _unquoted(match["value"])
        if value != text:
            yield from _named(key, value, depth)
            if "%" in value or "+" in value:
                yield from _named(key, unquote(value), depth)
                yield from _named(key, unquote_plus(value), depth)
    if ";" in text:
        # Where semicolons separate, a value may hold blanks and commas.
        for part in text.split(";"):
            key, equals, value = part.strip().partition("=")
            value = value.strip()
            if equals and value != text:
                yield from _named(key, value, depth)
                if value.startswith("{") and value.endswith("}"):
                    # ODBC's quotes; a brace within is doubled.
                    yield from _named(key, value[1:-1].replace("}}", "}"), depth)


def _unquoted(value: str) -> str:
    if value[0] in "'\"" and len(value) > 1 and value[-1] == value[0]:
        return re.sub(r"\\(.)", r"\1", value[1:-1])
    return value


def _decoded(value: str, depth: int) -> Iterator[str]:
    """What a value in base64 holds, where that is a text with something in it."""
    if not _BASE64.fullmatch(value):
        return
    try:
        raw = base64.b64decode(value.replace("-", "+").replace("_", "/") + "==")
        text = raw.decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return
    if text.isprintable() and (":" in text or text.startswith("{")):
        yield text
        yield from _within(text, depth + 1)


def _both(part: str) -> Iterator[str]:
    yield part
    yield unquote(part)
