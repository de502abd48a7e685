"""A release that was not reviewed, has grave bugs, or is not the one that its tag names."""

from __future__ import annotations

from rehearsal.code.plan import EARLIER_HEAD, STRANGER, IssuePlan, ReviewPlan, TagPlan
from rehearsal.faults.base import Fault
from rehearsal.stack.plan import StackPlan

REVIEW, BUGS, TAG = ("code.review",), ("code.bugs",), ("code.tag",)
LAST = 42
"""The pull request that the release ends with."""


def tag_of(stack: StackPlan) -> TagPlan:
    """The release's tag."""
    return next(tag for tag in stack.code.tags if tag.name == f"v{stack.code.version}")


class NotApproved(Fault):
    """A pull request of the release was merged with comments alone."""

    name = "review.not-approved"
    expected_failures = REVIEW
    proves = ("test_everything_in_the_release_was_approved",)

    def apply(self, stack: StackPlan) -> None:
        stack.code.pull(LAST).reviews = [ReviewPlan("tomas", "COMMENTED")]


class ApprovedByItsWriter(Fault):
    """Only somebody who wrote commits of the pull request approved it."""

    name = "review.by-its-writer"
    expected_failures = REVIEW
    proves = ("test_everything_in_the_release_was_approved",)

    def apply(self, stack: StackPlan) -> None:
        stack.code.pull(LAST).writers = ["tomas", "fumiko"]


class Outdated(Fault):
    """The approval is of a commit before the last push."""

    name = "review.outdated"
    expected_failures = REVIEW
    proves = ("test_everything_in_the_release_was_approved",)

    def apply(self, stack: StackPlan) -> None:
        stack.code.pull(LAST).reviews = [ReviewPlan("tomas", commit=EARLIER_HEAD)]


class Dismissed(Fault):
    """The approval was dismissed."""

    name = "review.dismissed"
    expected_failures = REVIEW
    proves = ("test_everything_in_the_release_was_approved",)

    def apply(self, stack: StackPlan) -> None:
        stack.code.pull(LAST).reviews = [ReviewPlan("tomas", "DISMISSED")]


class Objection(Fault):
    """One reviewer approved, and another still wants changes."""

    name = "review.changes-requested"
    expected_failures = REVIEW
    proves = ("test_everything_in_the_release_was_approved",)

    def apply(self, stack: StackPlan) -> None:
        stack.code.pull(LAST).reviews.insert(0, ReviewPlan("olga", "CHANGES_REQUESTED", EARLIER_HEAD))


class DirectCommit(Fault):
    """A commit in the middle of the release came by no pull request."""

    name = "review.direct-commit"
    expected_failures = REVIEW
    proves = ("test_everything_in_the_release_was_approved",)

    def apply(self, stack: StackPlan) -> None:
        stack.code.pulls = [pull for pull in stack.code.pulls if pull.number == LAST]


class GraveBug(Fault):
    """A critical bug of the release is open."""

    name = "bugs.critical-open"
    expected_failures = BUGS
    proves = ("test_no_grave_bug_is_open",)

    def apply(self, stack: StackPlan) -> None:
        bug = IssuePlan(45, "Passwords stand in the log", ["bug", "critical"], f"v{stack.code.version}")
        stack.code.issues.append(bug)


class BugOnTheSecondPage(Fault):
    """The oldest of more than a hundred open issues of the release is a grave bug."""

    name = "bugs.on-the-second-page"
    expected_failures = BUGS
    proves = ("test_no_grave_bug_is_open",)

    def apply(self, stack: StackPlan) -> None:
        milestone = f"v{stack.code.version}"
        minor = [IssuePlan(number, f"Typo no. {number}", ["low"], milestone) for number in range(100, 230)]
        stack.code.issues += [IssuePlan(1, "Sessions outlive their sign-out", ["high"], milestone), *minor]


class LabelRenamed(Fault):
    """The label of critical bugs has another name now, so a search for the old one finds nothing."""

    name = "bugs.label-renamed"
    expected_failures = BUGS
    proves = ("test_labels_and_milestone_exist",)

    def apply(self, stack: StackPlan) -> None:
        stack.code.labels[stack.code.labels.index("critical")] = "severity: critical"


class MilestoneMissing(Fault):
    """There is no milestone of the release."""

    name = "bugs.milestone-missing"
    expected_failures = BUGS
    proves = ("test_labels_and_milestone_exist",)

    def apply(self, stack: StackPlan) -> None:
        milestone = f"v{stack.code.version}"
        stack.code.milestones.remove(milestone)
        stack.code.issues = [issue for issue in stack.code.issues if issue.milestone != milestone]


class TagMissing(Fault):
    """The release is not tagged."""

    name = "tag.missing"
    expected_failures = TAG
    proves = ("test_release_is_tagged",)

    def apply(self, stack: StackPlan) -> None:
        stack.code.tags.remove(tag_of(stack))


class LightweightTag(Fault):
    """The release's tag is a lightweight one: nobody made it, at no time."""

    name = "tag.lightweight"
    expected_failures = TAG
    proves = ("test_tag_is_signed",)

    def apply(self, stack: StackPlan) -> None:
        tag_of(stack).annotated = False


class TagOfAnotherCommit(Fault):
    """The release's tag is on the commit before the one that is deployed."""

    name = "tag.of-another-commit"
    expected_failures = TAG
    proves = ("test_deployment_was_built_from_the_tag",)

    def apply(self, stack: StackPlan) -> None:
        tag_of(stack).target -= 1


class SignedByStranger(Fault):
    """The release's tag was signed by somebody who may not."""

    name = "tag.signed-by-a-stranger"
    expected_failures = TAG
    proves = ("test_tag_is_signed",)

    def apply(self, stack: StackPlan) -> None:
        tag_of(stack).signed_by = STRANGER
