"""Positive controls: a refusal shows something only where its rightful twin was let in, in this run.

A twin is looked at once in a run, by a session-scoped fixture that returns a `Control`. One check judges it,
and fails where it did not hold: that is the one finding. Whatever rests on it is blind meanwhile.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from golive.core.outcome import Blind

SEE_TO_THAT = "see to that first: it is a finding of its own, and this check then sees its target"
"""What to do where a control does not hold."""


class Unjudged(Blind):
    """Nothing can be said while a control does not hold; whatever rests on that control says the same."""


@dataclass(frozen=True, slots=True)
class Control:
    """What became of a twin."""

    what: str
    """What should hold, as a clause: "accounts.listener's own token is let in"."""
    seen: tuple[Any, ...] = ()
    """The observations, as evidence."""
    failure: Exception | None = None
    """Why it does not hold; None where it does."""

    def judge(self, evidence: Callable[[Any], Any]) -> None:
        """Be the check of this control: record what was seen, then fail where it does not hold.

        Raises:
            AssertionError, or an error of a probe: it does not hold.
            Blind: nobody could see whether it does.
        """
        for observation in self.seen:
            evidence(observation)
        if self.failure is not None:
            raise self.failure

    def expect_held(self) -> None:
        """Rest on this control.

        Raises:
            Unjudged: it does not hold, or nobody could see whether it does.
        """
        if self.failure is not None:
            raise self.unjudged()

    def unjudged(self) -> Unjudged:
        """Return what is said of whatever rests on this control, which does not hold."""
        if isinstance(self.failure, Unjudged):
            return Unjudged(self.failure.reason, remedy=self.failure.remedy)
        if isinstance(self.failure, Blind):
            return Unjudged(cannot(self.what, self.failure.reason), remedy=self.failure.remedy)
        return Unjudged(cannot(self.what, first_line(self.failure)), remedy=SEE_TO_THAT)


def judge_all(controls: Sequence[Control], evidence: Callable[[Any], Any]) -> None:
    """Be the check of several controls: one finding for all that do not hold.

    Raises:
        AssertionError, or an error of a probe: one of them does not hold.
        Blind: nobody could see whether one does.
    """
    for control in controls:
        for observation in control.seen:
            evidence(observation)
    failures = [control.failure for control in controls if control.failure is not None]
    unmet = [failure for failure in failures if isinstance(failure, AssertionError)]
    if unmet:
        raise AssertionError("; ".join(map(first_line, unmet)))
    if failures:
        raise next((one for one in failures if not isinstance(one, Blind)), failures[0])


def cannot(what: str, why: str) -> str:
    """The sentence of whatever rests on a control: the same for all, so that they are one group."""
    return f"cannot be judged until {what}: {why}"


def first_line(failure: BaseException | None) -> str:
    """A failure's own words, without pytest's introspection."""
    return str(failure).partition("\nassert ")[0].replace("\n", " ")
