"""Reading a checklist out of Markdown.

A line of a list is an item when it ends in its id as a code span: lower-case words joined by dots. A box
(``[ ]``) must have one, wherever it stands; a plain line whose code has no dot is prose. Attributes stand in
comments that begin with ``golive:``, below a heading for the whole section (and the sections below it) or at
the end of a line for that line: ``<!-- golive: owner=OPS part=cdn -->``.
"""

import difflib
import re
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import time

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from golive.core.checklist import (
    PHASES,
    SECTION_MARKERS,
    AnsweredBy,
    Block,
    Checklist,
    ChecklistError,
    Item,
    ItemList,
    Paragraph,
    Section,
    Severity,
    Table,
)
from golive.core.checklist_boxes import BOX, seen, stray_boxes
from golive.core.duration import parse_duration

_ITEM_ATTRIBUTES = (
    *("phase", "owner", "severity", "max-age", "at", "part", "answered-by", "trigger"),
    *("completes", "attested-by", "attesters"),
)
_SECTION_ATTRIBUTES = (*_ITEM_ATTRIBUTES, "table")
_COMMENT = "golive:"
_LISTS = ("bullet_list", "ordered_list")
_ID = re.compile(r"(?!v\d+(?:\.|$))[a-z][a-z0-9_]*(?:[.-][a-z0-9_]+)*")
"""What an id looks like: no command, no path, no version, no name of a variable."""


def parse_checklist(text: str, *, source: str) -> Checklist:
    """Read the checklist in ``text``.

    Args:
        text: Markdown with tables and task lists.
        source: the file's name, for messages.

    Raises:
        ChecklistError: every defect found, a line each, as ``source:line: message``.
    """
    markdown = MarkdownIt("commonmark").enable("table")
    reader = _Reader(source, text.splitlines())
    root = SyntaxTreeNode(markdown.parse(text))
    for node in root.children:
        reader.read(node)
    sections = reader.finish()
    if not reader.errors and not any(section.items for section in sections):
        reader.error(
            1, "no item in the whole document: a line of a list that ends in its id, such as `infra.tls`"
        )
    if reader.errors:
        raise ChecklistError(
            "\n".join(
                f"{source}:{line}: {message}"
                for line, message in sorted(reader.errors, key=lambda error: error[0])
            )
        )
    return Checklist(title=reader.title or source, source=source, text=text, sections=sections)


@dataclass
class _OpenSection:
    title: str
    level: int
    line: int
    attributes: dict[str, str]
    blocks: list[Block] = field(default_factory=list)


@dataclass
class _Reader:
    source: str
    lines: list[str]
    title: str = ""
    errors: list[tuple[int, str]] = field(default_factory=list)
    _sections: list[_OpenSection] = field(default_factory=list)
    _ids: dict[str, int] = field(default_factory=dict)

    def error(self, line: int, message: str) -> None:
        self.errors.append((line, message))

    def finish(self) -> tuple[Section, ...]:
        return tuple(
            Section(entry.title, entry.level, entry.line, tuple(entry.blocks)) for entry in self._sections
        )

    def read(self, node: SyntaxTreeNode) -> None:
        line = _line(node)
        match node.type:
            case "heading":
                self._open_section(_plain(node), int(node.tag[1]), line)
            case "html_block":
                attributes = self._attributes([node.content], _SECTION_ATTRIBUTES, line)
                self._current(line).attributes.update(attributes)
            case _:
                section = self._current(line)
                section.blocks += self._blocks(node, section.attributes)
        if node.type != "table" or self._current(line).attributes.get("table") != "sign-off":
            self.errors += stray_boxes(node, self.lines)

    def _blocks(self, node: SyntaxTreeNode, attributes: Mapping[str, str]) -> list[Block]:
        if node.type in _LISTS:
            items = tuple(self._items(node, attributes, depth=0))
            return [ItemList(items) if items else self._prose(node)]
        if node.type == "table":
            return [self._table(node, attributes.get("table"))]
        if node.type == "blockquote":
            comments = [child.content for child in node.children if child.type == "html_block"]
            own = {**attributes, **self._attributes(comments, _SECTION_ATTRIBUTES, _line(node))}
            inside = [block for child in node.children for block in self._blocks(child, own)]
            return inside if any(isinstance(block, ItemList) for block in inside) else [self._prose(node)]
        return [] if node.type == "html_block" else [self._prose(node)]

    def _open_section(self, title: str, level: int, line: int) -> None:
        parent = next((section for section in reversed(self._sections) if section.level < level), None)
        inherited = (
            {key: value for key, value in parent.attributes.items() if key != "table"} if parent else {}
        )
        if level == 1 and not self.title:
            self.title = title
        self._sections.append(_OpenSection(title, level, line, inherited))

    def _current(self, line: int) -> _OpenSection:
        if not self._sections:
            self._sections.append(_OpenSection("", 1, line, {}))
        return self._sections[-1]

    def _items(self, node: SyntaxTreeNode, section: Mapping[str, str], depth: int) -> Iterable[Item]:
        for entry in node.children:
            line = _line(entry)
            inline = next((child.children[0] for child in entry.children if child.type == "paragraph"), None)
            below = [item for nested in _lists_in(entry) for item in self._items(nested, section, depth + 1)]
            item = self._item(inline, section, line, depth) if inline is not None else None
            if item is not None:
                direct = tuple(child.id for child in below if child.depth == depth + 1)
                yield self._with_children(item, direct)
            yield from below

    def _with_children(self, item: Item, children: tuple[str, ...]) -> Item:
        if item.answered_by is AnsweredBy.CHILDREN and not children:
            self.error(item.line, f"{item.id}: answered-by=children, and there is no line below it")
        return replace(item, children=children)

    def _item(self, inline: SyntaxTreeNode, section: Mapping[str, str], line: int, depth: int) -> Item | None:
        parts = list(inline.children)
        comments = [part.content for part in parts if part.type == "html_inline"]
        words = [
            part
            for part in parts
            if part.type != "html_inline" and (part.type != "text" or part.content.strip())
        ]
        box = BOX.match("".join(map(seen, words)))
        own = self._attributes(comments, _ITEM_ATTRIBUTES, line)
        last = words[-1].content if words and words[-1].type == "code_inline" else ""
        # A plain line may end in any code: only a dot, or attributes, say that an id is meant.
        if not _ID.fullmatch(last) or not (box or own or "." in last):
            text = "".join(map(_plain, words))[4 if box else 0 :].strip()
            beside = f"; `{last}` is none: lower-case words joined by dots are" if last else ""
            if box or own:
                what = "a box without an id" if box else "attributes, and no id"
                self.error(line, f"{what}: end the line in one, such as `infra.tls`{beside} — {text[:56]!r}")
            return None
        if last in self._ids:
            way_out = (
                "" if own or (box and "." in last) else "; if it is no id, let a word after it end the line"
            )
            self.error(line, f"the id {last!r} is already that of line {self._ids[last]}{way_out}")
        self._ids.setdefault(last, line)
        label = "".join(_plain(word) for word in words[:-1]).strip()
        return self._build(
            last, label[3:].strip() if box else label, bool(box), {**section, **own}, line, depth
        )

    def _build(
        self, identifier: str, text: str, is_box: bool, attributes: Mapping[str, str], line: int, depth: int
    ) -> Item | None:
        missing = [key for key in ("phase", "owner", "max-age") if key not in attributes]
        if missing:
            self.error(
                line, f"{identifier}: no {', no '.join(missing)}: set it on the line or on its section"
            )
            return None
        phases = tuple(attributes["phase"].split())
        for phase in phases:
            if phase not in (*PHASES, *SECTION_MARKERS):
                self.error(
                    line, f"{identifier}: unknown phase {phase!r}{_near(phase, (*PHASES, *SECTION_MARKERS))}"
                )
        answered_by, completes = attributes.get("answered-by", "checks"), attributes.get("completes")
        if (answered_by == AnsweredBy.LEDGER) != (completes in PHASES):
            self.error(line, f"{identifier}: answered-by=ledger and completes=PHASE go together")
        try:
            return Item(
                id=identifier,
                text=text,
                line=line,
                phases=phases,
                owner=attributes["owner"],
                severity=Severity(attributes.get("severity", "required")),
                max_age=parse_duration(attributes["max-age"]),
                planned_at=time.fromisoformat(attributes["at"]) if "at" in attributes else None,
                part=attributes.get("part"),
                answered_by=AnsweredBy(answered_by),
                is_box=is_box,
                is_trigger=_yes_or_no(attributes.get("trigger", "no")),
                depth=depth,
                completes=completes,
                attested_by=tuple(attributes.get("attested-by", "").split()),
                attesters=_count(attributes.get("attesters", "1")),
            )
        except ValueError as error:
            self.error(line, f"{identifier}: {error}")
            return None

    def _attributes(self, comments: Iterable[str], known: tuple[str, ...], line: int) -> dict[str, str]:
        attributes: dict[str, str] = {}
        for comment in comments:
            content = comment.strip().removeprefix("<!--").removesuffix("-->").strip()
            if not content.startswith(_COMMENT):
                continue
            try:
                words = shlex.split(content.removeprefix(_COMMENT))
            except ValueError as error:
                self.error(line, f"cannot read the attributes {content!r}: {error}")
                continue
            for word in words:
                key, separator, value = word.partition("=")
                if not separator or not value:
                    self.error(line, f"{word!r} is not an attribute: write key=value")
                elif key not in known:
                    self.error(line, f"unknown attribute {key!r}{_near(key, known)}")
                else:
                    attributes[key] = value
        return attributes

    def _table(self, node: SyntaxTreeNode, kind: str | None) -> Table:
        rows = [
            tuple(_plain(cell) for cell in row.children)
            for part in node.children
            for row in part.children
            if row.type == "tr"
        ]
        return Table(header=rows[0], rows=tuple(rows[1:]), kind=kind)

    def _prose(self, node: SyntaxTreeNode) -> Paragraph:
        first, last = node.map or (0, 0)
        return Paragraph(_ESCAPING.render("\n".join(self.lines[first:last])))


_ESCAPING = MarkdownIt("commonmark", {"html": False})


def _line(node: SyntaxTreeNode) -> int:
    return node.map[0] + 1 if node.map else 1


def _lists_in(entry: SyntaxTreeNode) -> Iterable[SyntaxTreeNode]:
    """The lists below a line, also those in quotes below it."""
    for child in entry.children:
        if child.type in _LISTS:
            yield child
        elif child.type == "blockquote":
            yield from _lists_in(child)


def _plain(node: SyntaxTreeNode) -> str:
    if node.type in ("text", "code_inline"):
        return node.content
    if node.type in ("softbreak", "hardbreak"):
        return " "
    return "".join(_plain(child) for child in node.children)


def _near(word: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(word, list(known), n=1)
    return f": did you mean {near[0]!r}?" if near else f": known are {', '.join(known)}"


def _count(value: str) -> int:
    if not value.isdigit() or not 1 <= int(value) <= 9:
        raise ValueError(f"attesters={value}: write how many people, 1 to 9")
    return int(value)


def _yes_or_no(value: str) -> bool:
    if value not in ("yes", "no"):
        raise ValueError(f"trigger={value}: write yes or no")
    return value == "yes"
