"""A spent budget is blind, with the time to come again; one broken connection is forgiven, many are not."""

import pytest

from selftests.plugin.mini_project import SAW, check

TOLD = """
from golive.net.errors import ConnectionLost
from golive.net.incidents import ConnectionTally, note_status
TALLY = ConnectionTally()
URL = "GET https://app.test/users/me, put off by 429"

def answered(status):
    note_status(status, {"retry-after": "1800"}, URL)

def lose(host, opened, lost):
    for number in range(1, opened + 1):
        TALLY.opened(host)
        if number % (opened // lost) == 0:
            TALLY.lose(host, ConnectionLost("it broke", target=host, phase="connect"), stood=False)
"""
FAILED = f'{SAW}\nanswered(429)\nassert False, f"wrong status: expected 200 — {{URL}}"'


@pytest.fixture
def told(project):
    """A project whose checks say what befell them."""
    return project.write("tests/told.py", TOLD).lines("a", "b")


HEAD = "import pytest\nfrom told import answered, lose, URL\n"


def test_a_spent_budget_is_blind_with_the_time_to_come_again(told):
    """Neither NO-GO nor green."""
    run = told.checks(check("a", FAILED), check("b"), head=HEAD).run()
    assert (run.exit_code, run.decision) == (6, "INCONCLUSIVE")
    record = run.of("test_a")
    assert record.outcome == "blind"
    assert "in 1800 s" in record.remedy


def test_a_group_of_failures_fails_by_the_one_that_429_does_not_explain(told):
    """A real failure beside it counts."""
    group = f"""
    {SAW}
    answered(429)
    raise ExceptionGroup("two", [AssertionError(URL), AssertionError("a stranger was let in")])
    """
    run = told.checks(check("a", group), check("b"), head=HEAD).run()
    assert (run.of("test_a").outcome, run.decision) == ("failed", "NO-GO")
    assert "let in" in run.of("test_a").reason


@pytest.mark.parametrize(
    ("body", "marks", "outcome"),
    [
        (FAILED, "@pytest.mark.meets_rate_limit", "failed"),
        (f"{SAW}\nanswered(429)", "", "passed"),
        (f"{SAW}\nanswered(503)\nassert False, URL", "", "failed"),
        (f'{SAW}\nanswered(429)\nassert False, "a forged token was let in"', "", "failed"),
    ],
    ids=["the limit is its subject", "it coped", "another status", "another failure"],
)
def test_nothing_else_becomes_blind(told, body, marks, outcome):
    """A check about the limit itself, one that coped, and failures that do not rest on the 429."""
    run = told.checks(check("a", body, marks=marks), check("b"), head=HEAD).run()
    assert run.of("test_a").outcome == outcome


@pytest.mark.parametrize(
    ("opened", "lost", "decision"),
    [(100, 1, "GO"), (300, 3, "GO"), (10, 1, "GO"), (40, 2, "NO-GO"), (100, 5, "NO-GO"), (150, 2, "NO-GO")],
    ids=["one", "one of each hundred", "one of few", "1 of 20, seldom asked", "1 of 20", "more than 1 %"],
)
def test_a_host_that_loses_more_than_one_connection_of_a_hundred_fails_who_tried_again(
    told, opened, lost, decision
):
    """The check passed, and its record says that it tried again, or that the host loses too many."""
    lossy = check("a", f'{SAW}\nlose("app.test:443", {opened}, {lost})')
    run = told.checks(lossy, check("b", f'{SAW}\nlose("other.test:443", 1, 1)'), head=HEAD).run()
    assert run.decision == decision
    assert run.of("test_b").outcome == "passed"
    newest = [record for record in run.record.records if record.check.endswith("::test_a")][-1]
    assert newest.retried
    assert newest.outcome == ("passed" if decision == "GO" else "failed")
    if decision == "NO-GO":
        assert f"{lost} of {opened}" in newest.reason
        assert run.exit_code == 1


def test_trying_again_is_no_evidence(told):
    """A check that recorded nothing still passed without evidence."""
    run = told.checks(check("a", 'lose("app.test:443", 1, 1)', uses=""), check("b"), head=HEAD).run()
    assert run.of("test_a").outcome == "error"
