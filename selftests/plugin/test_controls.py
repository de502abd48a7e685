"""Checks that rest on a positive control: in any order, alone, over several workers, and where it is late."""

import pytest

from selftests.plugin.mini_project import HEAD, check

LOOKING = (
    HEAD
    + """
from golive.core.outcome import Blind
from golive.net.incidents import controlled

@pytest.fixture(scope="session")
async def right_token():
    async def look(keep):
        with open("looked", "a") as looked:
            looked.write("once ")
        {look}
    return await controlled("the right token is let in", look)

@pytest.fixture(scope="session")
def let_in(right_token):
    right_token.expect_held()
"""
)
HOLDS = 'keep(type("Seen", (), {"kind": "seen", "title": "it", "facts": lambda self: {}})())'
REFUSES = 'raise AssertionError("token: expected let in, observed 401 — GET /me")'
IS_LATE = 'raise Blind("the suite was late", remedy="run it again")'
REST = "@pytest.mark.usefixtures('let_in')"
OWN = check("own", "evidence.note('asked', n=1)\nright_token.judge(evidence)", uses="right_token, evidence")
BEHIND = tuple(check("behind", name=f"test_forged_{name}", marks=REST) for name in ("one", "two", "three"))


@pytest.fixture
def verified(project):
    """Runs checks over a deployment whose right token fares like this."""

    def run(look, *arguments, sources=(OWN, *BEHIND)):
        head = LOOKING.replace("{look}", look)
        mini = project.profile().lines("own", "behind").checks(*sources, head=head)
        return mini.run(*arguments), (project.folder / "looked").read_text(encoding="utf-8").split()

    return run


def outcomes(run):
    return {
        entry.check.partition("::test_")[2]: entry.outcome for entry in run.record.records if entry.outcome
    }


def test_control_that_holds_is_looked_at_once(verified):
    """Whoever rests on it is judged by itself."""
    run, looked = verified(HOLDS)
    assert run.decision == "GO", run.reasons
    assert looked == ["once"]


@pytest.mark.parametrize("sources", [(OWN, *BEHIND), (*BEHIND, OWN)], ids=["first", "last"])
def test_control_that_does_not_hold_is_one_failure(verified, sources):
    """In whichever order: one check fails, the rest is unknown, by one sentence."""
    run, looked = verified(REFUSES, sources=sources)
    found = outcomes(run)
    assert found.pop("own") == "failed"
    assert set(found.values()) == {"blind"}
    assert len(found) == 3
    assert len({entry.reason for entry in run.record.records if entry.outcome == "blind"}) == 1
    assert "cannot be judged until the right token is let in: token: expected let in" in run.reasons["behind"]
    assert looked == ["once"]


def test_one_check_alone_rests_on_it_too(verified):
    """With -k: never green where nobody is let in."""
    run, _ = verified(REFUSES, "-k", "forged_two")
    assert outcomes(run) == {"forged_two": "blind"}


def test_every_worker_looks_for_itself(verified):
    """At most once each; the one failure is told by the worker that has the control's own check."""
    run, looked = verified(REFUSES, "-n", "2")
    found = outcomes(run)
    assert found.pop("own") == "failed"
    assert set(found.values()) == {"blind"}
    assert len(looked) <= 2


def test_late_control_accuses_nobody(verified):
    """The suite's own blindness is no finding, in the control's own check neither."""
    run, _ = verified(IS_LATE)
    assert set(outcomes(run).values()) == {"blind"}
    assert run.decision == "INCONCLUSIVE"
