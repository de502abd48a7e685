"""The checklist as it was written, ticked: the same lines, each with what became of it."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise

from markdown_it import MarkdownIt

from golive.core.accepted import AcceptedDecision
from golive.core.checklist import Checklist, Table
from golive.core.outcome import Outcome
from golive.core.run import Run
from golive.core.verdict import ItemState, Verdict
from golive.report.headline import extent
from golive.report.lines import Line, lines_of
from golive.report.signoff import filled
from golive.report.text import one_line
from golive.report.vocabulary import DECISIONS, RENDERED_ANEW, counted, watermark_text

_TICKED = frozenset({ItemState.VERIFIED, ItemState.ATTESTED})
_BOX = re.compile(r"\[[ xX]\]")
_PUNCTUATION = re.compile(r"([\\`*\[\]<>#!|~&$^{}]|(?<![^\W_])_|_(?![^\W_]))")
_LINKED = re.compile(r"://|www\.|@|[^\W\d_]\.[^\W\d_]|^#\d|^\w+:\w", re.IGNORECASE)
"""What some Markdown viewer makes a link of, whether it is escaped or not."""


def render_markdown(
    checklist: Checklist,
    run: Run,
    verdict: Verdict,
    decisions: Sequence[AcceptedDecision] = (),
    *,
    anew: bool = False,
) -> str:
    """Return the document's own text: verified and attested lines ticked, other states in words.

    The rows of the sign-off table carry what their roles decided.

    Lines outside the run's scope stay as they were written, unticked. A text that is rendered ``anew``, not
    by the run itself, says so.
    """
    lines = {line.item.line: line for line in lines_of(checklist, run, verdict).values()}
    written = checklist.text.splitlines()
    ends = _last_lines(checklist.text)
    for number, line in lines.items():
        index = number - 1
        if index >= len(written):
            continue
        ticked = "[x]" if line.state in _TICKED else "[ ]"
        written[index] = _BOX.sub(ticked, written[index], count=1) if line.item.is_box else written[index]
        last = min(ends.get(index, number), len(written)) - 1
        written[last] = written[last].rstrip() + _remark(line)
    _sign(written, checklist, decisions)
    return "\n".join([*_head(checklist, run, verdict, anew=anew), "", *written, *_mark(run)]) + "\n"


def _sign(written: list[str], checklist: Checklist, decisions: Sequence[AcceptedDecision]) -> None:
    """Fill in the sign-off table, in place."""
    tables = [
        block
        for section in checklist.sections
        for block in section.blocks
        if isinstance(block, Table) and block.kind == "sign-off"
    ]
    rows = {row[0]: row for table in tables for row in filled(table, decisions).rows if row}
    unsigned = {row[0]: row for table in tables for row in table.rows if row}
    for index, line in enumerate(written):
        role = line.strip().strip("|").partition("|")[0].strip()
        if line.lstrip().startswith("|") and role in rows and rows[role] != unsigned[role]:
            written[index] = "| " + " | ".join([role, *(escape(cell) for cell in rows[role][1:])]) + " |"


def escape(text: str, limit: int = 600) -> str:
    """Return text from the target as one line of Markdown that shows it and does nothing else."""
    return " ".join(
        _code(word) if _LINKED.search(word) else _escaped(word) for word in one_line(text, limit).split(" ")
    )


def _escaped(word: str) -> str:
    return _PUNCTUATION.sub(r"\\\1", word)


def _code(word: str) -> str:
    longest = max((len(run) for run in re.findall("`+", word)), default=0)
    fence = "`" * (longest + 1)
    space = " " if word.startswith("`") or word.endswith("`") else ""
    return f"{fence}{space}{word}{space}{fence}"


def _last_lines(text: str) -> dict[int, int]:
    """For every list item, by the index of its first line: the line after its own paragraph."""
    tokens = MarkdownIt("commonmark").parse(text)
    ends: dict[int, int] = {}
    for token, inner in pairwise(tokens):
        if token.type == "list_item_open" and inner.type == "paragraph_open" and token.map and inner.map:
            ends[token.map[0]] = inner.map[1]
    return ends


def _remark(line: Line) -> str:
    if not line.in_scope:
        return ""
    word = line.look.word
    if line.state is ItemState.VERIFIED:
        return f" — {word}: {escape(line.reason)}" if line.reason else f" — {word}"
    if line.state is not ItemState.ATTESTED:
        word = f"**{word.upper()}**"
    remark = f" — {word}: {escape(line.reason)}" if line.reason else f" — {word}"
    return f"{remark} *To do:* {escape(line.remedy)}" if line.remedy else remark


def _head(checklist: Checklist, run: Run, verdict: Verdict, *, anew: bool) -> list[str]:
    header, footer = run.header, run.footer
    lines = lines_of(checklist, run, verdict)
    in_scope = sum(line.in_scope for line in lines.values())
    gaps = [line.item.id for line in lines.values() if line.is_gap]
    finished = (
        _instant(footer.finished)
        if footer
        else "**no end recorded: the run was killed, or is still running**"
    )
    mark = DECISIONS[verdict.decision].mark
    decision = f"{mark} **{verdict.decision.value} {escape(extent(checklist, run, verdict))}**"
    place = f"{escape(header.environment_title)} ({escape(header.environment)})"
    scope = escape(header.marker_expression) or "everything"
    entries = [
        f"> {decision} — {escape(verdict.reason, 1_500)}",
        ">",
        f"> - Release: {escape(str(header.release))}",
        f"> - Environment: {place}, seen from {escape(header.vantage)}",
        f"> - Run: {escape(header.run_id)}, started {_instant(header.started)}, finished {finished}",
        f"> - Scope: {scope}, {in_scope} of {counted(len(checklist.items), 'line')}",
        f"> - Checklist: {escape(header.checklist_source)}, SHA-256 `{escape(header.checklist_digest)}`",
    ]
    for cause in verdict.causes:
        words = "Wrong" if cause.outcome is Outcome.FAILED else "Not seen"
        harm = f" ({cause.harm.value})" if cause.harm else ""
        said = f"{counted(len(cause.checks), 'check')}, {', '.join(f'`{item}`' for item in cause.items)}"
        common = f", all by: {escape(cause.common)}" if cause.common else ""
        entries.append(f"> - {words}{harm}: {escape(cause.sentence, 900)} — {said}{common}")
    if header.faults:
        entries.append(
            f"> - Faults injected on purpose: {', '.join(escape(fault) for fault in header.faults)}"
        )
    if gaps:
        named = ", ".join(f"`{item}`" for item in gaps)
        words = "no run of this scope can be GO until each has one, or people attest it"
        entries.append(f"> - No check answers {named}: {words}")
    if anew:
        entries.append(f"> - {escape(RENDERED_ANEW)}")
    if footer and footer.interruption:
        entries.append(f"> - Interrupted: {escape(footer.interruption)}")
    return [*_mark(run), *entries]


def _mark(run: Run) -> list[str]:
    """The watermark: it stands at both ends of the document."""
    return ["", f"**{escape(watermark_text(run.header.watermark))}**", ""] if run.header.watermark else []


def _instant(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
