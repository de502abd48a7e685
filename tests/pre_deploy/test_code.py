"""The code: reviewed, without bugs that matter, tagged; and what is deployed was built from that tag."""

import pytest

from golive.code.rules_bugs import expect_no_blocking_bug, expect_question_is_right
from golive.code.rules_ci import expect_ci_passed
from golive.code.rules_reviews import expect_reviewed
from golive.code.rules_tags import expect_deployed, expect_release_tag, expect_signed

pytestmark = pytest.mark.harm("nuisance")


@pytest.mark.checklist("code.review")
@pytest.mark.harm("people")
async def test_everything_in_the_release_was_approved(release_reviews, evidence):
    """Every commit came by a merged pull request whose last commit somebody else approved, and nobody
    still wants changed."""
    expect_reviewed(evidence(await release_reviews.look()), release_reviews.wanted)


@pytest.mark.checklist("code.review")
@pytest.mark.needs("continuous_integration")
@pytest.mark.harm("unusable")
async def test_continuous_integration_passed(release_checks, evidence):
    """Every required check was run on the release's commit, and succeeded."""
    expect_ci_passed(evidence(await release_checks.look()), release_checks.wanted)


@pytest.mark.checklist("code.bugs")
async def test_labels_and_milestone_exist(release_issues, evidence):
    """The labels of grave bugs and the release's milestone exist: otherwise no answer means anything."""
    expect_question_is_right(evidence(await release_issues.look()))


@pytest.mark.checklist("code.bugs")
@pytest.mark.harm("unusable")
async def test_no_grave_bug_is_open(release_issues, evidence):
    """No open issue in the release's milestone has a label of grave bugs."""
    expect_no_blocking_bug(evidence(await release_issues.look()), release_issues.wanted)


@pytest.mark.checklist("code.tag")
async def test_release_is_tagged(release_tag, release, evidence):
    """The annotated tag of the release leads to its commit, at the forge and in the clone."""
    expect_release_tag([evidence(seen) for seen in await release_tag.everywhere()], release)


@pytest.mark.checklist("code.tag")
@pytest.mark.needs("signed_tag")
async def test_tag_is_signed(tagged_clone, tag_signers, release_tag, evidence):
    """Somebody who may sign releases signed the tag."""
    await release_tag.at_forge()
    expect_signed(evidence(await tagged_clone.signature(release_tag.name, tag_signers)))


@pytest.mark.checklist("code.tag")
@pytest.mark.harm("content")
async def test_deployment_was_built_from_the_tag(release_tag, deployed_commits, evidence):
    """Every replica, the public API and the page report the tag's commit."""
    tag = evidence(await release_tag.at_forge())
    reported = await deployed_commits.reported()
    evidence.note("commits that are deployed", **reported)
    expect_deployed(tag, reported)
