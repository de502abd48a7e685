"""The clone, looked at by git: repositories that the rehearsal writes, and what is none."""

import asyncio
import shutil
import subprocess
from datetime import UTC, datetime

import pytest

from golive.code.probe_git import GitClone
from golive.core.outcome import Blind
from rehearsal.code.forge_data import ForgeData
from rehearsal.code.plan import healthy_code

BUILT = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed here")
needs_keys = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed here")


@pytest.fixture
def plan():
    return healthy_code("1.0.0", BUILT)


@pytest.fixture
def clone(plan, tmp_path):
    """`clone()` of what the plan says by then."""

    def make():
        ForgeData(tmp_path, plan).write()
        return GitClone(tmp_path / "audotics")

    return make


def look(clone, name="v1.0.0"):
    return asyncio.run(clone.tag(name))


@needs_git
def test_repository_of_the_rehearsal_is_one_to_git(clone, tmp_path):
    """Its objects are whole, and have the ids that the plan says."""
    clone()
    command = ["git", "-C", tmp_path / "audotics", "fsck", "--strict", "--full"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 0, done.stderr


@needs_git
def test_annotated_tag_leads_to_its_commit(clone, plan):
    """With who made it, and when."""
    seen = look(clone())
    assert (seen.annotated, seen.commit, seen.tagger) == (True, plan.head, "Lea Lindqvist")
    assert datetime.fromisoformat(seen.made) > plan.commits[-1].when


@needs_git
def test_lightweight_and_missing_tags_are_told_apart(clone, plan):
    """One has a commit. A part of a name, a pattern, or what git could take for an option, is none."""
    plan.tags[-1].annotated = False
    made = clone()
    assert (look(made).annotated, look(made).commit) == (False, plan.head)
    for name in ("v9.9.9", "v1.0", "v1.0.0^", "--all", "../heads/main", "v1*"):
        assert look(made, name).exists is False, name


@needs_git
@needs_keys
@pytest.mark.parametrize(("signer", "good"), [("lead", True), ("stranger", False), (None, False)])
def test_signature_counts_of_those_who_may_sign(clone, plan, tmp_path, signer, good):
    """By the file of keys alone, whatever this user's own git is set to."""
    plan.tags[-1].signed_by = signer
    seen = asyncio.run(clone().signature("v1.0.0", tmp_path / "allowed_signers"))
    assert seen.good is good, seen.said


@needs_git
@needs_keys
def test_what_cannot_be_looked_at_is_blind(clone, tmp_path):
    """A folder that is none, one without a repository, no file of keys, no git."""
    made = clone()
    with pytest.raises(Blind, match="no folder"):
        look(GitClone(tmp_path / "nowhere"))
    with pytest.raises(Blind, match="cannot look"):
        look(GitClone(tmp_path / "docs"))
    with pytest.raises(Blind, match="no git"):
        look(GitClone(tmp_path / "docs", program="no-such-git"))
    with pytest.raises(Blind, match="no file of keys"):
        asyncio.run(made.signature("v1.0.0", tmp_path / "nobody"))
