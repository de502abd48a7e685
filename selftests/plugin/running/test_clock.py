"""A machine whose clock is wrong, or whom nobody tells the time: what depends on it is unknown."""

from datetime import UTC, datetime, timedelta

import pytest

from selftests.plugin.mini_project import SAW, check

OFF = """
from dataclasses import replace
from datetime import UTC, datetime, timedelta
import pytest
from golive.plugin.verification import SETTINGS

@pytest.hookimpl(trylast=True)
def pytest_configure(config):
    if SETTINGS in config.stash:
        clock = lambda: datetime.now(UTC) + timedelta({off})
        config.stash[SETTINGS] = replace(config.stash[SETTINGS], clock=clock)
"""
TIMELY = check("timely", f"{SAW}\nnow()", uses="evidence, now")
WAIVER = """
[[waiver]]
item = "timely"
reason = "the fix is in review"
owner = "QA"
ticket = "AUD-7"
expires = {expires:%Y-%m-%dT%H:%M:%SZ}
"""


@pytest.fixture
def two(project, control, another_control):
    """A project with two control targets, and two lines: one depends on the time."""
    project.profile(control=f'{control}", "{another_control}')
    return project.lines("timely", "timeless").checks(TIMELY, check("timeless"))


@pytest.mark.parametrize(
    ("off", "words"),
    [("days=-30", "30 d behind"), ("days=400", "400 d ahead of"), ("minutes=-2", "min behind")],
    ids=["a month behind", "a year ahead", "two minutes behind"],
)
def test_what_asks_a_wrong_clock_is_unknown_and_the_rest_is_judged(two, off, words):
    """The check that depends on the time is blind, with remedy and evidence; the run is INCONCLUSIVE."""
    run = two.write("conftest.py", OFF.format(off=off)).run()
    assert (run.exit_code, run.decision) == (6, "INCONCLUSIVE")
    assert run.states == {"timely": "unknown", "timeless": "verified"}
    record = run.of("test_timely")
    assert record.outcome == "blind"
    assert words in record.reason
    assert "timedatectl" in record.remedy
    assert any(entry.facts.get("state") == "wrong" for entry in record.evidence)
    assert any(words in note for note in run.record.footer.notes)


@pytest.mark.parametrize("off", ["days=0", "seconds=-40", "seconds=40"], ids=["right", "behind", "ahead"])
def test_a_clock_within_a_minute_is_right(two, off):
    """Nothing is said of it."""
    run = two.write("conftest.py", OFF.format(off=off)).run()
    assert (run.exit_code, run.decision) == (0, "GO")
    assert not run.record.footer.notes


def test_a_clock_that_nobody_confirms_is_unknown(project, closed_port):
    """With the remedy; what does not depend on it is judged."""
    project.profile(control=closed_port).lines("timely", "timeless").checks(TIMELY, check("timeless"))
    run = project.run()
    assert run.states == {"timely": "unknown", "timeless": "verified"}
    assert "nothing tells this machine the time" in run.of("test_timely").reason
    assert "control.targets" in run.of("test_timely").remedy


def test_workers_compare_the_clock_as_well(two):
    """A check is blind in whatever process it runs."""
    run = two.write("conftest.py", OFF.format(off="days=-30")).run("-n", "2")
    assert run.states == {"timely": "unknown", "timeless": "verified"}


@pytest.mark.parametrize(("off", "decision"), [("days=0", "CONDITIONAL GO"), ("days=-20", "NO-GO")])
def test_a_waiver_counts_only_where_somebody_knows_the_time(two, off, decision):
    """By a clock of last month a waiver that ended since would still accept the failure."""
    failing = check("timely", f"{SAW}\nassert False, 'too slow'")
    two.write("waivers.toml", WAIVER.format(expires=datetime.now(UTC) + timedelta(days=1)))
    run = two.checks(failing, check("timeless")).write("conftest.py", OFF.format(off=off)).run()
    assert run.decision == decision


REFUSED = """
from golive.net.errors import TlsFailed
{saw}
raise TlsFailed("certificate expired", target="app.test:443", code=10)
"""


@pytest.mark.parametrize(("off", "outcome"), [("days=0", "failed"), ("days=400", "blind")])
def test_a_certificate_is_called_expired_only_by_a_clock_that_is_right(two, off, outcome):
    """Whoever meets it: no client is asked whether it knows about clocks."""
    source = check("timeless", REFUSED.format(saw=SAW))
    run = two.checks(TIMELY, source).write("conftest.py", OFF.format(off=off)).run()
    assert run.of("test_timeless").outcome == outcome
