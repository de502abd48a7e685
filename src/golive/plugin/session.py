"""The run from its first to its last event, as pytest tells of them: environment, record, conclusion."""

from typing import Any

import pytest

from golive.core.accepted import AcceptedRecords
from golive.core.outcome import Outcome
from golive.core.run import CheckRecord
from golive.plugin.collection.binding import function_name
from golive.plugin.exposures import is_of_one_worker
from golive.plugin.options import runs_nothing
from golive.plugin.reporting.conclusion import NO_VERDICT, Render, conclude_run, exit_code_of
from golive.plugin.reporting.run_log import RUN_LOG, RunLog
from golive.plugin.reporting.shield import BREAKING, BROKEN_REPORTS, Shield
from golive.plugin.run_environment import RunEnvironment
from golive.plugin.running.builds import read_builds
from golive.plugin.running.loop import EventLoopThread
from golive.plugin.settings import SETTINGS
from golive.plugin.verification import VERIFICATION
from golive.report.files import render_all


class RunSession:
    """Runs in the process that reports: the only one, or the controller of xdist."""

    def __init__(self, config: pytest.Config, shield: Shield, loop: EventLoopThread) -> None:
        self.render: Render = render_all
        self.environment = RunEnvironment(config)
        self._config = config
        self._loop = loop
        self._shield = shield
        self._interruption = ""
        self._incomplete = ""
        """Why a run without a failed line is no success all the same."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        """Begin to start the environment; it comes up while pytest collects."""
        if runs_nothing(self._config):
            return
        self.environment.begin()
        if self._config.getoption("numprocesses", None):
            # Workers read the facts as soon as they run.
            self._open_log()

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Hand a worker of xdist what it needs to join this run."""
        node.workerinput["golive_run_id"] = self._config.stash[SETTINGS].run_id
        facts = self.environment.facts_for_workers()
        if facts is not None:
            node.workerinput["golive_facts"] = facts

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        """Wait for the environment, then open the record."""
        if runs_nothing(self._config):
            return
        if session.testsfailed:
            if not session.config.option.continue_on_collection_errors:
                return
            self._incomplete = "not everything could be collected"
        self._open_log().note_begin_of_checks()

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Hear what broke in a worker of xdist that has ended."""
        for check, words in getattr(node, "workeroutput", {}).get(BROKEN_REPORTS, {}).items():
            self._shield.broken.setdefault(check, words)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Write a check's record as soon as it is complete, and before any reporter could break over it."""
        text = getattr(report, "golive_record", None)
        if report.when == "teardown" and report.failed:
            self._incomplete = f"the teardown of {report.nodeid} failed"
        if text is not None:
            self.keep(CheckRecord.model_validate_json(text))
        elif report.when not in ("setup", "call", "teardown") and report.failed:
            self._incomplete = f"the process running {report.nodeid} crashed"
            reason = f"the process running {function_name(report.nodeid)} crashed"
            remedy = "run it again, without -n if it crashes again"
            if RUN_LOG in self._config.stash:
                self.keep(self._config.stash[RUN_LOG].broken(report.nodeid, reason, remedy))

    def keep(self, record: CheckRecord) -> None:
        """Write down what a check came to, where the record is open; in whichever thread it ended."""
        if RUN_LOG not in self._config.stash:
            return
        log = self._config.stash[RUN_LOG]
        if is_of_one_worker(self._config, record):
            log.hold(record)
        else:
            log.keep(record)

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Remember why the run ended early."""
        self._interruption = f"interrupted: {str(excinfo.value) or type(excinfo.value).__name__}"

    def pytest_internalerror(self, excrepr: object) -> None:
        """Remember why the run ended early."""
        redactor = self._config.stash[SETTINGS].redactor
        words = redactor.scrub(str(excrepr)).strip().splitlines()[-1][:200]
        self._interruption = f"internal error: {words}"

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> Any:
        """End everything, then decide from the record and set the exit code.

        The innermost of the wrappers: after every fixture's teardown, before the terminal's summary.
        """
        result = None
        accepted = AcceptedRecords()
        try:
            result = yield
        except BREAKING as crash:
            self._shield.note("", crash)
        finally:
            if RUN_LOG in self._config.stash:
                self._config.stash[RUN_LOG].note_end_of_checks()
                self._note_builds()
                # Before the end: a started environment takes what its people signed with it.
                verification = self._config.stash[VERIFICATION]
                accepted = verification.accepted_records(verification.clock())
            self.environment.begin_to_end()
        try:
            if RUN_LOG in self._config.stash:
                session.exitstatus = self._conclude(session, int(exitstatus), accepted)
        finally:
            self.environment.end()
        return result

    def pytest_unconfigure(self) -> None:
        """End the environment even where the session never finished."""
        self.environment.end()

    def _open_log(self) -> RunLog:
        stash = self._config.stash
        if RUN_LOG not in stash:
            verification = stash[VERIFICATION] = self.environment.wait_until_up()
            log = stash[RUN_LOG] = RunLog(verification)
            if self.environment.is_own:
                log.note_step("environment", self.environment.ready_seconds)
            self._note_builds()
        return stash[RUN_LOG]

    def _note_builds(self) -> None:
        stash = self._config.stash
        seen = read_builds(self._config, stash[VERIFICATION], self._loop)
        if seen is not None:
            stash[RUN_LOG].note_builds(seen)

    def _conclude(self, session: pytest.Session, exit_code: int, accepted: AcceptedRecords) -> int:
        """Return the exit code of the process."""
        log = self._config.stash[RUN_LOG]
        verification = self._config.stash[VERIFICATION]
        try:
            self._hear_what_broke(log)
            log.close_to_checks()
            ended_early = str(session.shouldfail or session.shouldstop or "")
            verdict = conclude_run(
                self._config,
                verification,
                log,
                accepted=accepted,
                exit_code=exit_code,
                interruption=self._interruption or ended_early or self._incomplete,
                late_seconds=self._loop.late_seconds,
                render=self.render,
            )
            return exit_code_of(exit_code, verdict, log, strict=self._config.getoption("--strict-gate"))
        except OSError as error:
            # A full disk is no failure of the target, whose exit code is 1.
            self._config.stash[NO_VERDICT] = (
                f"{verification.folder} cannot be written ({error.strerror or error}): "
                "make room there, and run again"
            )
            return pytest.ExitCode.INTERNAL_ERROR

    def _hear_what_broke(self, log: RunLog) -> None:
        """A check that a reporter broke over is an error, unless it is worse."""
        for check, words in self._shield.broken.items():
            self._incomplete = f"a reporter broke: {words}" if check else f"it broke at its end: {words}"
            known = log.records.get(check)
            reason = f"a reporter broke over it: {words}"
            remedy = "fix the reporter, or run without it"
            if known is not None and known.outcome in (Outcome.PASSED, None):
                log.keep(
                    known.model_copy(update={"outcome": Outcome.ERROR, "reason": reason, "remedy": remedy})
                )
            elif known is None and check:
                log.keep(log.broken(check, reason, remedy))
