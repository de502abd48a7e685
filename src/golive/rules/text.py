"""Whether a text that somebody wrote came back as it was: not lost, not changed, not escaped."""

import html
import unicodedata
from collections.abc import Mapping
from urllib.parse import unquote

from golive.rules.failure import fail

_LOOK_AT = 60


def expect_text_kept(sent: str, received: object, *, what: str, where: str) -> None:
    """The text came back as it was sent, or as another normal form of Unicode writes the same.

    Args:
        sent: what was written.
        received: what was read back; anything but a text is none.
        what: the text's name, such as "a session's name".
        where: what was read.
    """
    problem = what_became_of(sent, received)
    if problem:
        fail(
            f"{what} does not come back as somebody wrote it",
            expected=shown(sent),
            observed=problem,
            where=where,
        )


def expect_text_shown(sent: str, shown_text: str, *, what: str, where: str) -> None:
    """The text stands, as it was sent, somewhere in what a page shows; arguments as `expect_text_kept`."""
    if _normal(sent) not in _normal(shown_text):
        expect_text_kept(sent, shown_text, what=what, where=where)


def expect_same_text(received: Mapping[str, object], *, what: str) -> None:
    """Every place gives the very same text: one that normalises it does so for all.

    Args:
        received: where it was read, to what was read there.
        what: the text's name.
    """
    texts = {str(value) for value in received.values()}
    if len(texts) > 1:
        first = next(iter(received.values()))
        other = next(place for place, value in received.items() if value != first)
        fail(
            f"{what} is not the same everywhere",
            expected="one text",
            observed=f"{len(texts)} of them, which look alike and do not find each other",
            where=f"{next(iter(received))} and {other}",
        )


def what_became_of(sent: str, received: object) -> str:
    """Say in words what happened to a text on its way; empty where nothing did."""
    if not isinstance(received, str):
        return "no text" if received is not None else "nothing"
    wanted, got = _normal(sent), _normal(received)
    if got == wanted:
        return ""
    if any(_normal(undone) == wanted for undone in _unescaped(received)):
        return f"escaped: {shown(received)}"
    if _normal(_read_as_latin(received)) == wanted:
        return f"accents read in another encoding: {shown(received)}"
    lost = [_name(letter) for letter in dict.fromkeys(wanted) if letter not in got]
    if lost:
        return f"{', '.join(lost[:4])}{' and more' if len(lost) > 4 else ''} lost: {shown(received)}"
    return f"changed: {shown(received)}"


def shown(text: str) -> str:
    """Return a text as messages show it: quoted, on one line, not too long."""
    cut = text if len(text) <= _LOOK_AT else text[:_LOOK_AT] + "…"
    return repr(cut)


def _normal(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _unescaped(text: str) -> tuple[str, ...]:
    once = html.unescape(text)
    return once, html.unescape(once), unquote(text), text.replace("\\", "")


def _read_as_latin(text: str) -> str:
    for encoding in ("cp1252", "latin-1"):
        try:
            return text.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
    return text


def _name(letter: str) -> str:
    return f"{letter!r} ({unicodedata.name(letter, 'a character').lower()})"
