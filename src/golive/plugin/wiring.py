"""Wires the features of a run: there only where an environment is verified, or checks are looked at."""

import logging
import sys
from pathlib import Path

import pytest

from golive.plugin import hooks
from golive.plugin.collection.binding import bind, leave_out
from golive.plugin.collection.cases import MadeCases, refuse_forgotten_lines
from golive.plugin.collection.changes import refuse_unnamed_changes
from golive.plugin.collection.collected import CollectedChecks
from golive.plugin.collection.coverage import Coverage
from golive.plugin.collection.effects import Effects
from golive.plugin.exposures import Exposures
from golive.plugin.options import runs_nothing
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
from golive.plugin.session import RunSession
from golive.plugin.settings import SETTINGS, available, read_settings, settings_of_any_environment
from golive.plugin.start import environ_with, read_facts
from golive.plugin.verification import VERIFICATION, complete
from golive.profile.subjects import load_subjects

LOOP = pytest.StashKey[EventLoopThread]()
SHIELD = pytest.StashKey[Shield]()


def pytest_plugin_registered(plugin: object, manager: pytest.PytestPluginManager) -> None:
    """Join the terminal, which is there only after options are read."""
    if not isinstance(plugin, pytest.TerminalReporter) or SETTINGS not in plugin.config.stash:
        return
    if not runs_nothing(plugin.config):
        manager.register(ChecklistProgress(plugin.config, plugin), "golive-progress")
        manager.register(VerdictSummary(), "golive-verdict")


@pytest.hookimpl(trylast=True)
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


def activate(config: pytest.Config, environment: str | None) -> None:
    """Read what the run rests on, and register what takes part in it.

    Raises:
        pytest.UsageError: naming file, key or option, and the remedy.
    """
    manager = config.pluginmanager
    if environment is None and not runs_nothing(config):
        known = ", ".join(available(config))
        raise pytest.UsageError(f"which environment? Checks need --env NAME; there are: {known}")
    manager.register(sys.modules[__name__], "golive-wiring")
    if environment is None:
        config.stash[SETTINGS] = settings_of_any_environment(config)
    else:
        config.stash[SETTINGS] = read_settings(config, environment)
    redactor = config.stash[SETTINGS].redactor
    loop = config.stash[LOOP] = EventLoopThread()
    manager.add_hookspecs(hooks)
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
    manager.register(Exposures(config), "golive-exposures")
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
