"""An environment that begins before the run has read what it is: it comes up while the rest is imported.

The profile is only glanced at here. Whatever is wrong with it is said by who reads it whole, a moment later,
and what has begun by then is ended with the run.
"""

import os
import tomllib
from collections.abc import Sequence

import pytest

from golive.core.duration import parse_duration
from golive.plugin.options import only_looks
from golive.plugin.start import StartedEnvironment
from golive.profile.own_programs import use_own_programs

_EARLY = pytest.StashKey["_Begun"]()
_READY_WITHIN = "60 s"


class Announcing:
    """Shows what an environment says of its start, from the moment on when there is a terminal."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._said: list[str] = []

    def __call__(self, line: str) -> None:
        """Show a line, and those that came too early to be shown."""
        self._said.append(line)
        terminal = self._config.pluginmanager.get_plugin("terminalreporter")
        if terminal is None:
            return
        lines, self._said = self._said, []
        if self._config.get_verbosity() >= 0:
            for said in lines:
                terminal.write_line(f"  {said}")


class _Begun:
    """One that nobody has taken over yet."""

    def __init__(self, process: StartedEnvironment, command: Sequence[str], faults: Sequence[str]) -> None:
        self.process: StartedEnvironment | None = process
        self.order = (tuple(command), tuple(faults))

    def end(self) -> None:
        """End it, where nobody did take it over."""
        if self.process is not None:
            self.process.stop()
            self.process = None


def begin_early(config: pytest.Config) -> None:
    """Start the environment that the command line names, where its profile says how and checks will run."""
    option = config.known_args_namespace
    looks = only_looks(option) or option.help or option.version or getattr(option, "markers", False)
    # A worker of xdist joins the environment of the run that it is part of.
    if looks or "PYTEST_XDIST_WORKER" in os.environ or os.path.basename(option.env) != option.env:  # noqa: PTH119
        return
    try:
        path = config.rootpath / config.getini("golive_environments") / f"{option.env}.toml"
        start = tomllib.loads(path.read_text(encoding="utf-8"))["start"]
        command, ready_within = start["command"], parse_duration(start.get("ready_within", _READY_WITHIN))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return
    if not command or not isinstance(command, list) or not all(isinstance(word, str) for word in command):
        return
    faults = tuple(option.fault)
    # What was unpacked for this machine is found by what is started here, too.
    use_own_programs()
    try:
        process = StartedEnvironment(
            command, ready_within=ready_within, root=config.rootpath, faults=faults, show=Announcing(config)
        )
    except OSError:
        return
    begun = config.stash[_EARLY] = _Begun(process, command, faults)
    config.add_cleanup(begun.end)


def take_over(
    config: pytest.Config, command: Sequence[str], faults: Sequence[str]
) -> StartedEnvironment | None:
    """Return what has begun, to be ended by the caller from now on; None where nothing has, or another."""
    begun = config.stash.get(_EARLY, None)
    if begun is None or begun.process is None:
        return None
    if begun.order != (tuple(command), tuple(faults)):
        begun.end()
        return None
    process, begun.process = begun.process, None
    return process
