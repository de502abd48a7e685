"""Floor 4: the only place that knows pytest. One feature, one module; `wiring` wires them.

pytest loads this module in every project of an environment that golive is installed in, so it imports next to
nothing: the rest is for projects that name their checks, or an environment.
"""

import os
from pathlib import Path
from typing import Any

import pytest

from golive.plugin.options import pytest_addoption
from golive.plugin.separated import begin_again_joined

__all__ = ["pytest_addoption"]


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Any:
    """Start the environment before everything else: it comes up while the rest is imported and collected."""
    begin_again_joined(early_config)
    if early_config.known_args_namespace.env:
        from golive.plugin.early_start import begin_early

        begin_early(early_config)
    return (yield)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Register markers where golive is used, and everything else where an environment is to be verified."""
    if not _is_used(config):
        return

    from golive.core.checklist import PHASES, SECTION_MARKERS
    from golive.plugin.collection.scope import CHECK_MARKERS, refuse_unknown_markers
    from golive.profile.own_programs import use_own_programs

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
    from golive.plugin.wiring import activate

    activate(config, environment)


def _is_used(config: pytest.Config) -> bool:
    """Whether the project names its checks, or the command line an environment."""
    option = config.option
    asked = (
        option.env or option.checklist_coverage or option.checklist_lock or getattr(option, "markers", False)
    )
    return bool(asked or config.getini("golive_checks"))


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
