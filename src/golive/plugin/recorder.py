"""The evidence recorder: one for the session; it knows the running check by a context variable."""

import asyncio
import json
import logging
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from pydantic import JsonValue

from golive.core.evidence import Evidence, Observation
from golive.net.incidents import Incidents
from golive.net.suite_clock import Clock
from golive.plugin.reporting.traces import plain_trace
from golive.profile.redaction import Redactor

Observed = TypeVar("Observed", bound=Observation)
_OUTPUT_LIMIT = 20_000


class UnrecordableError(Exception):
    """A value that cannot be written down as evidence: the check is at fault, not its target."""


@dataclass
class RunningCheck:
    """What one check has recorded so far."""

    nodeid: str
    started: datetime | None = None
    duration: timedelta = timedelta()
    evidence: list[Evidence] = field(default_factory=list)
    output: list[str] = field(default_factory=list)
    incidents: Incidents = field(default_factory=Incidents)
    printed: dict[str, str] = field(default_factory=dict)
    """``stdout`` or ``stderr`` to what the check wrote there."""
    shown: dict[str, int] = field(default_factory=dict)
    """How many characters of these went on to the terminal."""
    failed_tasks: list[asyncio.Task[Any]] = field(default_factory=list)
    """Tasks of the check that failed; nobody may have asked for their failures yet."""
    unheard: list[BaseException] = field(default_factory=list)
    """What failed in its tasks and threads, and nobody waited for."""

    def retries(self, redactor: Redactor, at: datetime) -> list[Evidence]:
        """What was tried again on the way: part of the record, and no evidence of what must hold."""
        return [
            Evidence(
                kind=one.kind, title=redactor.scrub(one.title), at=at, facts=redactor.scrub_json(one.facts())
            )
            for one in self.incidents.retries
        ]


running_check: ContextVar[RunningCheck | None] = ContextVar("golive_running_check", default=None)


class EvidenceRecorder:
    """Records facts for the check that is running. Recording outside a check is allowed, and kept nowhere."""

    def __init__(self, redactor: Redactor, clock: Clock) -> None:
        self._redactor = redactor
        self._clock = clock

    def __call__(self, observation: Observed) -> Observed:
        """Record what a probe saw, and return it."""
        self._add(observation.kind, observation.title, facts=observation.facts())
        return observation

    def note(self, title: str, **facts: JsonValue) -> None:
        """Record facts that the check itself put together."""
        self._add("note", title, facts=facts)

    def latency(self, title: str, samples_ms: Sequence[float], *, budget: timedelta | None = None) -> None:
        """Record latencies in milliseconds, against their budget where they have one."""
        budget_ms = None if budget is None else budget.total_seconds() * 1000
        self._add("latency", title, samples_ms=tuple(samples_ms), budget_ms=budget_ms)

    def transcript(self, title: str, lines: str, *, kind: str = "realtime") -> None:
        """Record a conversation with the target, or another text of several lines."""
        self._add(kind, title, transcript=lines)

    def screenshot(self, title: str, file_name: str) -> None:
        """Record a picture that lies in the run's folder."""
        self._add("screenshot", title, attachment=file_name)

    def _add(
        self,
        kind: str,
        title: str,
        *,
        facts: dict[str, JsonValue] | None = None,
        transcript: str = "",
        samples_ms: tuple[float, ...] = (),
        budget_ms: float | None = None,
        attachment: str | None = None,
    ) -> None:
        check = running_check.get()
        if check is None:
            return
        try:
            # Through JSON and back: only JSON types get into a record, and NaN is none of them.
            plain = json.loads(json.dumps(facts or {}, allow_nan=False))
            json.dumps([*samples_ms, budget_ms], allow_nan=False)
        except (TypeError, ValueError) as error:
            raise UnrecordableError(f"evidence {title!r} is not JSON: {error}") from error
        check.evidence.append(
            Evidence(
                kind=kind,
                title=self._redactor.scrub(title),
                at=self._clock(),
                facts=self._redactor.scrub_json(plain),
                transcript=self._redactor.scrub(transcript),
                samples_ms=samples_ms,
                budget_ms=budget_ms,
                attachment=attachment,
            )
        )


class CheckLog(logging.Handler):
    """Attributes log records to the check that wrote them."""

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the record with the running check, up to a bound."""
        if record.exc_info and record.exc_info[1] is not None and not record.exc_text:
            # Whoever formats it next takes this, and does not parse the source.
            record.exc_text = plain_trace(record.exc_info[1])
        check = running_check.get()
        if check is not None and sum(map(len, check.output)) < _OUTPUT_LIMIT:
            check.output.append(f"{record.levelname} {record.name}: {record.getMessage()}")
