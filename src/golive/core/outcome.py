"""What a check came to, and the exception by which a check says that it could not see."""

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """The outcome of a check that ran. A check that did not run has none."""

    PASSED = "passed"
    FAILED = "failed"
    BLIND = "blind"
    ERROR = "error"


WORST_FIRST: tuple[Outcome | None, ...] = (
    Outcome.FAILED,
    Outcome.ERROR,
    Outcome.BLIND,
    None,
    Outcome.PASSED,
)
"""Outcomes of which one has to stand for all: of a line's checks, or of a check's attempts."""


class Effect(StrEnum):
    """What a check does to its target."""

    READ = "read"
    WRITE = "write"
    DESTRUCTIVE = "destructive"


class Blind(Exception):
    """The check could not observe its target; says nothing about the target.

    Args:
        reason: what could not be seen, one sentence.
        remedy: what would make it visible, one sentence.
        cause: what other checks name alike when the same thing blinds them; empty for its own reason.
    """

    def __init__(self, reason: str, *, remedy: str, cause: str = "") -> None:
        super().__init__(f"{reason} — {remedy}")
        self.reason = reason
        self.remedy = remedy
        self.cause = cause


@dataclass(frozen=True, slots=True)
class Unseen:
    """What stands in the place of an answer that could not be had, and what a rule could not tell."""

    reason: str
    """Why it could not be seen, one sentence."""
    remedy: str
    """What would make it visible, one sentence."""
