"""Reviews, judged: a table of histories, and releases of several commits."""

from datetime import UTC, datetime, timedelta

import pytest

from golive.code.observation import PullRequest, ReleaseCommit, Review, ReviewedRelease, ReviewState
from golive.code.profile import Reviewing
from golive.code.rules_reviews import expect_reviewed, review_decision

HEAD, EARLIER = "a" * 40, "b" * 40
BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
WORDS = {
    "approves": ReviewState.APPROVED,
    "objects": ReviewState.CHANGES_REQUESTED,
    "comments": ReviewState.COMMENTED,
    "is dismissed": ReviewState.DISMISSED,
    "writes": ReviewState.PENDING,
}


def review(words, minute=0):
    """`"tomas approves"`, `"tomas approves earlier"`, `" approves"` of a deleted account."""
    who, _, said = words.partition(" ")
    said, earlier, _ = said.partition(" earlier")
    state = WORDS[said]
    submitted = None if state is ReviewState.PENDING else BEGIN + timedelta(minutes=minute)
    return Review(who, state, EARLIER if earlier else HEAD, submitted, by_program=who.endswith("[bot]"))


def pull(*words, number=42, merged=True, writers=("fumiko",), author="fumiko"):
    reviews = [review(each, minute) for minute, each in enumerate(words)]
    return PullRequest(number, "Sessions", author, HEAD, merged, frozenset(writers), reviews)


def release(*pulls, commits=None):
    found = commits or [ReleaseCommit("c" * 40, "Sessions", [entry.number for entry in pulls])]
    return ReviewedRelease("audotics/audotics", "v1.0.0", found, {entry.number: entry for entry in pulls})


APPROVED = [
    ("tomas approves",),
    ("tomas approves", "tomas comments"),
    ("tomas objects earlier", "tomas approves"),
    ("tomas approves earlier", "tomas approves"),
    ("tomas is dismissed", "tomas approves"),
    ("tomas objects", "tomas is dismissed", "olga approves"),
    ("tomas approves", "fumiko comments"),
    ("tomas approves", "fumiko writes"),
    ("Tomas objects", "tomas approves"),
    ("tomas approves", "dependabot[bot] comments"),
    (" approves", "tomas approves"),
]
NOT_APPROVED = [
    ((), "observed nobody —"),
    (("tomas comments",), "observed nobody —"),
    (("tomas writes",), "observed nobody —"),
    (("tomas approves earlier",), "tomas approved an earlier commit"),
    (("tomas approves", "tomas is dismissed"), "tomas dismissed"),
    (("tomas approves", "tomas approves earlier"), "tomas approved an earlier commit"),
    (("fumiko approves",), "fumiko opened it"),
    (("FUMIKO approves",), "fumiko opened it"),
    (("approver[bot] approves",), "is a program"),
    ((" approves",), "a deleted account their account is deleted"),
    (("tomas objects",), "changes requested by tomas"),
    (("tomas objects earlier",), "changes requested by tomas"),
    (("tomas approves", "tomas objects"), "changes requested by tomas"),
    (("tomas approves", "olga objects"), "changes requested by olga"),
    (("tomas objects", "tomas comments", "olga approves"), "changes requested by tomas"),
    (("tomas approves", "tomas objects", "tomas writes"), "changes requested by tomas"),
    (("fumiko objects", "tomas approves"), "changes requested by fumiko"),
    ((" objects", "tomas approves"), "changes requested by a deleted account"),
]


@pytest.mark.parametrize("history", APPROVED, ids=", ".join)
def test_approved_history_stands(history):
    """Somebody else's latest word on the last commit is an approval, and nobody objects."""
    expect_reviewed(release(pull(*history)), Reviewing())


@pytest.mark.parametrize(("history", "words"), NOT_APPROVED, ids=lambda value: ", ".join(value) or "nothing")
def test_history_without_a_valid_approval_fails_and_says_why(history, words):
    """What did not count is named."""
    with pytest.raises(AssertionError) as caught:
        expect_reviewed(release(pull(*history)), Reviewing())
    assert words in str(caught.value)


def test_order_is_that_of_submission_whatever_the_list_says():
    """An approval that was submitted before the objection takes nothing back."""
    reviews = [review("tomas objects", 5), review("tomas approves", 1)]
    entry = PullRequest(1, "", "fumiko", HEAD, True, frozenset(), reviews)
    assert review_decision(entry).objections == ("tomas",)


def test_review_of_a_commit_that_is_gone_does_not_count():
    """Nobody knows what was approved."""
    gone = Review("tomas", ReviewState.APPROVED, None, BEGIN)
    entry = PullRequest(1, "", "fumiko", HEAD, True, frozenset(), [gone])
    assert review_decision(entry).approvals == ()


def test_writer_may_approve_only_where_the_profile_says_why():
    """Whoever opened it may never."""
    entry = pull("tomas approves", writers=("tomas", "fumiko"))
    with pytest.raises(AssertionError, match="tomas wrote commits of it"):
        expect_reviewed(release(entry), Reviewing())
    allowed = Reviewing(writers_may_approve="two people work on everything")
    expect_reviewed(release(entry), allowed)
    with pytest.raises(AssertionError, match="fumiko opened it"):
        expect_reviewed(release(pull("fumiko approves")), allowed)


def test_two_approvals_are_of_two_people():
    """One person who approves twice is one."""
    wanted = Reviewing(approvals=2)
    with pytest.raises(AssertionError, match="2 approvals"):
        expect_reviewed(release(pull("tomas approves", "TOMAS approves")), wanted)
    expect_reviewed(release(pull("tomas approves", "olga approves")), wanted)


def test_commit_without_a_pull_request_fails_unless_that_is_allowed():
    """With the reason in the profile; and something must have been reviewed all the same."""
    commits = [ReleaseCommit("d" * 40, "Quick fix", []), ReleaseCommit("c" * 40, "Sessions", [42])]
    reviewed = release(pull("tomas approves"), commits=commits)
    with pytest.raises(AssertionError, match=r"dddddddddd Quick fix: .*pushed directly"):
        expect_reviewed(reviewed, Reviewing())
    allowed = Reviewing(direct_commits="the release bot bumps the version")
    expect_reviewed(reviewed, allowed)
    with pytest.raises(AssertionError, match="none at all"):
        expect_reviewed(release(commits=commits[:1]), allowed)


def test_pull_request_that_is_not_merged_vouches_for_nothing():
    """It contains the commit, and nobody took it."""
    with pytest.raises(AssertionError, match="only #42 Sessions, not merged"):
        expect_reviewed(release(pull("tomas approves", merged=False)), Reviewing())


def test_commit_of_two_pull_requests_needs_one_approval_and_no_objection():
    """A feature merged into a branch, and the branch merged into the trunk."""
    feature, trunk = pull("tomas approves", number=41), pull(number=42)
    expect_reviewed(release(feature, trunk), Reviewing())
    with pytest.raises(AssertionError, match="olga"):
        expect_reviewed(release(feature, pull("olga objects", number=42)), Reviewing())


def test_release_without_commits_is_not_reviewed():
    """Nothing is green by silence."""
    with pytest.raises(AssertionError, match="no commit of the release"):
        expect_reviewed(ReviewedRelease("o/r", "v1", [], {}), Reviewing())
