"""Records of a release on disk, as runs leave them."""

from datetime import datetime, timedelta
from pathlib import Path

from golive.core.run import BuildsSeen, CheckRecord, ReleaseIdentity, Run
from golive.report.events import EventWriter
from selftests.examples.gate_examples import NOW, record
from selftests.examples.report_examples import healthy

_, EXAMPLE, _ = healthy()
SAW = EXAMPLE.records[0].evidence
SHOP = ReleaseIdentity(version="1.0.0", commit="c0ffee")


def saw(*lines: str, minutes: float, function: str = "") -> CheckRecord:
    """A pass with evidence that ended that many minutes before NOW."""
    name = function or f"tests/test_shop.py::test_{lines[0]}"
    passed = record(*lines, age=timedelta(minutes=minutes), function=name)
    return passed.model_copy(update={"evidence": SAW})


def run_of(
    name: str,
    *records: CheckRecord,
    started: datetime = NOW - timedelta(minutes=30),
    builds: tuple[BuildsSeen, ...] = (),
    **header: object,
) -> Run:
    """A run of ten minutes about the shop's release in its production."""
    assert EXAMPLE.footer is not None
    values = {"run_id": name, "started": started, "environment": "prod", "release": SHOP, "scope": ("a",)}
    return Run(
        header=EXAMPLE.header.model_copy(update=values | header),
        records=records,
        footer=EXAMPLE.footer.model_copy(update={"finished": started + timedelta(minutes=10)}),
        builds=builds,
    )


def write(folder: Path, run: Run, *, name: str = "") -> Path:
    """Write a run's record into a release's folder; returns the file."""
    writer = EventWriter(folder / (name or run.header.run_id))
    for event in (run.header, *run.builds, *run.records, *([run.footer] if run.footer else [])):
        writer.write(event)
    writer.close()
    return writer.path
