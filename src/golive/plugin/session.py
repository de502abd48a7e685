"""The run from its first to its last event: environment up, records written, verdict, exit code."""

import json
import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from golive.core.accepted import Standing
from golive.core.outcome import Outcome
from golive.core.run import CheckRecord, Ledger, Run, RunFooter, SuiteStep
from golive.core.verdict import Decision, Verdict
from golive.gate import judge_run
from golive.plugin.binding import BINDING, function_name
from golive.plugin.cases import UNHEARD, Entries, not_in_manifest
from golive.plugin.look_ahead import LookAhead
from golive.plugin.loop import EventLoopThread
from golive.plugin.lost_connections import beyond_tolerance
from golive.plugin.options import runs_nothing
from golive.plugin.outcomes import not_run
from golive.plugin.shield import BREAKING, BROKEN_REPORTS, Shield
from golive.plugin.start import JoinedEnvironment, StartedEnvironment, environ_with, remove_left_facts
from golive.plugin.turns import TURNS
from golive.plugin.verification import VERIFICATION, Verification
from golive.report import headline, render_all
from golive.report.events import EventWriter, read_run
from golive.report.journal import left_behind
from golive.report.ledger import ledger_of_release

VERDICT = pytest.StashKey[Verdict]()
HEADLINE = pytest.StashKey[str]()
NOTES = pytest.StashKey[tuple[str, ...]]()
NO_VERDICT = pytest.StashKey[str]()
"""Why there is none, where the folder could not be written."""
_KEPT_EXIT_CODES = frozenset({2, 3, 4, 5})
COLLECTED = "collected.json"
_LATE_SECONDS = 5.0
"""Less than this in all is what any machine has."""


class RunSession:
    """Runs in the process that reports: the only one, or the controller of xdist."""

    def __init__(self, config: pytest.Config, shield: Shield, loop: EventLoopThread) -> None:
        self.render: Callable[..., tuple[Path, ...]] = render_all
        """Writes the reports, from folder, checklist, run, verdict and decisions."""
        self._config = config
        self._loop = loop
        self._shield = shield
        self._writing = threading.Lock()
        self._over = False
        """Whether the record is being concluded: what ends later is too late."""
        self._verification: Verification = config.stash[VERIFICATION]
        self._environment: StartedEnvironment | JoinedEnvironment | None = None
        self._writer: EventWriter | None = None
        self._records: dict[str, CheckRecord] = {}
        self._steps: list[SuiteStep] = []
        self._interruption = ""
        self._incomplete = ""
        """Why a run without a failed line is no success all the same."""
        self._checks_began = 0.0
        self._standing = Standing()

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        """Begin to start the environment; it comes up while pytest collects."""
        if runs_nothing(self._config):
            return
        remove_left_facts()
        start = self._verification.profile.start
        if start is not None:
            self._environment = StartedEnvironment(
                start, root=self._config.rootpath, faults=self._verification.faults, show=self._show
            )
        if self._config.getoption("numprocesses", None):
            # Workers read the facts as soon as they run.
            self._bring_up()

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Hand a worker of xdist what it needs to join this run."""
        node.workerinput["golive_run_id"] = self._verification.run_id
        if isinstance(self._environment, StartedEnvironment):
            node.workerinput["golive_facts"] = str(self._environment.facts_path)

    def exchange(
        self, environment: JoinedEnvironment | None
    ) -> StartedEnvironment | JoinedEnvironment | None:
        """Verify ``environment`` instead, and return the former one, which is then the caller's to end."""
        former, self._environment = self._environment, environment
        return former

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        """Wait for the environment, then open the record."""
        if runs_nothing(self._config):
            return
        if session.testsfailed:
            if not session.config.option.continue_on_collection_errors:
                return
            self._incomplete = "not everything could be collected"
        self._bring_up()
        self._checks_began = time.monotonic()

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
            record = CheckRecord.model_validate_json(text)
        elif report.when not in ("setup", "call", "teardown"):
            record = self._broken(
                report.nodeid,
                f"the process running {function_name(report.nodeid)} crashed",
                "run it again, without -n if it crashes again",
            )
            self._incomplete = f"the process running {report.nodeid} crashed"
        else:
            return
        self.keep(record)

    def keep(self, record: CheckRecord) -> None:
        """Write down what a check came to, unless that is written already; in whichever thread it ended."""
        with self._writing:
            known = self._records.get(record.check)
            if self._writer is None or self._over or known == record:
                return
            if known is None or known.outcome is not Outcome.FAILED:
                # What was seen to fail stays failed, whatever becomes of its report.
                self._records[record.check] = record
            self._writer.write(record)

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Remember why the run ended early."""
        self._interruption = f"interrupted: {str(excinfo.value) or type(excinfo.value).__name__}"

    def pytest_internalerror(self, excrepr: object) -> None:
        """Remember why the run ended early."""
        words = self._verification.redactor.scrub(str(excrepr)).strip().splitlines()[-1][:200]
        self._interruption = f"internal error: {words}"

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> Any:
        """End everything, then decide from the record and set the exit code.

        The innermost of the wrappers: after every fixture's teardown, before the terminal's summary.
        """
        result = None
        try:
            result = yield
        except BREAKING as crash:
            self._shield.note("", crash)
        finally:
            self._note("checks", time.monotonic() - self._checks_began if self._checks_began else 0.0)
            if self._writer is not None:
                # Before the end: a started environment takes what its people signed with it.
                self._standing = self._verification.standing(self._verification.clock())
            self._take_down()
        if self._writer is not None:
            try:
                self._hear_what_broke()
                with self._writing:
                    self._over = True
                verdict = self._conclude(session, int(exitstatus))
                session.exitstatus = self._exit_code(int(exitstatus), verdict)
            except OSError as error:
                # A full disk is no failure of the target, whose exit code is 1.
                self._config.stash[NO_VERDICT] = (
                    f"{self._verification.folder} cannot be written ({error.strerror or error}): "
                    "make room there, and run again"
                )
                session.exitstatus = pytest.ExitCode.INTERNAL_ERROR
        return result

    def pytest_unconfigure(self) -> None:
        """End the environment even where the session never finished."""
        self._take_down()

    def _bring_up(self) -> None:
        if self._writer is not None:
            return
        facts: dict[str, Any] = {}
        if self._environment is not None:
            facts = self._environment.wait_until_ready()
            self._note("environment", self._environment.ready_seconds)
        self._verification.complete(facts.get("profile", {}), environ_with(facts))
        self._writer = EventWriter(self._verification.folder)
        self._writer.write(self._verification.header())

    def _take_down(self) -> None:
        if self._environment is not None:
            self._environment.stop()
            self._environment = None

    def _conclude(self, session: pytest.Session, exit_code: int) -> Verdict:
        assert self._writer is not None
        now = self._verification.clock()
        for record in (*beyond_tolerance(self._records.values()), *self._silent(now)):
            self._records[record.check] = record
            self._writer.write(record)
        rejected = [f"signed record not accepted: {entry}" for entry in self._standing.rejections]
        left = left_behind(
            self._verification.folder,
            run=self._verification.run_id,
            stays=self._verification.profile.start is None,
        )
        notes = self._config.stash[NOTES] = (*self._notes(), *rejected, *left)
        reason = self._interruption or str(session.shouldfail or session.shouldstop or "") or self._incomplete
        self._writer.write(
            RunFooter(
                finished=self._verification.clock(),
                pytest_exit_code=exit_code,
                interruption=reason,
                steps=tuple(self._steps),
                notes=notes,
                standing=self._standing,
            )
        )
        self._writer.close()
        (self._verification.folder / TURNS).unlink(missing_ok=True)
        # From the record alone, as anybody can do again later.
        run = read_run(self._writer.path)
        checklist = self._verification.checklist
        verdict = judge_run(checklist, run, release_ledger=self._ledger_of_release(run))
        began = time.monotonic()
        self._config.stash[VERDICT] = verdict
        self._config.stash[HEADLINE] = headline(checklist, run, verdict)
        self.render(self._verification.folder, checklist, run, verdict, self._standing.decisions)
        self._note("report", time.monotonic() - began)
        return verdict

    def _hear_what_broke(self) -> None:
        """A check that a reporter broke over is an error, unless it is worse."""
        for check, words in self._shield.broken.items():
            self._incomplete = f"a reporter broke: {words}" if check else f"it broke at its end: {words}"
            known = self._records.get(check)
            reason = f"a reporter broke over it: {words}"
            remedy = "mend the reporter, or run without it"
            if known is not None and known.outcome in (Outcome.PASSED, None):
                self.keep(
                    known.model_copy(update={"outcome": Outcome.ERROR, "reason": reason, "remedy": remedy})
                )
            elif known is None and check:
                self.keep(self._broken(check, reason, remedy))

    def _ledger_of_release(self, run: Run) -> Ledger | None:
        """Earlier runs of the release, where a line of the scope sums them up; unread otherwise."""
        items = self._verification.checklist.items
        if any(items[item].completes for item in self._verification.scope):
            return ledger_of_release(self._verification.folder.parent, run)
        return None

    def _silent(self, now: datetime) -> list[CheckRecord]:
        """Records for collected checks of the scope that nothing was heard of."""
        silent: list[CheckRecord] = []
        for check, entry in read_collected(self._verification.folder).items():
            if check in self._records or not self._verification.scope.intersection(entry["items"]):
                continue
            reason = "deselected on the command line" if entry["deselected"] else "the run ended before it"
            remedy = "run it without that selection" if entry["deselected"] else "run it again"
            reason, remedy = entry.get("reason", reason), entry.get("remedy", remedy)
            silent.append(
                not_run(
                    check,
                    function=entry["function"],
                    items=tuple(entry["items"]),
                    reason=f"{entry['function']}: {reason}",
                    remedy=remedy,
                    at=now,
                )
            )
        return silent

    def _broken(self, check: str, reason: str, remedy: str) -> CheckRecord:
        known = read_collected(self._verification.folder).get(check)
        items = known["items"] if known else sorted(self._verification.scope)
        blank = not_run(
            check,
            function=function_name(check),
            items=tuple(items),
            reason=reason,
            remedy=remedy,
            at=self._verification.clock(),
        )
        return blank.model_copy(update={"outcome": Outcome.ERROR})

    def _notes(self) -> tuple[str, ...]:
        plugin = self._config.pluginmanager.get_plugin("golive-look-ahead")
        alone = plugin.alone if isinstance(plugin, LookAhead) else {}
        return (
            *self._verification.clock_notes(),
            *_own_lateness(self._loop.late_seconds),
            *self._left_out(),
            *not_in_manifest(read_collected(self._verification.folder), self._verification),
            *(
                f"{count} {'check' if count == 1 else 'checks'} ran alone: {why}"
                for why, count in alone.items()
            ),
        )

    def _left_out(self) -> list[str]:
        """What this deployment is declared not to have, and the checks of the scope that need it."""
        absent = self._verification.profile.absent_features()
        manifest = self._verification.manifest
        needless = manifest.needless(absent)
        in_scope = {name for item in self._verification.scope for name in manifest.checks.get(item, ())}
        notes = []
        for feature, reason in absent.items():
            names = [
                name.partition("::")[2]
                for name, lacking in needless.items()
                if lacking == feature and name in in_scope
            ]
            left = f"; not checked: {', '.join(names)}" if names else ""
            notes.append(f"declared absent: {feature} ({reason}){left}")
        return notes

    def _exit_code(self, pytest_code: int, verdict: Verdict) -> int:
        if pytest_code in _KEPT_EXIT_CODES:
            return pytest_code
        code = verdict.exit_code(strict=self._config.getoption("--strict-gate"))
        # A check of what does not apply may have been blind, and then pytest calls it a failure.
        is_red = any(record.outcome is not Outcome.PASSED for record in self._records.values())
        unexplained = pytest_code != 0 and verdict.decision is Decision.GO and not is_red
        return pytest_code if unexplained else code

    def _note(self, name: str, seconds: float) -> None:
        self._steps.append(SuiteStep(name=name, duration_seconds=round(seconds, 3)))

    def _show(self, line: str) -> None:
        terminal = self._config.pluginmanager.get_plugin("terminalreporter")
        if terminal is not None and self._config.get_verbosity() >= 0:
            terminal.write_line(f"  {line}")


def _own_lateness(seconds: float) -> list[str]:
    """What a reader of latencies must know of this machine; under xdist each worker has a loop of its own."""
    if seconds < _LATE_SECONDS:
        return []
    busy = f"this machine was busy: the suite's own event loop stood still for {seconds:.1f} s in all"
    return [f"{busy}; latencies in the evidence may be longer for it"]


class CollectedChecks:
    """Writes down, in every process that collects, which checks there are and which were deselected."""

    def __init__(self, verification: Verification) -> None:
        self._verification = verification
        self._deselected: list[pytest.Item] = []

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        """Remember what will not run; its lines are not run either, where they are in scope."""
        self._deselected += items

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Write the list where the reporting process finds it, also after a crash of this one."""
        if runs_nothing(session.config):
            return
        unheard: Entries = session.config.stash.get(UNHEARD, {})
        entries = dict(unheard)
        for item, deselected in [(item, True) for item in self._deselected] + [
            (item, False) for item in session.items
        ]:
            binding = item.stash.get(BINDING, None)
            if binding is not None:
                entries[item.nodeid] = {
                    "function": binding.function,
                    "items": list(binding.items),
                    "deselected": deselected,
                }
        folder = self._verification.folder
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f".{COLLECTED}.{id(session)}"
        draft.write_text(json.dumps(entries), encoding="utf-8")
        draft.replace(folder / COLLECTED)


def read_collected(folder: Path) -> dict[str, dict[str, Any]]:
    """Return node id to function, items and whether it was deselected; empty when nothing was collected."""
    path = folder / COLLECTED
    if not path.exists():
        return {}
    entries: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return entries
