"""Run records: what one run of the suite saw, and the ledger that gathers runs of a release."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pydantic import Field, field_validator

from golive.core.accepted import AcceptedRecords
from golive.core.evidence import Evidence
from golive.core.harm import Harm, Unmet
from golive.core.outcome import WORST_FIRST, Effect, Outcome
from golive.core.record import Record
from golive.core.release import ReleaseIdentity
from golive.core.waiver import Waiver

__all__ = [
    "BuildsSeen",
    "CheckRecord",
    "Ledger",
    "ReleaseIdentity",
    "Run",
    "RunFooter",
    "RunHeader",
    "SuiteStep",
]


class CheckRecord(Record):
    """What one check came to. ``outcome`` is None for a check that did not run; ``reason`` says why."""

    check: str
    """pytest's node id."""
    function: str
    """The node id without its parameters: the check's name in the manifest."""
    items: tuple[str, ...]
    outcome: Outcome | None
    reason: str
    """One sentence: for a failure expected, observed and where."""
    remedy: str = ""
    requirement: str = ""
    """The check's docstring: what must hold."""
    unmet: Unmet | None = None
    """What is not met, in its parts, of a failure that says them."""
    harm: Harm | None = None
    """What it does to people when the requirement does not hold; of a failure, what this one does."""
    cause: str = ""
    """What made it fail or blind, as other checks name it too; empty where only its own words say it."""
    effect: Effect = Effect.READ
    started: datetime
    duration_seconds: float = 0.0
    evidence: tuple[Evidence, ...] = ()
    output: str = ""
    """Log lines of the check; redacted."""
    attempts: tuple[Outcome | None, ...] = ()
    """What each attempt came to, in order, where the run has several of this check; this is the worst."""

    @property
    def ended(self) -> datetime:
        """The instant that it was complete."""
        return self.started + timedelta(seconds=self.duration_seconds)

    @property
    def retried(self) -> bool:
        """Whether a named transport error was retried on the way."""
        return any(entry.kind == "retry" for entry in self.evidence)


class SuiteStep(Record):
    """A step of the run itself, such as starting the rehearsal, with its time."""

    name: str
    duration_seconds: float


class RunHeader(Record):
    """What is known of a run when it starts."""

    run_id: str
    environment: str
    environment_title: str
    watermark: str | None
    release: ReleaseIdentity
    vantage: str
    started: datetime
    deployed_at: datetime | None = None
    golive_version: str
    checklist_source: str
    checklist_digest: str
    """SHA-256 of the checklist's text, hexadecimal."""
    marker_expression: str
    scope: tuple[str, ...]
    absent_parts: dict[str, str] = Field(default_factory=dict)
    """Part to the reason for which this deployment does not have it."""
    absent_features: dict[str, str] = Field(default_factory=dict)
    """Feature to the reason for which this deployment does not have it; checks that need it did not run."""
    expected_checks: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Item to the checks that must answer it, from the manifest."""
    targets: dict[str, str] = Field(default_factory=dict)
    """Name of a target to its public URL."""
    faults: tuple[str, ...] = ()
    """Faults injected into a rehearsal."""
    waivers: tuple[Waiver, ...] = ()
    """The failures that were accepted when the run began; no other waiver ever counts for it."""


class BuildsSeen(Record):
    """Which build each instance of the target ran at one moment of a run."""

    at: datetime
    builds: dict[str, str]
    """Instance to version and commit, as it reports them."""
    unseen: tuple[str, ...] = ()
    """Instances that did not say it: whether their builds stay the same is not known."""


class RunFooter(Record):
    """What is known of a run only when it ends."""

    finished: datetime
    pytest_exit_code: int
    interruption: str = ""
    """What kept the run from being complete: it ended early, or broke; empty for a complete run."""
    steps: tuple[SuiteStep, ...] = ()
    notes: tuple[str, ...] = ()
    """Remarks about the run itself, such as checks that ran alone and why."""
    accepted: AcceptedRecords = AcceptedRecords()
    """What people had signed about this release here when the run ended, as far as it was accepted."""


class Run(Record):
    """A run as read back from its events. ``footer`` is None when the run was killed.

    A check that was recorded more than once, as under ``--reruns``, stands here by its worst record.
    """

    header: RunHeader
    records: tuple[CheckRecord, ...]
    footer: RunFooter | None
    builds: tuple[BuildsSeen, ...] = ()
    """What the target ran when the run began and when it ended; less where it was not to be seen."""

    @property
    def ended(self) -> datetime:
        """The instant that the run is judged at: its end, or of a killed run the last that is recorded."""
        if self.footer is not None:
            return self.footer.finished
        return max([self.header.started, *(record.ended for record in self.records)])

    @property
    def accepted(self) -> AcceptedRecords:
        """What people had signed when the run ended; nothing is known of it where the run was killed."""
        return self.footer.accepted if self.footer is not None else AcceptedRecords()

    @field_validator("records")
    @classmethod
    def _worst_of_each_check(cls, records: tuple[CheckRecord, ...]) -> tuple[CheckRecord, ...]:
        attempts: dict[str, list[CheckRecord]] = {}
        for record in records:
            attempts.setdefault(record.check, []).append(record)
        return tuple(_worst(made) if len(made) > 1 else made[0] for made in attempts.values())


def _worst(attempts: list[CheckRecord]) -> CheckRecord:
    """The record that counts: a later attempt takes back nothing of what an earlier one saw."""
    outcomes = tuple(record.outcome for record in attempts)
    worst = min(attempts, key=lambda record: WORST_FIRST.index(record.outcome))
    said = ", ".join(outcome.value if outcome else "not run" for outcome in outcomes)
    reason = f"{worst.reason} (the worst of {len(attempts)} attempts: {said})"
    return worst.model_copy(update={"attempts": outcomes, "reason": reason})


@dataclass(frozen=True, slots=True)
class Ledger:
    """The run records of one release in one environment, as the gate reads them."""

    environment: str
    release: ReleaseIdentity
    scope: frozenset[str]
    records: tuple[CheckRecord, ...]
    expected_checks: Mapping[str, frozenset[str]] = field(default_factory=dict)
    absent_parts: Mapping[str, str] = field(default_factory=dict)
    absent_since: Mapping[str, datetime] = field(default_factory=dict)
    """Part to the start of the first run, in a row up to the newest, that declared it absent."""
    deployed_at: datetime | None = None
    interruption: str = ""
    """What kept the newest run from being complete; such a ledger is never a GO."""
    other_builds: Mapping[tuple[str, datetime], str] = field(default_factory=dict)
    """Node id and start of a record to why it is not about the build that is deployed."""

    def why_other_build(self, record: CheckRecord) -> str:
        """Say why ``record`` is not about the build that is deployed; empty where nothing says so."""
        return self.other_builds.get((record.check, record.started), "")

    @classmethod
    def of(cls, runs: Iterable[Run]) -> "Ledger":
        """Gather ``runs``: per check and vantage point the newest run's observation counts.

        A record of a check that did not run says nothing about the target, so it stands only where
        there is no observation; the age of that observation is the gate's to judge.

        Raises:
            ValueError: when there is no run, or the runs are about different releases or environments.
        """
        ordered = sorted(runs, key=lambda run: run.header.started)
        if not ordered:
            raise ValueError("a ledger needs at least one run")
        first = ordered[0].header
        for run in ordered[1:]:
            if (run.header.environment, run.header.release) != (first.environment, first.release):
                raise ValueError(
                    f"run {run.header.run_id} is about {run.header.release} in {run.header.environment}, "
                    f"run {first.run_id} about {first.release} in {first.environment}: not one ledger"
                )
        deployed_builds = _newest_builds(ordered)
        other_builds: dict[tuple[str, datetime], str] = {}
        latest: dict[tuple[str, str], CheckRecord] = {}
        expected: dict[str, set[str]] = {}
        absent_since: dict[str, datetime] = {}
        deployed: datetime | None = None
        for run in ordered:
            other = _why_other_build(run, deployed_builds)
            for record in run.records if other else ():
                other_builds[record.check, record.started] = other
            for record in run.records:
                key = (run.header.vantage, record.check)
                if record.outcome is not None or key not in latest:
                    latest[key] = record
            began = run.header.started
            absent_since = {part: absent_since.get(part, began) for part in run.header.absent_parts}
            deployed = run.header.deployed_at or deployed
            for item, checks in run.header.expected_checks.items():
                expected.setdefault(item, set()).update(checks)
        return cls(
            environment=first.environment,
            release=first.release,
            scope=frozenset(item for run in ordered for item in run.header.scope),
            records=tuple(latest.values()),
            expected_checks={item: frozenset(checks) for item, checks in expected.items()},
            absent_parts=ordered[-1].header.absent_parts,
            absent_since=absent_since,
            deployed_at=deployed,
            interruption=_interruption_of(ordered[-1]),
            other_builds=other_builds,
        )


def _newest_builds(runs: Iterable[Run]) -> dict[str, str]:
    """Instance to the build that was last seen there."""
    seen = sorted((seen for run in runs for seen in run.builds), key=lambda seen: seen.at)
    return {name: build for one in seen for name, build in one.builds.items()}


def _why_other_build(run: Run, deployed: Mapping[str, str]) -> str:
    """A build that changed under a run, or that is not there any more, by name; empty for neither."""
    for name in dict.fromkeys(name for seen in run.builds for name in seen.builds):
        ran = [(seen.at, seen.builds[name]) for seen in run.builds if name in seen.builds]
        (began, first), (ended, last) = ran[0], ran[-1]
        if first != last:
            change = f"{name} ran {first} at {began:%H:%MZ}, and {last} at {ended:%H:%MZ}"
            return f"the build changed while it was verified: {change}"
        if last != deployed[name]:
            return f"evidence is of another build: {name} ran {last} then, and runs {deployed[name]} now"
    return ""


def _interruption_of(run: Run) -> str:
    return run.footer.interruption if run.footer is not None else "it was killed before its end"
