"""One broken connection of a hundred is the network's; more than that is the host's, whoever tried again."""

from collections.abc import Iterable

from golive.core.outcome import Outcome
from golive.core.run import CheckRecord

TOLERATED = 0.01
"""Share of a host's connections that may break. A single one says nothing of the host."""


def beyond_tolerance(records: Iterable[CheckRecord]) -> list[CheckRecord]:
    """Return failed records in place of those that passed only by trying again at a host that loses too much.

    Args:
        records: of the run. What was tried again stands in their evidence, with the host's counts by then.
    """
    passed = [record for record in records if record.outcome is Outcome.PASSED and record.retried]
    counts: dict[str, tuple[int, int]] = {}
    for record in passed:
        for where, lost, opened in _retries(record):
            counts[where] = max(counts.get(where, (0, 0)), (lost, opened))
    condemned = {
        where: f"{lost} of {opened} ({lost / opened:.1%})"
        for where, (lost, opened) in counts.items()
        if lost > max(1, TOLERATED * opened)
    }
    return [
        _failed(record, where, condemned[where])
        for record in passed
        for where in [one for one, _, _ in _retries(record) if one in condemned][:1]
    ]


def _failed(record: CheckRecord, where: str, observed: str) -> CheckRecord:
    expected = f"at most {TOLERATED:.0%} of a host's"
    reason = f"broken connections: expected {expected}, observed {observed}, one of this check's — {where}"
    return record.model_copy(update={"outcome": Outcome.FAILED, "reason": reason})


def _retries(record: CheckRecord) -> list[tuple[str, int, int]]:
    """Host and port, connections lost and opened by then."""
    return [
        (str(facts["where"]), lost, opened)
        for facts in (entry.facts for entry in record.evidence if entry.kind == "retry")
        if isinstance(lost := facts.get("lost by then"), int)
        and isinstance(opened := facts.get("connections by then"), int)
        and opened > 0
    ]
