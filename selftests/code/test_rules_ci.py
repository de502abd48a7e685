"""Whether continuous integration passed on the release's commit, by each required check and nothing else."""

import pytest

from golive.code.observation_ci import CommitCheck, CommitChecks
from golive.code.profile_ci import ContinuousIntegration
from golive.code.rules_ci import expect_ci_passed
from golive.core.outcome import Blind

COMMIT = "a" * 40
WANTED = ContinuousIntegration(required=("build", "test"), may_be_skipped={})
DEPLOY = ContinuousIntegration(
    required=("build", "test", "deploy"), may_be_skipped={"deploy": "deployed by hand here"}
)
BUILT = CommitCheck("build", "success")
TESTED = CommitCheck("test", "success")


def judge(*checks, wanted=WANTED):
    expect_ci_passed(CommitChecks("forge.test", COMMIT, checks), wanted)


@pytest.mark.parametrize(
    ("checks", "words"),
    [
        ([BUILT, CommitCheck("test", "failure")], "CI check test: expected success, observed failure"),
        ([BUILT, CommitCheck("test", "timed_out")], "observed timed_out"),
        ([BUILT, CommitCheck("test", "cancelled")], "observed cancelled"),
        ([BUILT, CommitCheck("test", "error")], "observed error"),
        ([BUILT, CommitCheck("test", "skipped")], "observed skipped"),
        ([BUILT, TESTED, CommitCheck("test", "failure")], "observed failure"),
        ([BUILT, CommitCheck("tests", "success")], "observed none of this name, of build and tests"),
        ([], "observed none of this name, of none at all"),
        ([CommitCheck("build", "failure"), CommitCheck("test", "in_progress")], "CI check build"),
    ],
)
def test_required_check_that_did_not_succeed_fails(checks, words):
    """By its name, with what it came to and the commit."""
    with pytest.raises(AssertionError, match=words) as raised:
        judge(*checks)
    assert f"commit {COMMIT[:12]} at forge.test" in str(raised.value)


@pytest.mark.parametrize("state", ["queued", "in_progress", "pending", "waiting", "requested", "expected"])
def test_check_that_still_runs_is_blind(state):
    """It accuses nobody, and is no success either."""
    with pytest.raises(Blind, match=f"CI check test has not ended: {state}"):
        judge(BUILT, CommitCheck("test", state))


@pytest.mark.parametrize(
    ("checks", "wanted"),
    [
        ([BUILT, TESTED], WANTED),
        ([TESTED, BUILT, BUILT, CommitCheck("nightly", "failure")], WANTED),
        ([BUILT, TESTED, CommitCheck("deploy", "skipped")], DEPLOY),
        ([BUILT, TESTED, CommitCheck("deploy", "neutral")], DEPLOY),
        ([BUILT, TESTED, CommitCheck("deploy", "success")], DEPLOY),
    ],
    ids=["both", "others are nobody's business", "skipped with a reason", "neutral", "success"],
)
def test_commit_that_passed_is_fine(checks, wanted):
    """Several runs of one name, as of a matrix, must all have succeeded."""
    judge(*checks, wanted=wanted)
