"""The builds that a run met stand in its record, and what was seen across a change of them does not count."""

import pytest

from selftests.plugin.mini_project import check

ASKED = """\
import itertools
count = itertools.count()

async def pytest_golive_read_builds(profile):
    number = next(count)
    {body}
"""


@pytest.fixture
def built(new_project):
    """A run of one check, of a target whose instances say what ``body`` returns, first and last."""

    def run(body):
        project = new_project().lines("a").checks(check("a")).write("conftest.py", ASKED.format(body=body))
        return project.run("-m", "smoke")

    return run


def notes(run):
    return [note for note in run.record.footer.notes if "build" in note]


def test_build_that_stays_counts(built):
    run = built('return {"api-1": "1.0.0 (aaaa)"}')
    assert (run.decision, notes(run)) == ("GO", [])
    assert [seen.builds for seen in run.record.builds] == [{"api-1": "1.0.0 (aaaa)"}] * 2


def test_build_that_changes_meanwhile_makes_the_evidence_stale(built):
    run = built('return {"api-1": f"1.0.0 ({number})"}')
    assert (run.decision, run.states) == ("INCONCLUSIVE", {"a": "stale"})
    assert "the build changed while it was verified: api-1 ran 1.0.0 (0)" in run.reasons["a"]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param('return {"api-1": ""}', id="it does not say"),
        pytest.param('return {"api-1": "1.0.0" if number else ""}', id="it says it only later"),
        pytest.param('raise RuntimeError("api-1 cannot be asked")', id="it cannot be asked"),
    ],
)
def test_build_that_nobody_saw_is_said_and_costs_no_run(built, body):
    run = built(body)
    assert run.decision == "GO"
    assert "was not always to be seen: a change of it would not be known" in notes(run)[0]


def test_target_that_has_no_builds_is_not_said_to_hide_them(built):
    run = built("return {}")
    assert (run.decision, notes(run), run.record.builds) == ("GO", [], ())
