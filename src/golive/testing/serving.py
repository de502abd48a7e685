"""The lane's own side: pytest is warmed up once, and each order runs in a fork of it.

What a fork runs is the real run: look-ahead, record, gate, reports and exit code, by pytest's own protocol
from ``pytest_runtestloop`` on. It takes the environment's facts as they are then, has a run id and a folder
of its own, and never ends the environment.
"""

import contextlib
import gc
import importlib
import os
import random
import secrets
import tempfile
import time
from collections.abc import Generator, Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from golive.core.run import Ledger, Run
from golive.gate import decide
from golive.plugin.collection.binding import BINDING
from golive.plugin.collection.collected import CollectedChecks
from golive.plugin.session import RunSession
from golive.plugin.start import JoinedEnvironment, StartedEnvironment, environ_with
from golive.plugin.verification import SETTINGS, Settings, complete, utc_now
from golive.profile.redaction import Redactor
from golive.report.files import SUMMARY, render_all, render_for_machines
from golive.testing.errors import OrderFailedError, OverdueError, ProvingError
from golive.testing.forking import Fork
from golive.testing.orders import Answer, Order, Ready
from golive.testing.switching import SwitchedEnvironment, named

TERMINAL = "terminal.txt"
"""What pytest said of an order's run, in the folder that the order names."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Where orders come from and answers go."""
    parser.addoption("--lane", metavar="ORDERS,ANSWERS", help="two open file descriptors")


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Come before the run's own loop, which is registered by now."""
    config.pluginmanager.register(_Loop(config), "golive-lane")


class _Loop:
    """Serves orders until there are no more."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._environment: SwitchedEnvironment | None = None
        self._session: pytest.Session | None = None
        self._run: Fork | None = None
        """In a fork, that fork."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Take orders until they end; a fork leaves the loop to pytest, and runs its checks."""
        if session.testsfailed or SETTINGS not in self._config.stash:
            return None
        self._session = session
        orders, answers = map(int, self._config.getoption("--lane").split(","))
        self._environment = self._taken_over()
        with os.fdopen(answers, "wb", buffering=0) as out, os.fdopen(orders, "rb") as stream:
            out.write(self._warmed_up(session).model_dump_json().encode() + b"\n")
            for line in stream:
                answer = self._answer(session, Order.model_validate_json(line))
                if self._run is not None:
                    return None
                out.write(answer.model_dump_json().encode() + b"\n")
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """End the environment with the lane, and only with it."""
        if self._environment is not None and self._run is None:
            self._environment.stop()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_unconfigure(self) -> Generator[None, object, object]:
        """End a fork here: what is left to tidy up is the lane's own."""
        try:
            return (yield)
        finally:
            if self._run is not None:
                assert self._session is not None
                self._run.leave(int(self._session.exitstatus))

    def _answer(self, session: pytest.Session, order: Order) -> Answer:
        try:
            return self._carry_out(session, order)
        except ProvingError as error:
            return Answer(error=type(error).__name__, message=str(error))

    def _carry_out(self, session: pytest.Session, order: Order) -> Answer:
        assert self._environment is not None
        items = _chosen(session, order)
        switch = self._environment.bring_into(order.faults, fresh=order.fresh)
        run_id = f"{utc_now():%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
        reports = Path(order.reports)
        reports.mkdir(parents=True, exist_ok=True)
        # A fork that touched what is there by now would copy it, page by page.
        gc.collect()
        gc.freeze()
        fork = Fork(order.deadline_seconds)
        if fork.is_child:
            self._run = fork
            self._become_a_run(session, order, items, run_id)
            return Answer()
        ended = fork.wait()
        terminal = reports / TERMINAL
        if not ended.in_time:
            raise OverdueError(
                f"checks with {named(order.faults)} did not end within {order.deadline_seconds:g} s,"
                f" and were killed; see {terminal}"
            )
        self._environment.require_alive()
        folder = self._folder(reports, run_id)
        if ended.code < 0 or not (folder / SUMMARY).exists():
            raise OrderFailedError(
                f"checks with {named(order.faults)} ended without a report"
                f" (exit code {ended.code}); see {terminal}"
            )
        _import_all(ended.imports)
        return Answer(
            folder=str(folder),
            exit_code=ended.code,
            seconds=ended.seconds,
            cpu_seconds=ended.cpu_seconds,
            switch_seconds=switch.get("seconds", 0.0),
            touched=tuple(switch.get("touched", ())),
        )

    def _folder(self, reports: Path, run_id: str) -> Path:
        return replace(self._settings, reports=reports, run_id=run_id).folder

    @property
    def _settings(self) -> Settings:
        return self._config.stash[SETTINGS]

    @property
    def _run_session(self) -> RunSession:
        plugin = self._config.pluginmanager.get_plugin("golive-session")
        assert isinstance(plugin, RunSession)
        return plugin

    def _taken_over(self) -> SwitchedEnvironment:
        """The environment that the run has begun to start is the lane's from here on."""
        first = self._run_session.environment.exchange(None)
        start = self._settings.profile.start
        if start is None or not isinstance(first, StartedEnvironment):
            name = self._settings.environment
            raise pytest.UsageError(
                f"--env {name}: its profile has no [start], and a lane switches what it starts"
            )

        def another() -> StartedEnvironment:
            return StartedEnvironment(
                start.command,
                ready_within=start.ready_within,
                root=self._config.rootpath,
                faults=(),
                show=lambda _: None,
            )

        return SwitchedEnvironment(first, another)

    def _warmed_up(self, session: pytest.Session) -> Ready:
        """Do once what every run does for the first time: complete the profile, render a report."""
        assert self._environment is not None
        facts = self._environment.facts
        settings = replace(self._settings, redactor=Redactor())
        trial = complete(settings, facts.get("profile", {}), environ_with(facts))
        run = Run(header=trial.header(), records=(), footer=None)
        verdict = decide(trial.checklist, Ledger.of([run]), trial.waivers, (), now=utc_now())
        with tempfile.TemporaryDirectory(prefix="golive-lane-") as folder:
            render_all(Path(folder), trial.checklist, run, verdict)
        checks: dict[str, tuple[str, ...]] = {}
        lines: dict[str, tuple[str, ...]] = {}
        fixtures: dict[str, tuple[str, ...]] = {}
        for item in session.items:
            binding = item.stash[BINDING]
            fixtures[binding.function] = tuple(getattr(item, "fixturenames", ()))
            checks[binding.function] = (*checks.get(binding.function, ()), item.nodeid)
            lines[binding.function] = binding.items
        return Ready(
            checks=checks,
            lines=lines,
            fixtures=fixtures,
            start_seconds=self._environment.start_seconds,
            cpu_seconds=time.process_time(),
        )

    def _become_a_run(
        self, session: pytest.Session, order: Order, items: list[pytest.Item], run_id: str
    ) -> None:
        """In the fork: be a run of ``items``, as if nothing else had been collected."""
        assert self._environment is not None
        random.seed()
        terminal = os.open(Path(order.reports) / TERMINAL, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        os.dup2(terminal, 1)
        os.dup2(terminal, 2)
        self._config.stash[SETTINGS] = replace(
            self._settings,
            run_id=run_id,
            reports=Path(order.reports),
            faults=order.faults,
            started=utc_now(),
        )
        session.items[:] = items
        session.testscollected = len(items)
        collected = self._config.pluginmanager.get_plugin("golive-collected")
        assert isinstance(collected, CollectedChecks)
        collected.pytest_collection_finish(session)
        self._run_session.environment.exchange(JoinedEnvironment(self._environment.facts))
        self._run_session.render = render_all if order.whole_report else render_for_machines


def _chosen(session: pytest.Session, order: Order) -> list[pytest.Item]:
    if order.checks is None:
        return list(session.items)
    wanted = set(order.checks)
    names = {item: {item.nodeid, item.stash[BINDING].function} for item in session.items}
    missing = wanted.difference(*names.values())
    if missing:
        raise OrderFailedError(f"no such checks were collected: {', '.join(sorted(missing))}")
    return [item for item, called in names.items() if called & wanted]


def _import_all(modules: Iterable[str]) -> None:
    """Import what a fork had to import, so that the next ones need not."""
    for module in modules:
        # Some modules are made while a program runs, and can be imported by nobody.
        with contextlib.suppress(Exception):
            importlib.import_module(module)
