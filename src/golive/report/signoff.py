"""The sign-off table, filled in with what its roles decided."""

from collections.abc import Sequence
from datetime import UTC

from golive.core.accepted import AcceptedDecision
from golive.core.checklist import Table

_COLUMNS = ("name", "decision", "signature", "date")


def filled(table: Table, decisions: Sequence[AcceptedDecision]) -> Table:
    """Return ``table`` with the cells of every role that decided; what stood there stays where nobody did."""
    rows = tuple(_row(table.header, row, decisions) for row in table.rows)
    return Table(header=table.header, rows=rows, kind=table.kind)


def _row(
    header: tuple[str, ...], row: tuple[str, ...], decisions: Sequence[AcceptedDecision]
) -> tuple[str, ...]:
    mine = [entry for entry in decisions if row and entry.decision.role == row[0]]
    if not mine:
        return row
    # No-go last, so that it is what is read last.
    mine.sort(key=lambda entry: (entry.decision.decision.value, entry.decision.at))
    told = [_cells(entry) for entry in mine]
    return tuple(
        "; ".join(cells[title.casefold()] for cells in told) if title.casefold() in _COLUMNS else cell
        for title, cell in zip(header, (*row, *[""] * (len(header) - len(row))), strict=False)
    )


def _cells(entry: AcceptedDecision) -> dict[str, str]:
    decision = entry.decision
    seen = ", ".join(f"run {report.run}, report {report.sha256[:12]}…" for report in decision.reports)
    reason = f" ({decision.reason})" if decision.reason else ""
    return {
        "name": entry.name,
        "decision": f"{decision.decision.value.upper()}{reason}",
        "signature": f"{decision.by}, key {entry.key}, over {seen}",
        "date": f"{decision.at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC",
    }
