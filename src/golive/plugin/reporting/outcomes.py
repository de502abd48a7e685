"""From what pytest saw of a check to its record."""

import shlex
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import pytest

from golive.core.harm import Harm, Unmet, UnmetExpectation
from golive.core.outcome import Blind, Outcome
from golive.core.run import CheckRecord
from golive.net.errors import ProbeError, Refused, TransportError
from golive.plugin.collection.binding import BINDING
from golive.plugin.collection.effects import NotAllowedHere
from golive.plugin.exposures import words_of_exposed
from golive.plugin.recorder import RunningCheck, running_check
from golive.plugin.reporting.shield import BREAKING, Shield
from golive.plugin.running.execution import RECORD, RUNNING, begin, is_async, meaning_of
from golive.plugin.running.left_running import failures_nobody_heard
from golive.plugin.running.loop import EventLoopThread
from golive.plugin.running.printed import add_printed
from golive.plugin.verification import VERIFICATION

_REASON_LIMIT = 600
_CONTROL_SECONDS = 10.0


class Judgement(NamedTuple):
    """What an exception says of a check; no outcome means that it did not run."""

    outcome: Outcome | None
    reason: str
    remedy: str = ""
    unmet: Unmet | None = None
    harm: Harm | None = None
    """What this failure does to people, where that is not what its check says."""
    cause: str = ""


def judge(error: BaseException | None, *, in_setup: bool) -> Judgement:
    """Return what ``error`` says of the check; None is a pass.

    In the setup a failure is not the line's own: its precondition failed, so nothing was observed.
    """
    match error:
        case None:
            return Judgement(Outcome.PASSED, "passed")
        case NotAllowedHere():
            return Judgement(None, str(error.msg), error.remedy)
        case pytest.skip.Exception():
            return Judgement(None, f"skipped: {error.msg}", "a skipped check answers nothing; make it run")
        case Blind():
            return Judgement(Outcome.BLIND, error.reason, error.remedy, cause=error.cause)
        case Refused():
            return Judgement(Outcome.ERROR, str(error))
        case BaseExceptionGroup():
            return _worst(judge(inner, in_setup=in_setup) for inner in error.exceptions)
        case AssertionError() | ProbeError() | pytest.fail.Exception() if in_setup:
            reason = f"a precondition failed: {_sentence(error)}"
            return Judgement(
                Outcome.BLIND, reason, "fix the precondition first; this check then sees its target"
            )
        case UnmetExpectation():
            return Judgement(
                Outcome.FAILED, _sentence(error), error.remedy, error.unmet, error.harm, error.cause
            )
        case ProbeError():
            return Judgement(Outcome.FAILED, _sentence(error), cause=f"{error.message} — {error.target}")
        case AssertionError() | pytest.fail.Exception():
            return Judgement(Outcome.FAILED, _sentence(error))
        case _:
            return Judgement(Outcome.ERROR, f"{type(error).__name__}: {_sentence(error)}", "fix the check")


def _worst(judgements: Iterable[Judgement]) -> Judgement:
    order = (Outcome.FAILED, Outcome.ERROR, Outcome.BLIND, None, Outcome.PASSED)
    return min(judgements, key=lambda judgement: order.index(judgement.outcome))


def _sentence(error: BaseException) -> str:
    text = str(getattr(error, "msg", None) or error).strip() or type(error).__name__
    # pytest's rewriting appends its introspection of the assert on lines of its own.
    return text.partition("\nassert ")[0].replace("\n", " ")


class Outcomes:
    """Turns pytest's reports into records; a record travels on the teardown report as JSON text."""

    def __init__(self, loop: EventLoopThread, shield: Shield) -> None:
        self._loop = loop
        self._shield = shield

    def of_call(self, item: pytest.Item, error: BaseException | None) -> CheckRecord:
        """Return the record of a check whose function ended with ``error``."""
        return self._record(item, self._judge_call(item, error))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Any:
        """Give a check that is no coroutine function its record; the others begin theirs themselves."""
        if BINDING not in item.stash:
            return (yield)
        if is_async(item):
            try:
                return (yield)
            finally:
                if RUNNING in item.stash:
                    add_printed(item, item.stash[RUNNING])
        check = begin(item, item.config.stash[VERIFICATION])
        token = running_check.set(check)
        began = time.monotonic()
        try:
            return (yield)
        finally:
            check.duration = timedelta(seconds=time.monotonic() - began)
            running_check.reset(token)
            add_printed(item, check)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
        error = call.excinfo.value if call.excinfo else None
        report: pytest.TestReport
        try:
            report = yield
        except BREAKING as crash:
            self._shield.note(item.nodeid, crash)
            # What the check came to is judged all the same.
            report = self._shield.report_instead(item, call)
        if BINDING not in item.stash:
            return report
        unjudged = call.when == "setup" or (call.when == "call" and not is_async(item))
        if unjudged and isinstance(error, TransportError | BaseExceptionGroup):
            meaning = meaning_of(error, item.config.stash[VERIFICATION])
            error = self._loop.run(meaning, deadline_seconds=_CONTROL_SECONDS)
        if call.when == "setup" and error is not None:
            item.stash[RECORD] = self._record(item, judge(error, in_setup=True))
        elif call.when == "call":
            item.stash[RECORD] = self.of_call(item, error)
            report.duration = item.stash[RECORD].duration_seconds
            if report.passed and item.stash[RECORD].outcome is Outcome.FAILED:
                # By what answers showed, of which pytest knows nothing.
                report.outcome = "failed"
        elif call.when == "teardown":
            self._after_teardown(item, report, error)
        record = item.stash.get(RECORD, None)
        if report.failed and record is not None and record.outcome in (Outcome.FAILED, Outcome.BLIND):
            report.longrepr = _shown(record)
        return report

    def _judge_call(self, item: pytest.Item, error: BaseException | None) -> Judgement:
        if isinstance(error, pytest.xfail.Exception) or item.get_closest_marker("xfail"):
            return Judgement(
                Outcome.ERROR, "marked xfail: an expected failure is no evidence", "waive the line instead"
            )
        running = item.stash.get(RUNNING, None)
        judgement = _with_exposed(judge(error, in_setup=False), running)
        unheard = failures_nobody_heard(running) if running is not None else []
        if judgement.outcome is Outcome.PASSED and unheard:
            return _unheard(unheard[0])
        if judgement.outcome is Outcome.PASSED and (running is None or not running.evidence):
            return Judgement(
                Outcome.ERROR, "passed without recording any evidence", "record what the check saw"
            )
        return judgement

    def _after_teardown(
        self, item: pytest.Item, report: pytest.TestReport, error: BaseException | None
    ) -> None:
        record = item.stash.get(RECORD, None)
        if record is None:
            record = self._record(item, Judgement(None, "it was set up and never called", "run it again"))
        if error is not None and record.outcome in (Outcome.PASSED, None):
            scrub = item.config.stash[VERIFICATION].redactor.scrub
            reason = scrub(f"its teardown failed: {_sentence(error)}")
            record = record.model_copy(update={"outcome": Outcome.ERROR, "reason": reason[:_REASON_LIMIT]})
        item.stash[RECORD] = record
        # As text: a value that a transport between processes cannot carry must not lose a report.
        report.golive_record = record.model_dump_json()  # type: ignore[attr-defined]  # pytest keeps extra attributes

    def _record(self, item: pytest.Item, judgement: Judgement) -> CheckRecord:
        binding = item.stash[BINDING]
        running = item.stash.get(RUNNING, None) or RunningCheck(nodeid=item.nodeid)
        verification = item.config.stash[VERIFICATION]
        scrub = verification.redactor.scrub
        unmet = judgement.unmet and Unmet(
            **{name: scrub(text)[:_REASON_LIMIT] for name, text in judgement.unmet.model_dump().items()}
        )
        return CheckRecord(
            check=item.nodeid,
            function=binding.function,
            items=binding.items,
            outcome=judgement.outcome,
            # Scrubbed whole, then cut: a secret that the cut divides would not be known any more.
            reason=scrub(judgement.reason)[:_REASON_LIMIT],
            remedy=scrub(judgement.remedy) or _again(judgement, item),
            requirement=binding.requirement,
            unmet=unmet,
            harm=judgement.harm or binding.harm,
            cause=scrub(judgement.cause)[:_REASON_LIMIT],
            effect=binding.effect,
            started=running.started or verification.clock(),
            duration_seconds=running.duration.total_seconds(),
            evidence=(
                *running.evidence,
                *running.retries(verification.redactor, verification.clock()),
            ),
            output=scrub("\n".join(running.output)),
        )


def _again(judgement: Judgement, item: pytest.Item) -> str:
    """What to do about a failure whose rule says nothing of it: how to see that it is mended."""
    if judgement.outcome is not Outcome.FAILED:
        return ""
    environment = item.config.stash[VERIFICATION].environment
    return f"put it right, then see it pass: pytest {shlex.quote(item.nodeid)} --env={environment}"


def _with_exposed(judgement: Judgement, running: RunningCheck | None) -> Judgement:
    """What answers showed is seen, whatever the check came to besides; its own finding stays the first."""
    if running is None or not running.incidents.exposed or judgement.outcome in (Outcome.ERROR, None):
        return judgement
    words = words_of_exposed(running.incidents.exposed)
    if judgement.outcome is Outcome.FAILED:
        return judgement._replace(reason=f"{judgement.reason}; besides, {words}", harm=Harm.PEOPLE)
    return Judgement(Outcome.FAILED, words, harm=Harm.PEOPLE)


def _unheard(error: BaseException) -> Judgement:
    words = f"a task or thread that it did not wait for failed: {type(error).__name__}: {_sentence(error)}"
    return Judgement(Outcome.ERROR, words, "have the check wait for what it starts")


def not_run(
    check: str, *, function: str, items: tuple[str, ...], reason: str, remedy: str, at: datetime
) -> CheckRecord:
    """Return the record of a check that answers nothing, because it did not run."""
    return CheckRecord(
        check=check, function=function, items=items, outcome=None, reason=reason, remedy=remedy, started=at
    )


def _shown(record: CheckRecord) -> str:
    head = f"{record.outcome}: {record.reason}" + (f"\n  remedy: {record.remedy}" if record.remedy else "")
    lines = ", ".join(record.items)
    took = timedelta(seconds=record.duration_seconds).total_seconds()
    return f"{head}\n  must hold: {record.requirement or record.function}\n  answers: {lines} ({took:.2f} s)"
