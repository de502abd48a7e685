"""The second line of defence: known secret values, taken out of any text in any usual encoding.

Evidence is redacted on an allowlist where it is made; this catches what a traceback, a log line or a
target that echoes its input would carry past that.
"""

import base64
import html
import json
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any
from urllib.parse import quote, unquote_to_bytes

from golive.profile.embedded import embedded_secrets
from golive.profile.secrets import Secret

REDACTED = "***"
_SHORTEST = 6
"""Shorter values would take ordinary words out of texts; a secret so short hides nothing."""


class Redactor:
    """Knows secret values and takes them out of texts. More may be added while a run goes on."""

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        self._forms: list[str] = []
        """The longest first, as below: a secret may be a part of another one."""
        self._values: dict[str, bytes] = {}
        for secret in secrets:
            self.add(secret)

    def add(self, secret: Secret) -> Secret:
        """Take ``secret``, and what stands within it, out of every text from now on; return it."""
        value = secret.reveal()
        # A link that leads on by a link holds them encoded twice.
        parts = {
            spelt for part in (value, *embedded_secrets(value)) for spelt in (part, quote(part, safe=""))
        }
        new = [part for part in parts if len(part) >= _SHORTEST and part not in self._values]
        if new:
            forms = (form for part in new for form in encodings(part))
            self._forms = sorted({*self._forms, *forms}, key=len, reverse=True)
            known = (*self._values, *new)
            self._values = {part: part.encode() for part in sorted(known, key=len, reverse=True)}
        return secret

    def scrub(self, text: str) -> str:
        """Return ``text`` with every known secret replaced by ``***``, and always writable as UTF-8.

        A target may send lone surrogates, which no file and no report could hold.
        """
        if not text.isascii():
            text = text.encode("utf-8", "backslashreplace").decode("utf-8")
        if not self._forms or len(text) < len(self._forms[-1]):
            return text
        # In URLs first: the plain value may end within its encoding, whose rest would stay behind.
        if "%" in text or "+" in text:
            decoded = unquote_to_bytes(text.replace("+", " "))
            for value, raw in self._values.items():
                # Decoding is cheap and tells; only a value that looks encoded itself may hide from it.
                if raw in decoded or "%" in value or "+" in value:
                    text = _in_urls(value).sub(REDACTED, text)
        for form in self._forms:
            if form in text:
                text = text.replace(form, REDACTED)
        return text

    def scrub_json(self, value: Any) -> Any:
        """Return ``value``, of JSON types, with every string in it (keys too) scrubbed."""
        # Once over all of them: each look is for hundreds of forms, and most evidence holds none.
        shortest = len(self._forms[-1]) if self._forms else 0
        said = "\0".join(text for text in _texts(value) if len(text) >= shortest or not text.isascii())
        return _with_texts(value, str if self.scrub(said) == said else self.scrub)


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for key, entry in value.items():
                yield str(key)
                yield from _texts(entry)
        case list() | tuple():
            for entry in value:
                yield from _texts(entry)


def _with_texts(value: Any, said: Callable[[str], str]) -> Any:
    match value:
        case str():
            return said(value)
        case dict():
            return {said(str(key)): _with_texts(entry, said) for key, entry in value.items()}
        case list() | tuple():
            return [_with_texts(entry, said) for entry in value]
        case _:
            return value


def encodings(value: str) -> dict[str, str]:
    """Return the texts by which ``value`` may stand somewhere, each with the encoding's name.

    Base64 is that of `RFC 4648`, 4 and 5, at each of the three alignments that a longer text gives it.
    """
    raw = value.encode()
    forms = {value: "plain"}
    for text in (html.escape(value), html.escape(value, quote=False)):
        forms.setdefault(text, "escaped for HTML")
    for ascii_only in (True, False):
        text = json.dumps(value, ensure_ascii=ascii_only)[1:-1]
        # As PHP writes it; as Go and Rails do, and Django, whose JSON may stand in a page.
        go = text.translate({ord(mark): f"\\u{ord(mark):04x}" for mark in "&<>"})
        django = text.translate({ord(mark): f"\\u{ord(mark):04X}" for mark in "&<>"})
        for spelt in (text, text.replace("/", "\\/"), go, django):
            forms.setdefault(spelt, "escaped for JSON")
    for text in (raw.hex(), raw.hex().upper()):
        forms.setdefault(text, "in hexadecimal")
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        for shift in range(3):
            # Inside a longer text the value starts at any of three alignments; its first and last
            # characters then mix with the neighbours', so only the core is certain.
            encoded = encode(b"\0" * shift + raw).decode().rstrip("=")
            core = encoded[(0, 2, 3)[shift] : -1]
            if len(core) >= _SHORTEST:
                forms.setdefault(core, "in base64")
    return forms


@cache
def _in_urls(value: str) -> re.Pattern[str]:
    """Match ``value`` with any of its characters percent-encoded: encoders differ in which they leave."""
    return re.compile("".join(map(_in_url, value)))


def _in_url(character: str) -> str:
    encoded = "".join(f"%{byte:02x}" for byte in character.encode())
    plus = r"|\+" if character == " " else ""
    return f"(?:(?i:{encoded})|{re.escape(character)}{plus})"
