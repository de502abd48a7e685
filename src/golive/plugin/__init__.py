"""Floor 4: the only place that knows pytest. One feature, one module; this one wires them."""

import logging
import os
from pathlib import Path

import pytest

from golive.core.checklist import PHASES, SECTION_MARKERS
from golive.plugin.collection.binding import bind, leave_out
from golive.plugin.collection.cases import MadeCases, refuse_forgotten_lines
from golive.plugin.collection.changes import refuse_unnamed_changes
from golive.plugin.collection.collected import CollectedChecks
from golive.plugin.collection.coverage import Coverage
from golive.plugin.collection.effects import Effects
from golive.plugin.collection.scope import CHECK_MARKERS, refuse_unknown_markers
from golive.plugin.options import pytest_addoption, runs_nothing
from golive.plugin.recorder import CheckLog
from golive.plugin.reporting.outcomes import Outcomes
from golive.plugin.reporting.reports import RefusedStart, write_technical_reports
from golive.plugin.reporting.scrubbing import scrub_reports
from golive.plugin.reporting.shield import Shield
from golive.plugin.reporting.terminal import ChecklistProgress, VerdictSummary
from golive.plugin.reporting.traces import PlainTraces
from golive.plugin.running.exclusive_run import ExclusiveRun
from golive.plugin.running.look_ahead import LookAhead
from golive.plugin.running.loop import AsyncFixtures, EventLoopThread
from golive.plugin.running.printed import PrintedByChecks
from golive.plugin.running.signals import Signals
from golive.plugin.separated import pytest_load_initial_conftests
from golive.plugin.session import RunSession
from golive.plugin.settings import SETTINGS, available, read_settings, settings_of_any_environment
from golive.plugin.start import environ_with, read_facts
from golive.plugin.verification import VERIFICATION, complete
from golive.profile.own_programs import use_own_programs
from golive.profile.subjects import load_subjects

__all__ = ["pytest_addoption", "pytest_load_initial_conftests"]

LOOP = pytest.StashKey[EventLoopThread]()
SHIELD = pytest.StashKey[Shield]()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Register markers always, and everything else where an environment is to be verified."""
    use_own_programs()
    for name in (*PHASES, *SECTION_MARKERS):
        config.addinivalue_line("markers", f"{name}: set by the checklist's line, never by hand")
    for line in CHECK_MARKERS.values():
        config.addinivalue_line("markers", line)
    if config.option.help or getattr(config.option, "markers", False) or getattr(config.option, "version", 0):
        return
    environment = config.getoption("--env")
    _refuse_mixture(config, environment)
    if environment is None and not _wants_checks(config):
        return
    refuse_unknown_markers(config)
    if environment is None and not runs_nothing(config):
        known = ", ".join(available(config))
        raise pytest.UsageError(f"which environment? Checks need --env NAME; there are: {known}")
    _activate(config, environment)


def pytest_plugin_registered(plugin: object, manager: pytest.PytestPluginManager) -> None:
    """Join the terminal, which is there only after options are read."""
    if not isinstance(plugin, pytest.TerminalReporter) or SETTINGS not in plugin.config.stash:
        return
    if not runs_nothing(plugin.config):
        manager.register(ChecklistProgress(plugin.config, plugin), "golive-progress")
        manager.register(VerdictSummary(), "golive-verdict")


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the event loop last of all."""
    loop = config.stash.get(LOOP, None)
    if loop is not None:
        loop.stop()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave everything but checks out of a verification run."""
    if SETTINGS not in config.stash:
        return None
    folders = config.getini("golive_checks")
    related = any(
        collection_path.is_relative_to(folder) or folder.is_relative_to(collection_path) for folder in folders
    )
    return None if related else True


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Bind checks to lines before anything is selected by marker."""
    if SETTINGS in config.stash:
        bind(items, config.stash[SETTINGS].checklist)
        refuse_unnamed_changes(items, config.stash[SETTINGS].profile)
        if not runs_nothing(config):
            refuse_forgotten_lines(items, config.stash[SETTINGS])
        if not (config.option.checklist_coverage or config.option.checklist_lock):
            leave_out(items, config.stash[SETTINGS].profile.absent_features())


@pytest.hookimpl(trylast=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """Shield the run from its reporters: after all of them, so that none is outside."""
    if SHIELD in session.config.stash:
        session.config.pluginmanager.register(session.config.stash[SHIELD], "golive-shield")


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Let a worker of xdist join: the environment is up by then."""
    worker = getattr(session.config, "workerinput", None)
    if worker is None or SETTINGS not in session.config.stash:
        return
    facts = read_facts(Path(worker["golive_facts"])) if "golive_facts" in worker else {}
    stash = session.config.stash
    stash[VERIFICATION] = complete(stash[SETTINGS], facts.get("profile", {}), environ_with(facts))


def _activate(config: pytest.Config, environment: str | None) -> None:
    manager = config.pluginmanager
    if environment is None:
        config.stash[SETTINGS] = settings_of_any_environment(config)
    else:
        config.stash[SETTINGS] = read_settings(config, environment)
    redactor = config.stash[SETTINGS].redactor
    loop = config.stash[LOOP] = EventLoopThread()
    for name in load_subjects(config.rootpath):
        manager.import_plugin(name)
    manager.register(AsyncFixtures(loop), "golive-async-fixtures")
    if config.option.checklist_coverage or config.option.checklist_lock:
        manager.register(Coverage(), "golive-coverage")
        return
    logging.getLogger().addHandler(CheckLog())
    shield = config.stash[SHIELD] = Shield(config, redactor)
    session = RunSession(config, shield, loop)
    outcomes = Outcomes(loop, shield)
    manager.register(Signals(), "golive-signals")
    manager.register(PrintedByChecks(config, redactor.scrub), "golive-printed")
    manager.register(Effects(), "golive-effects")
    manager.register(PlainTraces(), "golive-traces")
    manager.register(outcomes, "golive-outcomes")
    scrub_reports(config, redactor)
    exclusive = ExclusiveRun() if hasattr(config, "workerinput") else None
    look_ahead = LookAhead(
        config, loop, lambda item, error: session.keep(outcomes.of_call(item, error)), exclusive
    )
    manager.register(look_ahead, "golive-look-ahead")
    manager.register(CollectedChecks(), "golive-collected")
    if not runs_nothing(config):
        manager.register(MadeCases(), "golive-cases")
        # In a worker of xdist too: it is there that Allure sees the checks.
        write_technical_reports(config)
    if exclusive is not None:
        manager.register(exclusive, "golive-exclusive-run")
        return
    if config.getoption("numprocesses", None):
        manager.import_plugin("golive.plugin.running.worker_shares")
    manager.register(session, "golive-session")
    if not runs_nothing(config):
        manager.register(RefusedStart(config), "golive-refused-start")


def _wants_checks(config: pytest.Config) -> bool:
    option = config.option
    return bool(option.checklist_coverage or option.checklist_lock or any(_named_paths(config, inside=True)))


def _refuse_mixture(config: pytest.Config, environment: str | None) -> None:
    outside = _named_paths(config, inside=False)
    if environment is not None and outside and config.getini("golive_checks"):
        raise pytest.UsageError(f"{outside[0]} holds no checks, and --env verifies: run it without --env")


def _named_paths(config: pytest.Config, *, inside: bool) -> list[str]:
    """The paths on the command line that lie in, or hold, a folder of checks; or those that do not."""
    folders: list[Path] = config.getini("golive_checks")
    named: list[str] = []
    for argument in config.args:
        path = Path(os.path.abspath(config.invocation_params.dir / argument.partition("::")[0]))  # noqa: PTH100 - lexical
        related = any(path.is_relative_to(folder) or folder.is_relative_to(path) for folder in folders)
        if related == inside:
            named.append(argument)
    return named
