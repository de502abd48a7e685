"""The checklist: a document of sections, and the items that are its lines."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from enum import StrEnum

PHASES = ("pre_deploy", "deploy", "smoke", "post_deploy", "rollback", "post_launch")
PHASES_AFTER_DEPLOYMENT = frozenset({"deploy", "smoke", "post_deploy", "post_launch"})
"""In these the release itself is looked at, and used."""
SECTION_MARKERS = ("infra",)
"""Markers that name a section of the checklist across phases."""


class Severity(StrEnum):
    """Whether a failed item blocks the launch."""

    REQUIRED = "required"
    ADVISORY = "advisory"


class AnsweredBy(StrEnum):
    """Where an item's state comes from."""

    CHECKS = "checks"
    CHILDREN = "children"
    LEDGER = "ledger"
    """From everything that is known of the release about the lines of another phase."""


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the checklist."""

    id: str
    text: str
    line: int
    """Line number in the document, counted from 1."""
    phases: tuple[str, ...]
    owner: str
    severity: Severity
    max_age: timedelta
    planned_at: time | None
    part: str | None
    """The part of the deployment that the item is about; an absent part makes it not applicable."""
    answered_by: AnsweredBy
    is_box: bool
    is_trigger: bool
    depth: int
    """0 for a line of the list itself, 1 for a line under it, and so on."""
    children: tuple[str, ...] = ()
    completes: str | None = None
    """The phase whose lines must all be answered, for a line that is answered by the ledger."""
    attested_by: tuple[str, ...] = ()
    """Roles that may attest it; the owner's when empty."""
    attesters: int = 1
    """How many people must attest it, each another."""

    @property
    def is_required(self) -> bool:
        """Whether a launch waits for it: a rollback trigger that nobody can see is no trigger."""
        return self.severity is Severity.REQUIRED or self.is_trigger

    @property
    def first_phase(self) -> str:
        """The phase that it is first due in; empty where it has none."""
        return next((phase for phase in PHASES if phase in self.phases), "")

    @property
    def attesting_roles(self) -> tuple[str, ...]:
        """Roles that may attest it."""
        return self.attested_by or (self.owner,)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Prose between the lists; ``html`` is the rendered, escaped Markdown."""

    html: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the document, such as the sign-off table; cells are plain text."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    kind: str | None
    """``sign-off`` for the table that people sign."""


@dataclass(frozen=True, slots=True)
class ItemList:
    """Items in document order; a child follows its parent."""

    items: tuple[Item, ...]


Block = Paragraph | Table | ItemList


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it, up to the next heading of any level."""

    title: str
    level: int
    line: int
    blocks: tuple[Block, ...]

    @property
    def items(self) -> tuple[Item, ...]:
        """The section's own items, in document order."""
        return tuple(item for block in self.blocks if isinstance(block, ItemList) for item in block.items)


@dataclass(frozen=True, slots=True)
class Checklist:
    """The document: its sections in order, its items by id, its source text."""

    title: str
    source: str
    """Where it was read from, as the reader named it."""
    text: str
    sections: tuple[Section, ...]
    items: Mapping[str, Item] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(
            self, "items", {item.id: item for section in self.sections for item in section.items}
        )

    def boxes(self) -> Iterator[Item]:
        """The lines that people tick, in document order."""
        return (item for item in self.items.values() if item.is_box)

    def sign_off_roles(self) -> tuple[str, ...]:
        """The roles that decide on the launch: first column of the tables that people sign."""
        tables = (block for section in self.sections for block in section.blocks if isinstance(block, Table))
        return tuple(row[0] for table in tables if table.kind == "sign-off" for row in table.rows if row)

    def completed_by(self, item: Item) -> tuple[Item, ...]:
        """The lines that ``item`` sums up: required ones of no other phase than the one it completes."""
        return tuple(
            line
            for line in self.items.values()
            if set(line.phases).intersection(PHASES) == {item.completes}
            and line.is_required
            and line.answered_by is not AnsweredBy.LEDGER
        )

    def markers(self) -> frozenset[str]:
        """Every marker that some item carries."""
        return frozenset(marker for item in self.items.values() for marker in item.phases)


class ChecklistError(ValueError):
    """The document cannot be a checklist; one message a line, each with ``source:line``."""
