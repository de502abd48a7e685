"""The environment of a run: started or joined while checks are collected, up before the first, then ended."""

from typing import Any

import pytest

from golive.plugin.early_start import Announcing, take_over
from golive.plugin.settings import SETTINGS, Settings
from golive.plugin.start import JoinedEnvironment, StartedEnvironment, environ_with, remove_left_facts
from golive.plugin.verification import Verification, complete
from golive.profile.profile import Start


class RunEnvironment:
    """What the run brings up itself, where its profile says how; a deployment that is there needs nothing."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._process: StartedEnvironment | JoinedEnvironment | None = None

    @property
    def ready_seconds(self) -> float:
        """How long it took to start; 0 where nothing was started."""
        return self._process.ready_seconds if self._process is not None else 0.0

    @property
    def is_own(self) -> bool:
        """Whether the run has anything to end."""
        return self._process is not None

    def begin(self) -> None:
        """Begin to start it, unless it has begun already; it comes up while pytest collects.

        Raises:
            pytest.UsageError: its program cannot be started.
        """
        remove_left_facts()
        settings = self._config.stash[SETTINGS]
        start = settings.profile.start
        if start is not None:
            begun = take_over(self._config, start.command, settings.faults)
            self._process = begun or self._started(start, settings)

    def _started(self, start: Start, settings: Settings) -> StartedEnvironment:
        try:
            return StartedEnvironment(
                start.command,
                ready_within=start.ready_within,
                root=self._config.rootpath,
                faults=settings.faults,
                show=Announcing(self._config),
            )
        except OSError as error:
            raise pytest.UsageError(
                f"{settings.profile_path}: start.command: {start.command[0]!r} cannot be started"
                f" ({error.strerror or error}): correct it, or install the program"
            ) from None

    def facts_for_workers(self) -> str | None:
        """The file by which a worker of xdist joins; None where there is nothing to join."""
        return str(self._process.facts_path) if isinstance(self._process, StartedEnvironment) else None

    def exchange(self, process: JoinedEnvironment | None) -> StartedEnvironment | JoinedEnvironment | None:
        """Verify ``process`` instead, and return the former one, which is then the caller's to end."""
        former, self._process = self._process, process
        return former

    def wait_until_up(self) -> Verification:
        """Wait for it, and return what is to be verified.

        Raises:
            pytest.UsageError: it did not start, its profile does not fit, or a secret is missing.
        """
        facts: dict[str, Any] = self._process.wait_until_ready() if self._process is not None else {}
        return complete(self._config.stash[SETTINGS], facts.get("profile", {}), environ_with(facts))

    def begin_to_end(self) -> None:
        """Let it go down, if the run started it; `end` waits for that."""
        if self._process is not None:
            self._process.begin_to_stop()

    def end(self) -> None:
        """End it, once, if the run started it."""
        process = self.exchange(None)
        if process is not None:
            process.stop()
