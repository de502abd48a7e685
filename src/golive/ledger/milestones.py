"""The decisions that lines serve: what was fresh when it was decided on need not be fresh for ever."""

from collections.abc import Iterable
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
    """When the last of the stakeholders said go."""
    launch: datetime | None = None
    """When it was launched: the first evidence that the line of the launch holds."""
    sign_off: datetime | None = None
    """When the last role of the sign-off table signed after the launch."""

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


def milestones_of(decisions: Iterable[AcceptedDecision], launched: datetime | None) -> Milestones:
    """Read off who decided go, and when."""
    said = sorted(entry.decision.at for entry in decisions if entry.decision.decision is Choice.GO)
    before = [at for at in said if launched is None or at <= launched]
    after = [at for at in said if launched is not None and at > launched]
    return Milestones(
        go=before[-1] if before else None, launch=launched, sign_off=after[-1] if after else None
    )


def _served(name: str, at: datetime | None) -> Served | None:
    return Served(name, at) if at is not None else None
