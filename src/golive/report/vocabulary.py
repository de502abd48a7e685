"""The words and shapes of the report: for every state a symbol and a word, never colour alone."""

from dataclasses import dataclass

from golive.core.outcome import Outcome
from golive.core.verdict import Decision, ItemState

ROLES = {
    "LEAD": "Deployment Lead",
    "BE": "Backend Developer",
    "FE": "Frontend Developer",
    "OPS": "DevOps Engineer",
    "QA": "QA Engineer",
    "DBA": "Database Administrator",
    "SEC": "Security Team",
    "CS": "Customer Support",
    "MGMT": "Management",
}


@dataclass(frozen=True, slots=True)
class Look:
    """How a state is shown."""

    word: str
    mark: str
    """One character, for plain text."""
    icon: str
    """Name of the drawing in ``templates/icons.svg.j2``."""
    tone: str
    """The colour's name: ``good``, ``bad``, ``open``, ``person`` or ``quiet``."""


STATES = {
    ItemState.VERIFIED: Look("verified", "✓", "check", "good"),
    ItemState.FAILED: Look("failed", "✗", "cross", "bad"),
    ItemState.UNKNOWN: Look("unknown", "?", "question", "open"),
    ItemState.NOT_RUN: Look("not run", "○", "hollow", "open"),
    ItemState.STALE: Look("stale", "◷", "clock", "open"),
    ItemState.ATTESTED: Look("attested", "✎", "pen", "person"),
    ItemState.WAIVED: Look("waived", "⚑", "flag", "person"),
    ItemState.NOT_APPLICABLE: Look("not applicable", "–", "dash", "quiet"),
}

OUT_OF_SCOPE = Look("out of scope", "·", "dot", "quiet")
NOT_JUDGED = Look("not judged", "?", "question", "open")
"""A line of the run's scope about which the verdict says nothing."""

OUTCOMES = {
    Outcome.PASSED: Look("passed", "✓", "check", "good"),
    Outcome.FAILED: Look("failed", "✗", "cross", "bad"),
    Outcome.BLIND: Look("blind", "?", "question", "open"),
    Outcome.ERROR: Look("error", "!", "alert", "bad"),
}
DID_NOT_RUN = Look("not run", "○", "hollow", "open")

CAUSES = {Outcome.FAILED: "What is wrong, the gravest first", Outcome.BLIND: "What could not be seen"}
"""Headings of causes by their outcome, in the order that they are told in."""

OUTCOME_ORDER = ("failed", "error", "blind", "not run", "passed")
"""The words of the outcomes, the worst first."""

DECISIONS = {
    Decision.GO: Look("GO", "✓", "check", "good"),
    Decision.CONDITIONAL_GO: Look("CONDITIONAL GO", "⚑", "flag", "person"),
    Decision.NO_GO: Look("NO-GO", "✗", "cross", "bad"),
    Decision.ROLL_BACK: Look("ROLL BACK", "↩", "back", "bad"),
    Decision.INCONCLUSIVE: Look("INCONCLUSIVE", "?", "question", "open"),
}

RENDERED_ANEW = (
    "Rendered anew from the run's record, events.jsonl, which is not sealed: "
    "whoever could write to the run's folder could have edited it."
)
"""What a report says that was not rendered by the run itself."""

ATTENTION = (ItemState.FAILED, ItemState.UNKNOWN, ItemState.NOT_RUN, ItemState.STALE)
"""States that somebody has to do something about, the most pressing first."""


def outcome_look(outcome: Outcome | None) -> Look:
    """How the outcome of a check is shown; None is a check that did not run."""
    return DID_NOT_RUN if outcome is None else OUTCOMES[outcome]


def role(code: str) -> str:
    """The owner's role in words; a code that this document does not know stays as it is."""
    return ROLES.get(code, code)


def watermark_text(watermark: str) -> str:
    """The watermark, which always says that the document is not valid for sign-off."""
    claim = "not valid for sign-off"
    return watermark if claim in watermark.casefold() else f"{watermark} — {claim}"


def counted(number: int, noun: str) -> str:
    """``1 line``, ``2 lines``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
