"""The record of a run under way: one line per check as soon as it has ended, in whichever thread."""

import threading
import time
from pathlib import Path

import pytest

from golive.core.accepted import AcceptedRecords
from golive.core.outcome import Outcome
from golive.core.run import BuildsSeen, CheckRecord, RunFooter, SuiteStep
from golive.plugin.collection.binding import function_name
from golive.plugin.collection.collected import read_collected
from golive.plugin.reporting.outcomes import not_run
from golive.plugin.verification import Verification
from golive.report.events import EventWriter


class RunLog:
    """Writes what checks came to, and remembers it; there from the moment the environment is up."""

    def __init__(self, verification: Verification) -> None:
        self._verification = verification
        self._writing = threading.Lock()
        self._closed_to_checks = False
        self._writer = EventWriter(verification.folder)
        self._writer.write(verification.header())
        self._steps: list[SuiteStep] = []
        self._checks_began = time.monotonic()
        self.builds: list[BuildsSeen] = []
        """What the target ran, each time that it was asked."""
        self.records: dict[str, CheckRecord] = {}
        """Node id to what counts of it so far."""
        self.held: list[CheckRecord] = []
        """What is judged anew once all processes have ended, and written then."""

    @property
    def path(self) -> Path:
        """The file."""
        return self._writer.path

    def keep(self, record: CheckRecord) -> None:
        """Write down what a check came to, unless that is written already; in whichever thread it ended."""
        with self._writing:
            known = self.records.get(record.check)
            if self._closed_to_checks or known == record:
                return
            if known is None or known.outcome is not Outcome.FAILED:
                # What was seen to fail stays failed, whatever becomes of its report.
                self.records[record.check] = record
            self._writer.write(record)

    def hold(self, record: CheckRecord) -> None:
        """Keep for later what says less than all processes together will."""
        with self._writing:
            if not self._closed_to_checks:
                self.held.append(record)

    def close_to_checks(self) -> None:
        """Take no more from checks: what ends later is too late."""
        with self._writing:
            self._closed_to_checks = True

    def amend(self, record: CheckRecord) -> None:
        """Write what the run itself concludes about a check, in place of what is there."""
        self.records[record.check] = record
        self._writer.write(record)

    def note_builds(self, seen: BuildsSeen) -> None:
        """Write down what the target runs at this moment."""
        with self._writing:
            self.builds.append(seen)
            self._writer.write(seen)

    def note_step(self, name: str, seconds: float) -> None:
        """Remember how long a part of the run itself took."""
        self._steps.append(SuiteStep(name=name, duration_seconds=round(seconds, 3)))

    def note_begin_of_checks(self) -> None:
        """The first check is about to run."""
        self._checks_began = time.monotonic()

    def note_end_of_checks(self) -> None:
        """The last check has ended."""
        self.note_step("checks", time.monotonic() - self._checks_began)

    def broken(self, check: str, reason: str, remedy: str) -> CheckRecord:
        """Return the record of a check that broke in a way that left none of its own."""
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

    def finish(
        self,
        *,
        pytest_exit_code: int,
        interruption: str,
        notes: tuple[str, ...],
        accepted: AcceptedRecords,
    ) -> None:
        """Write the end of the run, after which nothing is written any more."""
        self._writer.write(
            RunFooter(
                finished=self._verification.clock(),
                pytest_exit_code=pytest_exit_code,
                interruption=interruption,
                steps=tuple(self._steps),
                notes=notes,
                accepted=accepted,
            )
        )
        self._writer.close()


RUN_LOG = pytest.StashKey[RunLog]()
"""There once the environment is up, in the process that reports."""
