"""What no answer may contain, at any depth."""

import re
from collections.abc import Collection, Iterator

from pydantic import JsonValue

from golive.exposure.rules_personal import addresses_in, plain_address
from golive.exposure.rules_secrets import HASH
from golive.net.errors import ProtocolError
from golive.net.http_observation import HttpObservation
from golive.rules.failure import fail

_PRIVATE_KEY = re.compile(
    r"passw|hash(?!tag)|salt$|secret|private_?key|(access|refresh|provider|oauth|id)_?token",
    re.IGNORECASE,
)
_INTERNAL = {
    "a stack trace": re.compile(
        r"Traceback \(most recent|^\s*at .+\(.+:\d+:\d+\)|File \".+\", line \d+|\bat .+\.java:\d+"
        r"|node_modules/|site-packages/",
        re.MULTILINE,
    ),
    "a connection string": re.compile(
        r"\b(?:postgres(?:ql)?|rediss?|valkey|mysql|mongodb|amqps?)(?:\+\w+)?://\S", re.I
    ),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY"),
    "a token": re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}\."),
    "a query of the database": re.compile(
        r"\bSELECT\b.+\bFROM\b|\bINSERT INTO\b|duplicate key value violates", re.I
    ),
    "an error of the runtime": re.compile(r"\b[A-Z]\w*(?:Error|Exception): |ECONNREFUSED|errno", re.M),
}


def expect_nothing_private(
    observation: HttpObservation, *, own: str, tokens: Collection[str | None] = ()
) -> int:
    """The answer holds no password hash, no provider's token and no other person's address, at any depth.

    Args:
        observation: an answer with a body.
        own: the one e-mail address that may stand in it.
        tokens: the fields, dotted, in which this answer hands tokens out, if it is one that does.

    Returns:
        How many values were looked at; an answer without any does not meet this.
    """
    what, where = "private data", observation.title
    try:
        body = observation.json()
    except ProtocolError as error:
        fail(what, expected="a JSON answer", observed=error.message, where=where)
    allowed = {f"$.{token}" for token in tokens if token}
    looked = 0
    for path, key, value in walk(body):
        looked += 1
        handed_out = path in allowed
        if _PRIVATE_KEY.search(key) and value not in (None, "", False) and not handed_out:
            fail(what, expected="none", observed=f"a field {path}", where=where)
        if isinstance(value, str):
            if HASH.search(value):
                fail(what, expected="none", observed=f"a password hash in {path}", where=where)
            if any(found != plain_address(own) for found in addresses_in(value)):
                fail(
                    what, expected="none", observed=f"another person's e-mail address in {path}", where=where
                )
    if not looked:
        fail(what, expected="an answer with something in it", observed="nothing", where=where)
    return looked


def expect_nothing_internal(observation: HttpObservation) -> None:
    """Neither body nor headers hold a stack trace, a connection string, a key, a token or a query."""
    headers = "\n".join(value for name, value in observation.headers if name != "set-cookie")
    text = f"{headers}\n{observation.text()}"
    # Within JSON a newline is two characters.
    text = text.replace("\\n", "\n").replace('\\"', '"')
    found = [name for name, pattern in _INTERNAL.items() if pattern.search(text)]
    if found:
        where = observation.title
        fail("answer shows internals", expected="none", observed=" and ".join(found), where=where)


def walk(value: JsonValue, path: str = "$", key: str = "") -> Iterator[tuple[str, str, JsonValue]]:
    """Yield place, key and value of everything in ``value`` that is no container, at any depth."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from walk(inner, f"{path}.{name[:40]}", name)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from walk(inner, f"{path}[{index}]", key)
    else:
        yield path, key, value
