"""Boxes of a document that its readers see: each begins a line of a list, or is named."""

import re
from collections.abc import Iterator, Sequence

from markdown_it.tree import SyntaxTreeNode

BOX = re.compile(r"\[[ xX]\](?=\s|$)")
"""A box as Markdown's task lists have it, at the beginning of a line of a list."""

_LIKE_A_BOX = r"\[\s*[xX✓✔✗✘~/*-]?\s*\]|[☐☑☒]"
_BEGINS_LIKE_A_BOX = re.compile(_LIKE_A_BOX)
_BULLET = r"(?:[-*+•–—]|\d+[.)])"
_LINE_WITH_A_BOX = re.compile(rf"\s*(?:>\s*)*(?:{_BULLET}\s*)?(?:{_LIKE_A_BOX})")
_LISTED_BOX = re.compile(rf"\s*(?:>\s*)*{_BULLET}\s+\[[ xX]\]")
_WITHIN = re.compile(r"(?<=\s)(?:\[[ xX]\](?=\s|$)|[☐☑☒])")
_INPUT = re.compile(r"<input\b[^>]*checkbox", re.IGNORECASE)
_UNSEEN = re.compile(r"<!--.*?-->|<(pre|script|style|textarea)\b.*?(?:</\1>|\Z)", re.DOTALL | re.IGNORECASE)

_CODE = "; if it is none, write it as code"


def seen(node: SyntaxTreeNode) -> str:
    """Return the text of an inline node as its readers see it, a line break kept, what is code left out."""
    if node.type == "text":
        return node.content
    if node.type == "code_inline":
        return "`…`"
    if node.type in ("softbreak", "hardbreak"):
        return "\n"
    return "".join(map(seen, node.children))


def stray_boxes(root: SyntaxTreeNode, lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Find what looks like a box and begins no line of a list.

    Args:
        root: the block to look through, with everything in it.
        lines: the lines of the whole document.

    Returns:
        Line number, counted from 1, and what is wrong, for each.
    """
    for node in root.walk():
        match node.type:
            case "inline":
                yield from _in_text(node)
            case "code_block":
                words = "a box in a block of code is no line: indent it less, or fence it if it is an example"
                yield from _listed(node.content, _line(node), words)
            case "fence" if not _is_closed(node, lines):
                words = f"a box in a block of code that is never closed: end the block with {node.markup}"
                yield from _listed(node.content, _line(node) + 1, words)
            case "html_block":
                yield from _in_html(node)
            case "html_inline" if _INPUT.match(node.content):
                yield _line(node), "a box within HTML is no line: write `- [ ] ` instead"


def _in_text(inline: SyntaxTreeNode) -> Iterator[tuple[int, str]]:
    number, first, *further = _line(inline), *seen(inline).split("\n")
    block = inline.parent
    if block is not None and block.type in ("td", "th"):
        if _BEGINS_LIKE_A_BOX.match(first) or _WITHIN.search(first):
            yield number, f"a box in a table is no line: make it a line of a list{_CODE}"
        return
    if _begins_line_of_list(block):
        box = BOX.match(first)
        if box is None and _BEGINS_LIKE_A_BOX.match(first):
            yield number, f"{first[:40]!r} begins with what is not a box of Markdown: write `[ ] `{_CODE}"
        elif _WITHIN.search(first, box.end() if box else 0):
            yield number, f"a box within a line is no line: each begins its own, `- [ ] `{_CODE}"
    else:
        further = [first, *further]
        number -= 1
    for offset, line in enumerate(further, 1):
        if _LINE_WITH_A_BOX.match(line):
            words = f"a box outside a list is no line: begin its line with `- [ ] `{_CODE}"
            yield number + offset, f"{words} — {line.strip()[:56]!r}"


def _begins_line_of_list(block: SyntaxTreeNode | None) -> bool:
    if block is None or block.type != "paragraph" or block.parent is None:
        return False
    return block.parent.type == "list_item" and block.parent.children[0] is block


def _in_html(node: SyntaxTreeNode) -> Iterator[tuple[int, str]]:
    if node.content.lstrip().startswith("<!--") and "-->" not in node.content:
        words = "a box within a comment that is never closed: end the comment with -->"
        yield from _listed(node.content, _line(node), words)
        return
    # What is not shown goes, its line ends stay: they are counted.
    shown = _UNSEEN.sub(lambda unseen: "\n" * unseen.group().count("\n"), node.content)
    for offset, line in enumerate(shown.split("\n")):
        if _INPUT.search(line) or _LISTED_BOX.match(line):
            words = "a box within HTML is no line: write `- [ ] ` instead, below an empty line"
            yield _line(node) + offset, words


def _listed(content: str, number: int, words: str) -> Iterator[tuple[int, str]]:
    for offset, line in enumerate(content.split("\n")):
        if _LISTED_BOX.match(line):
            yield number + offset, words


def _is_closed(fence: SyntaxTreeNode, lines: Sequence[str]) -> bool:
    first, end = fence.map or (0, 0)
    last = lines[end - 1].lstrip("> \t").rstrip()
    return end - 1 > first and len(last) >= len(fence.markup) and set(last) == set(fence.markup)


def _line(node: SyntaxTreeNode) -> int:
    at: SyntaxTreeNode | None = node
    while at is not None and not at.is_root:
        if at.map:
            return at.map[0] + 1
        at = at.parent
    return 1
