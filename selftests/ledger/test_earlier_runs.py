"""What other runs of a release saw counts as far as it was known when the run that asks ended."""

from datetime import timedelta

import pytest

from golive.core.outcome import Outcome
from golive.core.run import Run
from golive.ledger.earlier_runs import ledger_of_release
from golive.report.events import EventWriter
from selftests.examples.gate_examples import NOW, record
from selftests.examples.report_examples import healthy

_, EXAMPLE, _ = healthy()
SAW = EXAMPLE.records[0].evidence


def run_of(name: str, *records, started: timedelta) -> Run:
    """A run that began ``started`` before NOW and took ten minutes."""
    header = EXAMPLE.header.model_copy(update={"run_id": name, "started": NOW - started})
    assert EXAMPLE.footer is not None
    footer = EXAMPLE.footer.model_copy(update={"finished": header.started + timedelta(minutes=10)})
    return Run(header=header, records=records, footer=footer)


def write(folder, run: Run) -> Run:
    writer = EventWriter(folder / run.header.run_id)
    for event in (run.header, *run.records, run.footer):
        writer.write(event)
    writer.close()
    return run


@pytest.mark.parametrize(
    ("age", "known"),
    [(timedelta(minutes=21), True), (timedelta(minutes=20), True), (timedelta(minutes=19), False)],
)
def test_what_was_recorded_after_the_run_ended_is_left_out(tmp_path, age, known):
    """A run beside it went on: its later records would make an older report come to something else."""
    asked = write(tmp_path, run_of("2", started=timedelta(minutes=30)))
    seen = record("a", age=age).model_copy(update={"evidence": SAW})
    write(tmp_path, run_of("1", seen, started=timedelta(minutes=40)))
    assert bool(ledger_of_release(tmp_path, asked).records) is known


def test_a_run_that_began_later_is_left_out(tmp_path):
    """Whatever it saw."""
    asked = write(tmp_path, run_of("1", started=timedelta(minutes=40)))
    seen = record("a", age=timedelta(minutes=35)).model_copy(update={"evidence": SAW})
    write(tmp_path, run_of("2", seen, started=timedelta(minutes=36)))
    assert not ledger_of_release(tmp_path, asked).records


def test_a_pass_of_another_run_without_evidence_is_none(tmp_path):
    """It is read by the same rules."""
    write(tmp_path, run_of("1", record("a", age=timedelta(minutes=35)), started=timedelta(minutes=40)))
    asked = write(tmp_path, run_of("2", started=timedelta(minutes=30)))
    assert [entry.outcome for entry in ledger_of_release(tmp_path, asked).records] == [Outcome.ERROR]
