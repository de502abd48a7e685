"""The checks of a run as the report shows them: requirement, outcome and evidence."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from golive.core.duration import format_duration
from golive.core.evidence import Evidence
from golive.core.outcome import Outcome
from golive.core.run import CheckRecord
from golive.report.facts import Fact, shown_facts
from golive.report.images import Gallery, Picture
from golive.report.latency import LatencyPlot, latency_plot
from golive.report.text import Excerpt, excerpt, one_line
from golive.report.vocabulary import Look, outcome_look

MAX_TRANSCRIPT = 12_000
MAX_OUTPUT = 12_000
MAX_EVIDENCE = 40
"""Entries of evidence of one check; what is beyond is counted, not shown."""

_FIRST = {Outcome.FAILED: 0, Outcome.ERROR: 1, Outcome.BLIND: 2, None: 3, Outcome.PASSED: 4}


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """One recorded fact set."""

    kind: str
    title: str
    at: datetime
    facts: Fact
    transcript: Excerpt
    latency: LatencyPlot | None
    picture: Picture | None


@dataclass(frozen=True, slots=True)
class CheckView:
    """One check record."""

    anchor: str
    name: str
    node: str
    look: Look
    passed: bool
    reason: str
    remedy: str
    requirement: Excerpt
    effect: str
    started: datetime
    duration: str
    retried: bool
    evidence: tuple[EvidenceView, ...]
    evidence_omitted: int
    output: Excerpt


def failure_first(records: list[CheckRecord]) -> list[CheckRecord]:
    """``records`` with what failed before what passed, otherwise in their order."""
    return sorted(records, key=lambda record: _FIRST[record.outcome])


def check_view(record: CheckRecord, anchor: str, gallery: Gallery) -> CheckView:
    """Prepare ``record`` for the page."""
    return CheckView(
        anchor=anchor,
        name=check_name(record.check),
        node=one_line(record.check, 300),
        look=outcome_look(record.outcome),
        passed=record.outcome is Outcome.PASSED,
        reason=one_line(record.reason, 1_500),
        remedy=one_line(record.remedy),
        requirement=excerpt(record.requirement.strip(), 1_500),
        effect=record.effect.value,
        started=record.started,
        duration=format_duration(timedelta(seconds=record.duration_seconds)),
        retried=record.retried,
        evidence=tuple(_evidence_view(entry, gallery) for entry in record.evidence[:MAX_EVIDENCE]),
        evidence_omitted=max(0, len(record.evidence) - MAX_EVIDENCE),
        output=excerpt(record.output, MAX_OUTPUT, keep="end"),
    )


def check_name(node: str) -> str:
    """A node id's last part as words: ``certificate outlives the renewal window [api]``."""
    name, bracket, parameters = node.rpartition("::")[2].partition("[")
    words = name.removeprefix("test_").replace("_", " ")
    return one_line(f"{words} [{parameters}" if bracket else words, 160)


def _evidence_view(entry: Evidence, gallery: Gallery) -> EvidenceView:
    return EvidenceView(
        kind=one_line(entry.kind, 40),
        title=one_line(entry.title, 300),
        at=entry.at,
        facts=shown_facts(entry.facts),
        transcript=excerpt(entry.transcript, MAX_TRANSCRIPT),
        latency=latency_plot(entry.samples_ms, entry.budget_ms),
        picture=gallery.picture(entry.attachment, entry.title) if entry.attachment else None,
    )
