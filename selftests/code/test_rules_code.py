"""Bugs and tags, judged: each rule both ways, and empty answers to wrong questions."""

import dataclasses

import pytest

from golive.code.observation import Issue, IssueSearch, Milestone, TagObservation
from golive.code.observation_git import SignatureObservation
from golive.code.profile import Bugs, Forge
from golive.code.rules_bugs import expect_no_blocking_bug, expect_question_is_right
from golive.code.rules_tags import expect_deployed, expect_release_tag, expect_signed
from golive.core.outcome import Blind
from golive.core.release import ReleaseIdentity

COMMIT, OTHER = "a1" * 20, "b2" * 20
RELEASE = ReleaseIdentity(version="1.0.0", commit=COMMIT)
MINOR = Issue(7, "Typo", ("bug", "low"))
TAG = TagObservation("forge", "v1.0.0", exists=True, annotated=True, commit=COMMIT, tagger="Lea")
SEARCH = IssueSearch(
    "o/r",
    "v1.0.0",
    {"critical": True, "high": True},
    Milestone("v1.0.0", open=1, closed=4),
    ("v1.0.0",),
    (MINOR,),
    1,
)


def changed(**changes):
    return dataclasses.replace(SEARCH, **changes)


def test_milestone_with_minor_bugs_is_fine():
    """Only the labels that are named keep a release back."""
    expect_no_blocking_bug(SEARCH, Bugs())


@pytest.mark.parametrize("label", ["critical", "High", "CRITICAL"])
def test_open_bug_with_a_label_fails_and_is_named(label):
    """Whatever the case of its label."""
    grave = Issue(9, "Passwords in the log", ("bug", label))
    with pytest.raises(AssertionError, match="#9 Passwords in the log"):
        expect_no_blocking_bug(changed(issues=(MINOR, grave), listed=2), Bugs())


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"labels": {"critical": False, "high": True}}, "no label critical"),
        ({"labels": {}}, "labels of bugs"),
        ({"milestone": None, "issues": (), "listed": 0, "titles": ("v1.1",)}, r"no milestone.*v1\.1"),
    ],
)
def test_wrong_question_fails_however_empty_the_answer_is(changes, words):
    """Also in the check that only looks for bugs."""
    for rule in (expect_question_is_right, lambda search: expect_no_blocking_bug(search, Bugs())):
        with pytest.raises(AssertionError, match=words):
            rule(changed(**changes))


def test_empty_milestone_and_short_list_are_blind():
    """Nobody knows whether the release's issues are in it, or were all listed."""
    with pytest.raises(Blind, match="holds no issue"):
        expect_question_is_right(changed(milestone=Milestone("v1.0.0", 0, 0), issues=(), listed=0))
    with pytest.raises(Blind, match=r"counts 130 open entries .* lists 100"):
        expect_no_blocking_bug(changed(milestone=Milestone("v1.0.0", 130, 0), listed=100), Bugs())


def test_tag_of_the_release_is_fine():
    """Everywhere, and with an abbreviated commit."""
    expect_release_tag([TAG, dataclasses.replace(TAG, where="clone")], RELEASE)
    expect_release_tag([TAG], ReleaseIdentity(version="1.0.0", commit=COMMIT[:10]))
    expect_release_tag([TAG], ReleaseIdentity(version="1.0.0"))


@pytest.mark.parametrize(
    ("tags", "words"),
    [
        ([], "no place where the tag could be"),
        ([TagObservation("forge", "v1.0.0", exists=False)], "no such tag — forge"),
        ([TAG, TagObservation("clone", "v1.0.0", exists=False)], "no such tag — clone"),
        ([dataclasses.replace(TAG, annotated=False)], "lightweight"),
        ([dataclasses.replace(TAG, commit=OTHER)], "expected a1a1a1a1a1a1"),
        ([dataclasses.replace(TAG, commit="")], "observed none"),
    ],
)
def test_other_tags_fail(tags, words):
    """In words that say what to do."""
    with pytest.raises(AssertionError, match=words):
        expect_release_tag(tags, RELEASE)


def test_tag_must_be_one_everywhere_also_where_the_release_has_no_commit():
    """A clone that was not updated has another."""
    with pytest.raises(AssertionError, match="one everywhere"):
        expect_release_tag([TAG, dataclasses.replace(TAG, commit=OTHER)], ReleaseIdentity(version="1.0.0"))


def test_deployed_commit_is_the_tags():
    """Whole or abbreviated; another fails, also beside one that cannot be seen, which alone is blind."""
    expect_deployed(TAG, {"api-1": COMMIT, "page": COMMIT[:8].upper()})
    with pytest.raises(AssertionError, match="b2b2b2b2b2b2 — api-2"):
        expect_deployed(TAG, {"api-1": None, "api-2": OTHER})
    with pytest.raises(AssertionError, match="deployed commit"):
        expect_deployed(TAG, {"api-1": COMMIT[:5]})
    with pytest.raises(Blind, match="api-1"):
        expect_deployed(TAG, {"api-1": None, "page": COMMIT})
    with pytest.raises(Blind, match="no tag"):
        expect_deployed(TagObservation("forge", "v1.0.0", exists=False), {"api-1": COMMIT})
    with pytest.raises(AssertionError, match="at least one place"):
        expect_deployed(TAG, {})


def test_bad_signature_fails_in_gits_words():
    """A good one does not."""
    expect_signed(SignatureObservation("clone", "v1", good=True, said='Good "git" signature'))
    with pytest.raises(AssertionError, match="no signature found"):
        expect_signed(SignatureObservation("clone", "v1", good=False, said="error: no signature found"))


def test_forge_is_spoken_to_in_private():
    """A token never travels over plain HTTP, but on this machine."""
    assert Forge(repository="o/r", api="http://127.0.0.1:80").tag_of("v1.0.0") == "v1.0.0"
    assert Forge(repository="o/r").milestone_of("1.0.0") == "v1.0.0"
    for wrong in ({"api": "http://forge.example"}, {"repository": "o/r/x"}, {"repository": "../x"}):
        with pytest.raises(ValueError, match=r"forge|pattern|repository"):
            Forge(**{"repository": "o/r", **wrong})
