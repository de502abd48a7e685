"""The run for machines: one JSON document with a published schema (``docs/summary.schema.json``)."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from golive.core.checklist import Checklist, Severity
from golive.core.harm import Harm
from golive.core.outcome import Outcome
from golive.core.record import Record
from golive.core.run import CheckRecord, Run
from golive.core.verdict import Decision, ItemState, Verdict
from golive.report.headline import headline
from golive.report.lines import Line, lines_of
from golive.report.text import visible

SCHEMA_ID = "golive/summary/1"

Text = Annotated[str, AfterValidator(visible)]
"""Text that can always be written: control characters and lone surrogates are spelled out."""


class SummaryRun(Record):
    """What was verified, where from, and when."""

    id: Text
    environment: Text
    environment_title: Text
    watermark: Text | None = Field(description="Present when the run can never be signed as production.")
    release: Text
    commit: Text
    vantage: Text
    started: datetime
    finished: datetime | None = Field(description="Null when the run was killed.")
    deployed: datetime | None
    interruption: Text = Field(
        description="Why the run ended before its last check; empty for a complete run."
    )
    pytest_exit_code: int | None
    marker_expression: Text
    faults: tuple[Text, ...]
    golive_version: Text
    rendered_anew: bool = Field(
        description="True when this was not rendered by the run itself, but later from its record, which "
        "whoever could write to the run's folder could have edited."
    )


class SummaryChecklist(Record):
    """The document that the lines come from."""

    title: Text
    source: Text
    sha256: Text
    lines: int
    lines_in_scope: int


class SummaryItem(Record):
    """One line of the checklist."""

    id: Text
    text: Text
    section: Text
    owner: Text
    severity: Severity
    phases: tuple[Text, ...]
    is_box: bool
    is_trigger: bool
    in_scope: bool
    state: ItemState | None = Field(description="Null for a line that the verdict says nothing about.")
    reason: Text
    remedy: Text
    checks: tuple[Text, ...] = Field(description="Node ids of the checks that it was judged by.")


class SummaryCause(Record):
    """What one defect, or one thing that nobody could see past, made of the checks."""

    outcome: Outcome
    harm: Harm | None = Field(description="Null where no check says what it does to people.")
    sentence: Text
    common: Text = Field(description="What its checks all name as the cause; empty where they name none.")
    remedy: Text
    checks: tuple[Text, ...]
    items: tuple[Text, ...]


class SummaryCheck(Record):
    """One check."""

    check: Text
    function: Text
    items: tuple[Text, ...]
    outcome: Outcome | None = Field(description="Null for a check that did not run.")
    reason: Text
    remedy: Text
    started: datetime
    duration_seconds: float
    harm: Harm | None = Field(description="What it does to people when its requirement does not hold.")
    retried: bool
    attempts: tuple[Outcome | None, ...] = Field(
        description="What each attempt came to, in order, where there were several; the worst one counts."
    )


class Summary(Record):
    """The verdict of a run, every line of its checklist, and every check."""

    schema_id: Literal["golive/summary/1"] = Field("golive/summary/1", alias="schema")
    decision: Decision
    headline: Text = Field(
        description="The decision and what it is about, as it is told: GO for smoke, 9 of 82 lines."
    )
    reason: Text
    exit_code: int
    exit_code_strict: int = Field(description="The exit code under --strict-gate.")
    run: SummaryRun
    checklist: SummaryChecklist
    counts: dict[ItemState, int] = Field(description="Lines in scope by state; every state is present.")
    causes: tuple[SummaryCause, ...] = Field(
        description="Why lines failed, the gravest harm first; then why others could not be seen."
    )
    items: tuple[SummaryItem, ...]
    checks: tuple[SummaryCheck, ...]


def render_summary(checklist: Checklist, run: Run, verdict: Verdict, *, anew: bool = False) -> str:
    """Return the summary as JSON; the order of its keys is that of the schema."""
    return summarise(checklist, run, verdict, anew=anew).model_dump_json(indent=2, by_alias=True) + "\n"


def summary_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) that every summary is valid against."""
    schema = Summary.model_json_schema(by_alias=True, mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA_ID, **schema}


def summarise(checklist: Checklist, run: Run, verdict: Verdict, *, anew: bool = False) -> Summary:
    """Gather the summary of ``run``."""
    lines = lines_of(checklist, run, verdict)
    sections = {item.id: section.title for section in checklist.sections for item in section.items}
    return Summary(
        decision=verdict.decision,
        headline=headline(checklist, run, verdict),
        reason=verdict.reason,
        exit_code=verdict.exit_code(),
        exit_code_strict=verdict.exit_code(strict=True),
        run=_run(run, anew=anew),
        checklist=SummaryChecklist(
            title=checklist.title,
            source=run.header.checklist_source,
            sha256=run.header.checklist_digest,
            lines=len(lines),
            lines_in_scope=sum(line.in_scope for line in lines.values()),
        ),
        counts={state: len(verdict.by_state(state)) for state in ItemState},
        causes=tuple(SummaryCause.model_validate(cause.model_dump()) for cause in verdict.causes),
        items=tuple(_item(line, sections[line.item.id]) for line in lines.values()),
        checks=tuple(_check(record) for record in run.records),
    )


def _run(run: Run, *, anew: bool) -> SummaryRun:
    header, footer = run.header, run.footer
    return SummaryRun(
        id=header.run_id,
        environment=header.environment,
        environment_title=header.environment_title,
        watermark=header.watermark,
        release=header.release.version,
        commit=header.release.commit,
        vantage=header.vantage,
        started=header.started,
        finished=footer.finished if footer else None,
        deployed=header.deployed_at,
        interruption=footer.interruption if footer else "killed: the record of the run has no end",
        pytest_exit_code=footer.pytest_exit_code if footer else None,
        marker_expression=header.marker_expression,
        faults=header.faults,
        golive_version=header.golive_version,
        rendered_anew=anew,
    )


def _item(line: Line, section: str) -> SummaryItem:
    item = line.item
    return SummaryItem(
        id=item.id,
        text=item.text,
        section=section,
        owner=item.owner,
        severity=item.severity,
        phases=item.phases,
        is_box=item.is_box,
        is_trigger=item.is_trigger,
        in_scope=line.in_scope,
        state=line.state,
        reason=line.reason,
        remedy=line.remedy,
        checks=line.verdict.checks if line.verdict else (),
    )


def _check(record: CheckRecord) -> SummaryCheck:
    return SummaryCheck(
        check=record.check,
        function=record.function,
        items=record.items,
        outcome=record.outcome,
        reason=record.reason,
        remedy=record.remedy,
        started=record.started,
        duration_seconds=record.duration_seconds,
        harm=record.harm,
        retried=record.retried,
        attempts=record.attempts,
    )
