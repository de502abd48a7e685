"""How the code was reviewed, tagged and documented, as plain data that faults change."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime

from rehearsal.code.history import PREVIOUS_VERSION, Commit, history
from rehearsal.code.runbook import CONTACTS, RUNBOOK

REPOSITORY = "audotics/audotics"
EARLIER_HEAD = hashlib.sha1(b"the branch before its last push", usedforsecurity=False).hexdigest()
LEAD, STRANGER = "lead", "stranger"


@dataclass
class ReviewPlan:
    """A review by an account. `commit` None is the pull request's head; `state` is in GitHub's words."""

    by: str
    state: str = "APPROVED"
    commit: str | None = None


@dataclass
class PullPlan:
    """A pull request that was merged as the commit `merged_as` (by its place in the history)."""

    number: int
    title: str
    author: str
    merged_as: int
    reviews: list[ReviewPlan]
    writers: list[str] = field(default_factory=list)
    """Accounts that wrote its commits; the author when empty."""

    @property
    def head(self) -> str:
        """The last commit of its branch, which was squashed."""
        return hashlib.sha1(f"the branch of #{self.number}".encode(), usedforsecurity=False).hexdigest()


@dataclass
class IssuePlan:
    """An issue, or a pull request, which the forge's API lists as one."""

    number: int
    title: str
    labels: list[str]
    milestone: str | None = None
    state: str = "open"
    is_pull: bool = False


@dataclass
class CheckPlan:
    """A check of continuous integration on the commit `on` (its place in the history)."""

    name: str
    state: str = "success"
    """In GitHub's words: a conclusion, or how far it is."""
    on: int = 2
    is_status: bool = False
    """A commit status, by whoever has no app at GitHub; otherwise a check run."""


@dataclass
class TagPlan:
    """A tag on the commit `target` (its place in the history), signed by the lead, a stranger or nobody."""

    name: str
    target: int
    annotated: bool = True
    signed_by: str | None = LEAD


@dataclass
class CodePlan:
    """The repository, the forge and the documents."""

    version: str
    commits: list[Commit]
    tags: list[TagPlan]
    pulls: list[PullPlan]
    labels: list[str]
    milestones: list[str]
    issues: list[IssuePlan]
    checks: list[CheckPlan]
    documents: dict[str, str]
    """Name to text; rollback.md is the runbook."""
    artefacts_lost: set[str] = field(default_factory=set)
    artefacts_changed: set[str] = field(default_factory=set)
    """Names of what was kept of the release before, and is gone or is something else now."""

    @property
    def head(self) -> str:
        """The commit of the release."""
        return self.commits[-1].sha

    def pull(self, number: int) -> PullPlan:
        """The pull request of that number. Raises StopIteration when there is none."""
        return next(pull for pull in self.pulls if pull.number == number)


def healthy_code(version: str = "1.0.0", built: datetime | None = None) -> CodePlan:
    """Everything reviewed, nothing grave open, the tag signed, the way back described."""
    milestone = f"v{version}"
    return CodePlan(
        version=version,
        commits=history(version, built or datetime.now(UTC)),
        tags=[TagPlan(f"v{PREVIOUS_VERSION}", 0), TagPlan(f"v{version}", 2)],
        pulls=[
            PullPlan(41, "Recommend by audio features", "fumiko", 1, [ReviewPlan("tomas")]),
            PullPlan(
                42,
                "Listen together in group sessions",
                "fumiko",
                2,
                [
                    ReviewPlan("tomas", "CHANGES_REQUESTED", EARLIER_HEAD),
                    ReviewPlan("tomas"),
                    ReviewPlan("priya", "COMMENTED"),
                    ReviewPlan("tomas", "COMMENTED"),
                ],
            ),
        ],
        labels=["bug", "critical", "high", "low", "enhancement"],
        milestones=[f"v{PREVIOUS_VERSION}", milestone, "v1.1.0"],
        issues=[
            IssuePlan(31, "Sign-in fails after a password change", ["bug", "critical"], milestone, "closed"),
            IssuePlan(36, "A session's name may be empty", ["bug", "low"], milestone),
            IssuePlan(43, "Rename the volume button", ["high"], milestone, is_pull=True),
            IssuePlan(44, "Songs can be sorted by tempo", ["bug", "high"], "v1.1.0"),
        ],
        checks=[
            CheckPlan("test", "failure", on=1),
            CheckPlan("build"),
            CheckPlan("test"),
            CheckPlan("nightly", "cancelled"),
            CheckPlan("security/scan", is_status=True),
        ],
        documents={"rollback.md": RUNBOOK, "contacts.md": CONTACTS},
    )
