"""What a forge says of a release: its tag, its commits' pull requests and reviews, its milestone's issues.

A forge is anything that can do what `Forge` asks, in these words. GitHub is the one that is known
(`forge_github`); GitLab, whose approvals belong to a merge request instead of a commit, would be a second
class in `code/fixtures.py`'s table.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Protocol

from pydantic import JsonValue

from golive.net.masking import masked_name


class ReviewState(StrEnum):
    """What a review says, in GitHub's words."""

    APPROVED = "APPROVED"
    CHANGES_REQUESTED = "CHANGES_REQUESTED"
    COMMENTED = "COMMENTED"
    DISMISSED = "DISMISSED"
    """It was an approval or a change request, and somebody declared it void."""
    PENDING = "PENDING"
    """Written, and not submitted."""


@dataclass(frozen=True, slots=True)
class Review:
    """One review. ``commit`` is the one that it looked at, None when that is gone; ``submitted`` in UTC."""

    reviewer: str
    """Empty for an account that is deleted."""
    state: ReviewState
    commit: str | None
    submitted: datetime | None
    by_program: bool = False

    def __str__(self) -> str:
        commit = self.commit[:12] if self.commit else "a commit that is gone"
        return f"{self.reviewer or '(deleted account)'}: {self.state} on {commit}"


@dataclass(frozen=True, slots=True)
class PullRequest:
    """One pull request, with its reviews in the order in which they were made."""

    number: int
    title: str
    author: str
    head: str
    """The last commit of its branch."""
    merged: bool
    writers: frozenset[str]
    """Accounts that wrote its commits."""
    reviews: Sequence[Review]

    @property
    def name(self) -> str:
        """Number and title, bounded."""
        return f"#{self.number} {masked_name(self.title, longest=60)}".strip()


@dataclass(frozen=True, slots=True)
class ReleaseCommit:
    """A commit of the release, and the numbers of the pull requests that contain it."""

    sha: str
    subject: str
    pulls: Sequence[int]


@dataclass(frozen=True, slots=True)
class ReviewedRelease:
    """Everything that is in the release, and how it was reviewed."""

    kind: ClassVar[str] = "forge"

    repository: str
    tag: str
    commits: Sequence[ReleaseCommit]
    pulls: Mapping[int, PullRequest]

    @property
    def title(self) -> str:
        """What was looked at."""
        return f"{len(self.commits)} commits of {self.repository} in {self.tag}, with their pull requests"

    def facts(self) -> dict[str, JsonValue]:
        """Commits, pull requests, and who said what; no words of reviews."""
        return {
            "commits": {
                entry.sha[:12]: f"{masked_name(entry.subject, longest=72)} {_numbers(entry.pulls)}"
                for entry in self.commits[:100]
            },
            "pull requests": {
                pull.name: {
                    "author": pull.author,
                    "merged": pull.merged,
                    "head": pull.head[:12],
                    "writers": ", ".join(sorted(pull.writers)),
                    "reviews": list(map(str, pull.reviews[:50])),
                }
                for pull in list(self.pulls.values())[:100]
            },
        }


@dataclass(frozen=True, slots=True)
class Issue:
    """An open issue of a milestone; pull requests are none."""

    number: int
    title: str
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Milestone:
    """A milestone, with the forge's own counts of its issues and pull requests."""

    title: str
    open: int
    closed: int


@dataclass(frozen=True, slots=True)
class IssueSearch:
    """What was searched for, and found. ``milestone`` is None where there is none of that title."""

    kind: ClassVar[str] = "forge"

    repository: str
    wanted: str
    """The milestone's title."""
    labels: Mapping[str, bool]
    """Label to whether it exists."""
    milestone: Milestone | None
    titles: tuple[str, ...]
    """Of all milestones."""
    issues: Sequence[Issue]
    listed: int
    """Open entries of the milestone that were listed, pull requests among them."""

    @property
    def title(self) -> str:
        """What was looked at."""
        return f"open issues of {self.repository} in milestone {masked_name(self.wanted, longest=60)}"

    def facts(self) -> dict[str, JsonValue]:
        """The question and the answer."""
        found = self.milestone
        return {
            "labels exist": dict(self.labels),
            "milestone": {"open": found.open, "closed": found.closed} if found else None,
            "milestones": [masked_name(title, longest=60) for title in self.titles[:50]],
            "open entries listed": self.listed,
            "open issues": {
                f"#{issue.number} {masked_name(issue.title, longest=60)}": list(issue.labels[:20])
                for issue in self.issues[:100]
            },
        }


@dataclass(frozen=True, slots=True)
class TagObservation:
    """A tag as one place has it. Not annotated: it is a name for a commit, without a tagger and a date."""

    kind: ClassVar[str] = "forge"

    where: str
    name: str
    exists: bool
    annotated: bool = False
    commit: str = ""
    tagger: str = ""
    made: str = ""

    @property
    def title(self) -> str:
        """Tag and place."""
        return f"tag {self.name} at {self.where}"

    def facts(self) -> dict[str, JsonValue]:
        """Everything but the message."""
        if not self.exists:
            return {"exists": False}
        facts: dict[str, JsonValue] = {"exists": True, "annotated": self.annotated, "commit": self.commit}
        return facts | {"tagger": masked_name(self.tagger, longest=80), "made": self.made}


class Forge(Protocol):
    """What is asked of a forge. Every method raises what `ForgeClient.get` raises."""

    async def tag(self, name: str) -> TagObservation:
        """Return a tag."""
        ...

    async def release(self, tag: str, commit: str, *, since: str | None, at_most: int) -> ReviewedRelease:
        """Return the commits after the tag ``since`` up to ``commit``, or that alone, and their reviews."""
        ...

    async def issues(self, milestone: str, labels: Sequence[str]) -> IssueSearch:
        """Return the open issues of a milestone, and whether the labels exist."""
        ...


def _numbers(pulls: Sequence[int]) -> str:
    return " ".join(f"#{number}" for number in pulls) or "(no pull request)"
