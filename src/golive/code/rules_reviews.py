"""Whether everything in a release was reviewed: each reviewer's latest word counts, and nobody's own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from golive.code.observation import PullRequest, ReleaseCommit, Review, ReviewedRelease, ReviewState
from golive.code.profile import Reviewing
from golive.net.masking import masked_name
from golive.rules.failure import fail, require_non_empty

_WORDS = (ReviewState.APPROVED, ReviewState.CHANGES_REQUESTED, ReviewState.DISMISSED)
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ReviewDecision:
    """What the reviews of one pull request come to."""

    approvals: tuple[str, ...]
    """Who approved its last commit, and may."""
    objections: tuple[str, ...]
    """Who asked for changes, and took nothing back."""
    discounted: Mapping[str, str]
    """Who approved without counting, and why."""


def review_decision(pull: PullRequest, *, writers_may_approve: bool = False) -> ReviewDecision:
    """Return what the reviews of a pull request come to.

    The latest approval, change request or dismissal of each reviewer is their word; comments change none,
    and what was not submitted is none. An approval counts on the branch's last commit, of a person who
    opened neither the pull request nor, unless that is allowed, wrote any of it. A change request stands on
    whatever commit it was made, until its reviewer approves or it is dismissed.
    """
    approvals, objections, discounted = [], [], {}
    for reviewer, review in _latest(pull.reviews).items():
        match review.state:
            case ReviewState.CHANGES_REQUESTED:
                objections.append(review.reviewer or "a deleted account")
            case ReviewState.DISMISSED:
                discounted[reviewer] = "dismissed"
            case ReviewState.APPROVED:
                why = _why_not(review, pull, writers_may_approve)
                if why:
                    discounted[reviewer] = why
                else:
                    approvals.append(review.reviewer)
    return ReviewDecision(tuple(approvals), tuple(objections), discounted)


def expect_reviewed(release: ReviewedRelease, wanted: Reviewing) -> None:
    """Every commit of the release came by a merged pull request that stands approved, without objections.

    Raises:
        AssertionError: one did not; the message names commit, pull request and why.
    """
    commits = require_non_empty(release.commits, "commit of the release")
    for commit in commits:
        merged = [pull for number in commit.pulls if (pull := release.pulls.get(number)) and pull.merged]
        if merged:
            _expect_approved(merged, wanted, release)
        elif wanted.direct_commits is None:
            _refuse_direct(commit, release)
    if not any(pull.merged for pull in release.pulls.values()):
        fail(
            f"review of {release.tag}",
            expected="at least one reviewed pull request in the release",
            observed="none at all; name the release before as forge.review.since, to look at all commits",
            where=release.repository,
        )


def _expect_approved(merged: Sequence[PullRequest], wanted: Reviewing, release: ReviewedRelease) -> None:
    allowed = wanted.writers_may_approve is not None
    decisions = {pull.number: review_decision(pull, writers_may_approve=allowed) for pull in merged}
    for pull in merged:
        objections = decisions[pull.number].objections
        if objections:
            fail(
                f"review of {pull.name}",
                expected="no change request outstanding",
                observed=f"changes requested by {', '.join(sorted(objections))}, and not taken back",
                where=release.repository,
            )
    if any(len(decision.approvals) >= wanted.approvals for decision in decisions.values()):
        return
    pull = merged[-1]
    fail(
        f"review of {pull.name}",
        expected=f"{wanted.approvals} approval{'s' if wanted.approvals > 1 else ''} of its last commit"
        f" {pull.head[:10]} by others than who wrote it",
        observed=_shown(decisions[pull.number]),
        where=release.repository,
    )


def _refuse_direct(commit: ReleaseCommit, release: ReviewedRelease) -> None:
    unmerged = [release.pulls[number].name for number in commit.pulls if number in release.pulls]
    observed = f"only {', '.join(unmerged)}, not merged" if unmerged else "none: it was pushed directly"
    fail(
        f"review of commit {commit.sha[:10]} {masked_name(commit.subject, longest=60)}".strip(),
        expected="a merged pull request that contains it",
        observed=observed,
        where=f"{release.repository}, {release.tag}",
    )


def _latest(reviews: Sequence[Review]) -> dict[str, Review]:
    """Reviewer, whose case does not count, to their latest word. The list's order decides between equals."""
    words: dict[str, Review] = {}
    for review in sorted(reviews, key=lambda review: review.submitted or _LONG_AGO):
        if review.state in _WORDS:
            words[review.reviewer.lower()] = review
    return words


def _why_not(review: Review, pull: PullRequest, writers_may_approve: bool) -> str:
    reviewer = review.reviewer.lower()
    if not reviewer:
        return "their account is deleted"
    if reviewer == pull.author.lower():
        return "opened it"
    if not writers_may_approve and reviewer in {writer.lower() for writer in pull.writers}:
        return "wrote commits of it"
    if review.by_program:
        return "is a program"
    if review.commit is None or review.commit.lower() != pull.head.lower():
        return "approved an earlier commit"
    return ""


def _shown(decision: ReviewDecision) -> str:
    said = [f"{name or 'a deleted account'} {why}" for name, why in sorted(decision.discounted.items())]
    counted = ", ".join(decision.approvals) or "nobody"
    return f"{counted}" + (f" (not counted: {'; '.join(said)})" if said else "")
