"""Text from the target, made fit to be read: nothing hidden in it, nothing endless."""

import re
from dataclasses import dataclass

_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)
"""What is not shown, or changes how its neighbours are shown: controls, marks of direction, surrogates."""

_LINE_ENDS = re.compile("\r\n|[\r\u0085\u2028\u2029]")


def visible(text: str) -> str:
    """Return ``text`` with every character that would be invisible, or reorder others, spelled out.

    Line feeds and tabs stay. Other control characters, marks of direction, zero-width characters and
    lone surrogates become ``[U+202E]``, which every font can show.
    """
    if text.isascii() and text.isprintable():
        # Nearly all texts: a page of a thousand checks has eighty thousand.
        return text
    return _INVISIBLE.sub(_spelled, _LINE_ENDS.sub("\n", text))


def _spelled(match: re.Match[str]) -> str:
    return f"[U+{ord(match[0]):04X}]"


def one_line(text: str, limit: int = 600) -> str:
    """Return ``text`` on one line, visible; beyond ``limit`` characters it ends in a note of what is gone."""
    head = " ".join(visible(text[: limit * 8]).split())
    if len(head) <= limit and len(text) <= limit * 8:
        return head
    kept = head[:limit].rstrip()
    return f"{kept} … ({max(len(text) - limit, len(head) - len(kept)):,} more characters not shown)"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A text as far as it is shown, and what is said about the rest."""

    text: str
    omitted: str = ""
    """Says how much is not shown; empty when everything is."""

    def __bool__(self) -> bool:
        return bool(self.text)


def excerpt(text: str, limit: int, *, keep: str = "start") -> Excerpt:
    """Return the first (or, with ``keep="end"``, the last) ``limit`` characters of ``text``, visible."""
    if len(text) <= limit:
        return Excerpt(visible(text).strip("\n"))
    omitted = f"{len(text) - limit:,} of {len(text):,} characters not shown"
    if keep == "end":
        return Excerpt(visible(text[-limit:]).strip("\n"), f"The first {omitted}.")
    return Excerpt(visible(text[:limit]).strip("\n"), f"The last {omitted}.")


def file_size(size: int) -> str:
    """Return a number of bytes as people write it: ``640 kB``, ``2.4 MB``."""
    return f"{size / 1000:.0f} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"
