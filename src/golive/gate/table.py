"""Decision tables: rows of which exactly one holds, in whatever order they stand."""

from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

Finding = TypeVar("Finding")
Facts = TypeVar("Facts")
Result = TypeVar("Result")


class Reason(NamedTuple):
    """The sentence behind a result, and what to do about it."""

    text: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Row(Generic[Finding, Facts, Result]):
    """What follows where all findings of ``present`` were made, and none of ``absent``."""

    present: frozenset[Finding]
    absent: frozenset[Finding]
    result: Result
    message: Callable[[Facts], Reason]

    def holds(self, findings: Set[Finding]) -> bool:
        """Whether the row is the one for ``findings``."""
        return self.present <= findings and self.absent.isdisjoint(findings)


def only_row(
    table: Iterable[Row[Finding, Facts, Result]], findings: Set[Finding]
) -> Row[Finding, Facts, Result]:
    """Return the row that holds for ``findings``.

    Raises:
        ValueError: none holds, or several; the table is wrong, and nothing can be concluded by it.
    """
    rows = [row for row in table if row.holds(findings)]
    if len(rows) != 1:
        raise ValueError(f"{len(rows)} rows hold for {sorted(map(str, findings))}, and exactly one must")
    return rows[0]
