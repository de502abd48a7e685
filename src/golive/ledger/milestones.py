"""The decisions that lines serve: what was fresh when it was decided on need not be fresh for ever."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from golive.core.accepted import AcceptedDecision
from golive.core.attestation import Choice
from golive.core.checklist import Item
from golive.gate.decide import Served

DAY = timedelta(days=1)
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Milestones:
    """When the release was decided on, as far as that is behind."""

    go: datetime | None = None
    """When the last of all stakeholders had said go; none while one of them has not, or said no-go."""
    launch: datetime | None = None
    """When it was launched: the first evidence that the line of the launch holds."""
    sign_off: datetime | None = None
    """When the last role of the sign-off table had signed go after the launch."""

    def served_by(self, item: Item) -> Served | None:
        """The decision that ``item`` serves, where it is behind.

        The lines before the deployment serve the go/no-go, its steps and smoke tests the launch, the
        validation the sign-off; what is watched after the launch serves the first day, or the week.
        """
        first = item.first_phase
        if first == "pre_deploy":
            return _served("the go/no-go", self.go)
        if first in ("deploy", "smoke"):
            return _served("the launch", self.launch)
        if first == "post_deploy":
            return _served("the sign-off", self.sign_off)
        if first == "post_launch" and self.launch is not None:
            days = (WEEK, "the first week") if item.max_age > DAY else (DAY, "the first day")
            return _served(f"the end of {days[1]}", self.launch + days[0])
        return None


def milestones_of(
    decisions: Sequence[AcceptedDecision], launched: datetime | None, roles: Iterable[str]
) -> Milestones:
    """Read off when everybody had decided go.

    Args:
        decisions: those that are accepted.
        launched: when the release was launched; None where it is not known to be.
        roles: everybody who must decide; of none nothing was decided.
    """
    everybody = frozenset(roles)
    before = [entry for entry in decisions if launched is None or entry.decision.at <= launched]
    after = [entry for entry in decisions if launched is not None and entry.decision.at > launched]
    return Milestones(
        go=_decided_by_all(before, everybody), launch=launched, sign_off=_decided_by_all(after, everybody)
    )


def _decided_by_all(decisions: Iterable[AcceptedDecision], roles: frozenset[str]) -> datetime | None:
    """When the last of all roles had said go; one no-go among them, or one that is missing, is none."""
    said = [entry.decision for entry in decisions if entry.decision.role in roles]
    if not roles or {one.role for one in said} != roles or any(one.decision is not Choice.GO for one in said):
        return None
    return max(one.at for one in said)


def _served(name: str, at: datetime | None) -> Served | None:
    return Served(name, at) if at is not None else None
