"""The environment of a lane: in one state after another, and started anew where it must be."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from golive.plugin.start import DiedError, StartedEnvironment, SwitchError
from golive.testing.errors import EnvironmentDiedError, SwitchRefusedError


class SwitchedEnvironment:
    """Brings an environment into states by their faults, and knows which one it is in."""

    def __init__(self, first: StartedEnvironment, start: Callable[[], StartedEnvironment]) -> None:
        """Take ``first`` over, which is being started without faults; ``start`` starts another."""
        self._environment: StartedEnvironment | None = first
        self._start = start
        self._on: tuple[str, ...] = ()
        self.facts: dict[str, Any] = first.wait_until_ready()
        """What it says of itself in its state."""
        self.start_seconds = first.ready_seconds

    def bring_into(self, faults: Sequence[str], *, fresh: bool) -> dict[str, Any]:
        """Have exactly ``faults`` on; return what the environment says of the change, if there was one.

        Raises:
            EnvironmentDiedError: it has ended, or does not start anew.
            SwitchRefusedError: it does not do it.
        """
        try:
            environment = self._standing(fresh=fresh)
            if set(faults) == set(self._on):
                return {}
            self.facts = environment.switch(faults)
        except DiedError as error:
            self.stop()
            raise EnvironmentDiedError(
                f"the environment ended as {named(faults)} was asked for: {error}"
            ) from None
        except SwitchError as error:
            self.stop()
            raise SwitchRefusedError(f"{named(faults)} cannot be had: {error}") from None
        self._on = tuple(faults)
        said: dict[str, Any] = self.facts["switch"]
        return said

    def require_alive(self) -> None:
        """Return while it runs.

        Raises:
            EnvironmentDiedError: it ended by itself.
        """
        if self._environment is None:
            return
        try:
            self._environment.require_alive()
        except DiedError as error:
            on = named(self._on)
            self.stop()
            raise EnvironmentDiedError(f"the environment ended while {on} was on: {error}") from None

    def stop(self) -> None:
        """End it, whatever state it is in; the next state is one of a new environment."""
        if self._environment is not None:
            self._environment.stop()
        self._environment, self._on = None, ()

    def _standing(self, *, fresh: bool) -> StartedEnvironment:
        if fresh:
            self.stop()
        if self._environment is None:
            environment = self._start()
            try:
                self.facts = environment.wait_until_ready()
            except pytest.UsageError as error:
                environment.stop()
                raise EnvironmentDiedError(f"started anew: {error}") from None
            self._environment = environment
        return self._environment


def named(faults: Sequence[str]) -> str:
    """Return the state with ``faults`` in words."""
    return ", ".join(faults) or "the healthy state"
