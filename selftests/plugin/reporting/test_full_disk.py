"""A disk that is full on the suite's own machine is said, and is nobody's failure."""

import resource

import pytest

from selftests.plugin.mini_project import check

MUCH = 'evidence.note("much", text="x" * 60_000)'
LITTLE = 'evidence.note("little", n=1)'
NO_ROOM = """
import resource

def pytest_sessionstart():
    resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
"""


@pytest.mark.skipif(not hasattr(resource, "RLIMIT_FSIZE"), reason="this system limits no file's size")
@pytest.mark.parametrize(
    ("limit", "body"),
    [(1_000, LITTLE), (40_000, MUCH), (12_000, LITTLE)],
    ids=["no record", "half of a record", "no report"],
)
def test_a_run_that_cannot_write_has_no_verdict(project, limit, body):
    """Exit code 1 would say that the release failed; the words name the folder and the cause."""
    project.write("conftest.py", NO_ROOM.format(limit=limit))
    run = project.lines("a", "b").checks(check("a", body), check("b", body)).run()
    assert run.exit_code == 3
    assert "golive: no verdict: " in run.output
    assert "cannot be written (File too large)" in run.output
    assert "INTERNALERROR" not in run.output


def test_a_run_that_can_just_write_is_judged(project):
    """Whoever has little room is not hindered."""
    project.write("conftest.py", NO_ROOM.format(limit=2_000_000))
    assert project.lines("a").checks(check("a", LITTLE)).run().decision == "GO"
