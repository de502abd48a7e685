"""What the HTML page shows, section by section, ready for the templates."""

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from golive.core.checklist import Checklist, ItemList, Paragraph, Section, Table
from golive.core.run import CheckRecord, Run
from golive.core.verdict import Verdict
from golive.report.checks import CheckView, check_view, failure_first
from golive.report.images import Gallery
from golive.report.lines import Line, lines_of, tally
from golive.report.vocabulary import OUTCOME_ORDER, Look


@dataclass(frozen=True, slots=True)
class Row:
    """A line with the checks that are shown under it, and those that are shown elsewhere."""

    line: Line
    anchor: str
    checks: tuple[CheckView, ...]
    shown_above: tuple[tuple[CheckView, "Row"], ...]
    """Checks that answer several lines stand under the first; here they are links to it."""

    @property
    def outcomes(self) -> str:
        """``1 failed, 3 passed``: the worst first."""
        words = [check.look.word for check in (*(view for view, _ in self.shown_above), *self.checks)]
        return ", ".join(f"{words.count(word)} {word}" for word in OUTCOME_ORDER if word in words)

    @property
    def has_evidence(self) -> bool:
        """Whether there is anything to open."""
        return bool(self.checks or self.shown_above or self.line.elsewhere or self.line.missing)


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a section: exactly one of its fields is filled."""

    html: Markup | None = None
    rows: tuple[Row, ...] = ()
    table: Table | None = None
    moved: bool = False
    """The sign-off table stood here; it stands at the end of the report."""


@dataclass(frozen=True, slots=True)
class SectionView:
    """A section of the document."""

    title: str
    heading: int
    """Level of its heading on the page."""
    anchor: str
    blocks: tuple[Block, ...]
    tally: tuple[tuple[Look, int], ...]


@dataclass(frozen=True, slots=True)
class SignOff:
    """What people sign, with the prose that stood around the table."""

    prose: tuple[Markup, ...]
    tables: tuple[Table, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """The document's part of the page."""

    lines: dict[str, Line]
    introduction: tuple[Block, ...]
    """What stands below the document's title."""
    sections: tuple[SectionView, ...]
    sign_off: SignOff
    unbound: tuple[CheckView, ...]
    """Checks of the run that no line was judged by."""


def line_anchor(item_id: str) -> str:
    """The fragment that a line is linked by."""
    return f"line-{item_id}"


def _markup(paragraph: Paragraph) -> Markup:
    """The document's own prose, which its parser has rendered and escaped."""
    return Markup(paragraph.html)  # noqa: S704


def build_page(checklist: Checklist, run: Run, verdict: Verdict, gallery: Gallery) -> Page:
    """Prepare every section of ``checklist`` for the templates."""
    lines = lines_of(checklist, run, verdict)
    builder = _Builder(lines, run, gallery)
    top = min(
        (section.level for section in checklist.sections if section.title != checklist.title), default=1
    )
    sections: list[SectionView] = []
    prose: list[Markup] = []
    tables: list[Table] = []
    introduction: tuple[Block, ...] = ()
    heading = 2
    for number, section in enumerate(checklist.sections, start=1):
        signed = [block for block in section.blocks if isinstance(block, Table) and block.kind == "sign-off"]
        tables.extend(signed)
        if signed and not section.items:
            prose.extend(_markup(block) for block in section.blocks if isinstance(block, Paragraph))
            continue
        heading = min(3 + section.level - top, heading + 1, 6)
        view = builder.section(section, heading, f"section-{number}")
        if section.title == checklist.title and not section.items:
            introduction = view.blocks
            heading = 2
            continue
        sections.append(view)
    return Page(lines, introduction, tuple(sections), SignOff(tuple(prose), tuple(tables)), builder.unbound())


class _Builder:
    """Gives every check one place on the page."""

    def __init__(self, lines: Mapping[str, Line], run: Run, gallery: Gallery) -> None:
        self._lines = lines
        self._records = run.records
        self._gallery = gallery
        self._anchors = {
            record.check: f"check-{number}" for number, record in enumerate(run.records, start=1)
        }
        self._homes: dict[str, tuple[CheckView, Row]] = {}

    def section(self, section: Section, heading: int, anchor: str) -> SectionView:
        blocks = tuple(self._block(block) for block in section.blocks)
        counts = tally(self._lines[item.id] for item in section.items)
        return SectionView(section.title, heading, anchor, blocks, counts)

    def unbound(self) -> tuple[CheckView, ...]:
        return tuple(self._view(record) for record in self._records if record.check not in self._homes)

    def _block(self, block: Paragraph | Table | ItemList) -> Block:
        match block:
            case Paragraph():
                return Block(html=_markup(block))
            case Table(kind="sign-off"):
                return Block(moved=True)
            case Table():
                return Block(table=block)
            case ItemList(items=items):
                return Block(rows=tuple(self._row(self._lines[item.id]) for item in items))

    def _row(self, line: Line) -> Row:
        records = failure_first(list(line.records))
        fresh = [record for record in records if record.check not in self._homes]
        row = Row(
            line=line,
            anchor=line_anchor(line.item.id),
            checks=tuple(self._view(record) for record in fresh),
            shown_above=tuple(self._homes[record.check] for record in records if record.check in self._homes),
        )
        self._homes.update({r.check: (view, row) for r, view in zip(fresh, row.checks, strict=True)})
        return row

    def _view(self, record: CheckRecord) -> CheckView:
        return check_view(record, self._anchors[record.check], self._gallery)
