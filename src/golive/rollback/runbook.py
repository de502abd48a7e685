"""A runbook in Markdown: its sections, the entries of its lists, its links. Comments in it say nothing."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import ClassVar

from markdown_it import MarkdownIt
from markdown_it.token import Token
from pydantic import JsonValue

from golive.net.errors import ProtocolError
from golive.net.masking import masked_name

_MOST_LINKS = 500
_TEXTS = ("text", "code_inline")
_BREAKS = ("softbreak", "hardbreak")


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and everything below it, the sections in it too. ``line`` counts from 1."""

    title: str
    line: int
    entries: tuple[str, ...]
    """The text of every entry of its lists, with what is nested in it."""
    blocks: tuple[str, ...]
    """The text of every paragraph, table cell and listing."""


@dataclass(frozen=True, slots=True)
class Link:
    """Where a link or a picture leads."""

    target: str
    line: int


@dataclass(frozen=True, slots=True)
class Runbook:
    """A runbook as it is."""

    kind: ClassVar[str] = "document"

    source: str
    sha256: str
    sections: tuple[Section, ...]
    anchors: frozenset[str]
    """What a link to a heading may say after ``#``, as forges make it of headings."""
    links: tuple[Link, ...]

    @property
    def title(self) -> str:
        """Its source."""
        return self.source

    def facts(self) -> dict[str, JsonValue]:
        """Its digest, headings and number of links."""
        return {
            "sha256": self.sha256,
            "sections": {
                masked_name(section.title, longest=80): f"line {section.line}, {len(section.entries)} steps"
                for section in self.sections[:60]
            },
            "links": len(self.links),
        }


def read_runbook(content: bytes, *, source: str, sha256: str) -> Runbook:
    """Read Markdown (CommonMark with tables).

    Raises:
        ProtocolError: it is no UTF-8 text, or has more links than are followed.
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise ProtocolError("the document is no UTF-8 text", target=source, phase="read") from None
    reader = _Reader()
    reader.read(_Markdown("commonmark").enable("table").parse(text))
    if len(reader.links) > _MOST_LINKS:
        raise ProtocolError(f"the document has more than {_MOST_LINKS} links", target=source, phase="read")
    sections = tuple(draft.finished() for draft in reader.sections)
    return Runbook(source, sha256, sections, frozenset(reader.anchors()), tuple(reader.links))


class _Markdown(MarkdownIt):
    """Also links that no browser should follow are links: they must be seen to be dead."""

    def validateLink(self, url: str) -> bool:  # noqa: ARG002 - the library's name for it
        return True


@dataclass
class _Draft:
    title: str
    level: int
    line: int
    entries: list[list[str]] = field(default_factory=list)
    blocks: list[str] = field(default_factory=list)

    def finished(self) -> Section:
        entries = tuple(" ".join(parts) for parts in self.entries)
        return Section(self.title, self.line, entries, tuple(self.blocks))


class _Reader:
    def __init__(self) -> None:
        self.sections: list[_Draft] = []
        self.links: list[Link] = []
        self._open: list[_Draft] = []
        self._entries: list[list[str]] = []
        self._heading = 0

    def read(self, tokens: Iterable[Token]) -> None:
        line = 1
        for token in tokens:
            line = token.map[0] + 1 if token.map else line
            match token.type:
                case "heading_open":
                    self._heading = int(token.tag[1:])
                case "list_item_open":
                    self._entries.append([])
                    for section in self._open:
                        section.entries.append(self._entries[-1])
                case "list_item_close":
                    self._entries.pop()
                case "inline":
                    self._inline(token, line)
                case "fence" | "code_block":
                    self._add(token.content.strip())

    def _inline(self, token: Token, line: int) -> None:
        children = token.children or []
        text = "".join(_texts(children)).strip()
        self.links += [Link(target, line) for target in _targets(children)]
        if self._heading:
            self._open = [section for section in self._open if section.level < self._heading]
            self._open.append(_Draft(text, self._heading, line))
            self.sections.append(self._open[-1])
            self._heading = 0
        else:
            self._add(text)

    def _add(self, text: str) -> None:
        if not text:
            return
        for entry in self._entries:
            entry.append(text)
        for section in self._open:
            section.blocks.append(text)

    def anchors(self) -> Iterator[str]:
        seen: Counter[str] = Counter()
        for section in self.sections:
            kept = (c for c in section.title.lower() if c.isalnum() or c in " -_")
            slug = "".join(kept).replace(" ", "-")
            yield f"{slug}-{seen[slug]}" if seen[slug] else slug
            seen[slug] += 1


def _texts(children: Iterable[Token]) -> Iterator[str]:
    for token in children:
        if token.type in _TEXTS:
            yield token.content
        elif token.type in _BREAKS:
            yield " "
        elif token.type == "image":
            yield from _texts(token.children or [])


def _targets(children: Iterable[Token]) -> Iterator[str]:
    for token in children:
        target = token.attrGet("href" if token.type == "link_open" else "src")
        if token.type in ("link_open", "image") and target is not None:
            yield str(target)
