"""Run records: what one run of the suite saw, and the ledger that gathers runs of a release."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import Field

from golive.model.evidence import Evidence
from golive.model.outcome import Effect, Outcome
from golive.model.record import Record
from golive.model.release import ReleaseIdentity
from golive.model.standing import Standing

__all__ = [
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
    effect: Effect = Effect.READ
    started: datetime
    duration_seconds: float = 0.0
    evidence: tuple[Evidence, ...] = ()
    output: str = ""
    """Log lines of the check; redacted."""

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


class RunFooter(Record):
    """What is known of a run only when it ends."""

    finished: datetime
    pytest_exit_code: int
    interruption: str = ""
    """What kept the run from being complete: it ended early, or broke; empty for a complete run."""
    steps: tuple[SuiteStep, ...] = ()
    notes: tuple[str, ...] = ()
    """Remarks about the run itself, such as checks that ran alone and why."""
    standing: Standing = Standing()
    """What people had signed about this release here when the run ended, as far as it stood."""


class Run(Record):
    """A run as read back from its events. ``footer`` is None when the run was killed."""

    header: RunHeader
    records: tuple[CheckRecord, ...]
    footer: RunFooter | None


@dataclass(frozen=True, slots=True)
class Ledger:
    """The run records of one release in one environment, as the gate reads them."""

    environment: str
    release: ReleaseIdentity
    scope: frozenset[str]
    records: tuple[CheckRecord, ...]
    expected_checks: Mapping[str, frozenset[str]] = field(default_factory=dict)
    absent_parts: Mapping[str, str] = field(default_factory=dict)
    deployed_at: datetime | None = None
    interruption: str = ""
    """What kept the newest run from being complete; such a ledger is never a GO."""

    @classmethod
    def of(cls, runs: Iterable[Run]) -> "Ledger":
        """Gather ``runs``: per check and vantage point the newest observation counts.

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
        latest: dict[tuple[str, str], CheckRecord] = {}
        expected: dict[str, set[str]] = {}
        absent: dict[str, str] = {}
        deployed: datetime | None = None
        for run in ordered:
            for record in run.records:
                key = (run.header.vantage, record.check)
                if record.outcome is not None or key not in latest:
                    latest[key] = record
            absent = run.header.absent_parts
            deployed = run.header.deployed_at or deployed
            for item, checks in run.header.expected_checks.items():
                expected.setdefault(item, set()).update(checks)
        return cls(
            environment=first.environment,
            release=first.release,
            scope=frozenset(item for run in ordered for item in run.header.scope),
            records=tuple(latest.values()),
            expected_checks={item: frozenset(checks) for item, checks in expected.items()},
            absent_parts=absent,
            deployed_at=deployed,
            interruption=_interruption_of(ordered[-1]),
        )


def _interruption_of(run: Run) -> str:
    return run.footer.interruption if run.footer is not None else "it was killed before its end"
