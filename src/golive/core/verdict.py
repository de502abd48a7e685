"""Verdicts: what the gate makes of a ledger."""

from enum import StrEnum

from golive.core.harm import Harm
from golive.core.outcome import Outcome
from golive.core.record import Record

EXIT_GO = 0
EXIT_NO_GO = 1
EXIT_INCONCLUSIVE = 6


class ItemState(StrEnum):
    """The state of an item in scope."""

    VERIFIED = "verified"
    FAILED = "failed"
    UNKNOWN = "unknown"
    NOT_RUN = "not run"
    STALE = "stale"
    ATTESTED = "attested"
    WAIVED = "waived"
    NOT_APPLICABLE = "not applicable"


POSITIVE_STATES = frozenset({ItemState.VERIFIED, ItemState.ATTESTED, ItemState.NOT_APPLICABLE})


class Decision(StrEnum):
    """The one line that a launch is decided by."""

    GO = "GO"
    CONDITIONAL_GO = "CONDITIONAL GO"
    NO_GO = "NO-GO"
    ROLL_BACK = "ROLL BACK"
    INCONCLUSIVE = "INCONCLUSIVE"


class ItemVerdict(Record):
    """An item's state and the one sentence behind it."""

    item: str
    state: ItemState
    reason: str
    remedy: str = ""
    checks: tuple[str, ...] = ()
    """Node ids of the records that it was judged by."""


class Cause(Record):
    """What one defect, or one thing that nobody could see past, made of the checks: told once."""

    outcome: Outcome
    """``failed`` or ``blind``."""
    harm: Harm | None
    """The gravest that any of its checks names; None where none says anything."""
    sentence: str
    """What the gravest of its checks says."""
    common: str
    """What they all name as its cause; empty where it is one check's alone, or in their own words."""
    remedy: str
    checks: tuple[str, ...]
    """Node ids, sorted; never none."""
    items: tuple[str, ...]
    """Lines that it keeps from being verified, in the checklist's order."""


class Verdict(Record):
    """The decision over the items in scope, in the checklist's order."""

    decision: Decision
    reason: str
    items: tuple[ItemVerdict, ...]
    causes: tuple[Cause, ...] = ()
    """Why lines failed, the gravest harm first; then why others could not be seen."""

    def exit_code(self, *, strict: bool = False) -> int:
        """The process exit code; ``strict`` makes a conditional GO a failure."""
        match self.decision:
            case Decision.GO:
                return EXIT_GO
            case Decision.CONDITIONAL_GO:
                return EXIT_NO_GO if strict else EXIT_GO
            case Decision.NO_GO | Decision.ROLL_BACK:
                return EXIT_NO_GO
            case Decision.INCONCLUSIVE:
                return EXIT_INCONCLUSIVE

    def by_state(self, *states: ItemState) -> tuple[ItemVerdict, ...]:
        """The item verdicts in any of ``states``, in the checklist's order."""
        return tuple(entry for entry in self.items if entry.state in states)
