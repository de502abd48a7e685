"""GitHub's REST API (version 2022-11-28), and GitHub Enterprise Server's, in the words of `forge`."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from pydantic import JsonValue

from golive.code.forge_client import ForgeClient
from golive.code.observation import (
    Issue,
    IssueSearch,
    Milestone,
    PullRequest,
    ReleaseCommit,
    Review,
    ReviewedRelease,
    ReviewState,
    TagObservation,
)
from golive.core.outcome import Blind
from golive.net.errors import ProtocolError

HEADERS = {"accept": "application/vnd.github+json", "x-github-api-version": "2022-11-28"}
_DEEPEST_TAG = 5
_MOST_LISTED_COMMITS = 250
"""Of one pull request: GitHub lists no more of them."""


class GitHub:
    """One repository at GitHub.

    Args:
        client: with `HEADERS`.
        repository: ``owner/name``.
    """

    def __init__(self, client: ForgeClient, repository: str) -> None:
        self._client = client
        self._repository = repository
        self._root = f"/repos/{repository}"

    async def tag(self, name: str) -> TagObservation:
        """Return a tag, by its reference and the object that it points at (``…/git/ref``, ``…/git/tags``).

        Raises:
            Blind, ProtocolError: as `ForgeClient.get`.
        """
        answer = await self._client.get(f"{self._root}/git/ref/tags/{quote(name)}")
        if answer is None:
            await self._let_repository_be_there()
            return TagObservation(self._client.place, name, exists=False)
        target = self._object(self._object(answer).get("object"))
        annotated = target.get("type") == "tag"
        tagger: dict[str, Any] = {}
        for depth in range(_DEEPEST_TAG):
            if target.get("type") != "tag":
                break
            found = self._object(await self._client.get(f"{self._root}/git/tags/{self._sha(target)}"))
            tagger = self._object(found.get("tagger")) if depth == 0 else tagger
            target = self._object(found.get("object"))
        if target.get("type") != "commit":
            raise self._strange("the tag leads to no commit")
        return TagObservation(
            self._client.place,
            name,
            exists=True,
            annotated=annotated,
            commit=self._sha(target),
            tagger=str(tagger.get("name", "")),
            made=str(tagger.get("date", "")),
        )

    async def release(self, tag: str, commit: str, *, since: str | None, at_most: int) -> ReviewedRelease:
        """Return the release's commits and their pull requests with reviews.

        Raises:
            Blind: as `ForgeClient.get`; or it has more commits than are looked through, or ``since`` is not
                there, or did not come before.
            ProtocolError: as `ForgeClient.get`.
        """
        found = {commit: ""} if since is None else await self._commits(since, commit, at_most)
        commits, pulls = [], {}
        for sha, subject in found.items():
            numbers = []
            for entry in await self._list(f"{self._root}/commits/{sha}/pulls"):
                number = self._number(entry)
                numbers.append(number)
                if number not in pulls:
                    pulls[number] = await self._pull(entry)
            commits.append(ReleaseCommit(sha, subject, tuple(sorted(numbers))))
        return ReviewedRelease(self._repository, tag, tuple(commits), pulls)

    async def issues(self, milestone: str, labels: Sequence[str]) -> IssueSearch:
        """Return the open issues of a milestone; the API lists pull requests as issues, which are left out.

        Raises:
            Blind, ProtocolError: as `ForgeClient.get`.
        """
        exist = {
            label: await self._client.get(f"{self._root}/labels/{quote(label, safe='')}") is not None
            for label in labels
        }
        milestones = await self._list(f"{self._root}/milestones", state="all")
        titles = tuple(self._text(entry, "title") for entry in milestones)
        match = next((entry for entry in milestones if entry.get("title") == milestone), None)
        if match is None:
            return IssueSearch(self._repository, milestone, exist, None, titles, (), 0)
        number = self._number(match)
        entries = await self._list(f"{self._root}/issues", milestone=number, state="open")
        counts = Milestone(milestone, self._count(match, "open_issues"), self._count(match, "closed_issues"))
        issues = tuple(self._issue(entry) for entry in entries if "pull_request" not in entry)
        return IssueSearch(self._repository, milestone, exist, counts, titles, issues, len(entries))

    async def _commits(self, since: str, commit: str, at_most: int) -> dict[str, str]:
        path = f"{self._root}/compare/{quote(since, safe='')}...{commit}"
        pages = await self._client.pages(path)
        if pages is None:
            raise Blind(
                f"the forge cannot compare {since} with {commit[:12]}: one of them is not there",
                remedy="write the tag of the release before as forge.review.since",
            )
        first = self._object(pages[0])
        if first.get("status") != "ahead":
            raise Blind(
                f"{commit[:12]} does not come after {since}: {first.get('status')}",
                remedy="write the tag of the release before as forge.review.since",
            )
        total = self._count(first, "total_commits")
        if total > at_most:
            raise Blind(
                f"{total} commits came after {since}, and at most {at_most} are looked through",
                remedy="raise forge.review.commits_at_most",
            )
        found = {
            self._sha(entry): str(self._object(entry.get("commit")).get("message", "")).partition("\n")[0]
            for page in pages
            for entry in self._objects(self._object(page).get("commits"))
        }
        if len(found) != total:
            raise self._strange(f"it says {total} commits came after {since}, and lists {len(found)}")
        return found

    async def _pull(self, entry: dict[str, Any]) -> PullRequest:
        path = f"{self._root}/pulls/{self._number(entry)}"
        commits = await self._list(f"{path}/commits")
        if len(commits) >= _MOST_LISTED_COMMITS:
            raise Blind(
                f"pull request #{entry['number']} has more commits than the forge lists, so nobody knows"
                " who wrote it",
                remedy="look through it by hand, and waive the line with that as the reason",
            )
        writers = {self._login(commit.get("author")) for commit in commits} - {""}
        return PullRequest(
            number=self._number(entry),
            title=self._text(entry, "title"),
            author=self._login(entry.get("user")),
            head=self._sha(self._object(entry.get("head"))),
            merged=entry.get("merged_at") is not None,
            writers=frozenset(writers),
            reviews=tuple(map(self._review, await self._list(f"{path}/reviews"))),
        )

    def _review(self, entry: dict[str, Any]) -> Review:
        try:
            state = ReviewState(str(entry.get("state")).upper())
        except ValueError:
            raise self._strange("a review of a kind that is not known") from None
        commit, user = entry.get("commit_id"), entry.get("user")
        return Review(
            reviewer=self._login(user),
            state=state,
            commit=commit if isinstance(commit, str) else None,
            submitted=self._instant(entry.get("submitted_at")),
            by_program=isinstance(user, dict) and user.get("type") == "Bot",
        )

    def _issue(self, entry: dict[str, Any]) -> Issue:
        # A label is an object, or, by the API's schema, its bare name.
        labels = entry.get("labels")
        names = [
            str(label.get("name", "")) if isinstance(label, dict) else str(label)
            for label in (labels if isinstance(labels, list) else [])
        ]
        return Issue(self._number(entry), self._text(entry, "title"), tuple(names))

    async def _list(self, path: str, **params: str | int) -> list[dict[str, Any]]:
        pages = await self._client.pages(path, **params)
        if pages is None:
            await self._let_repository_be_there()
            raise self._strange(f"{path} is not there")
        return [entry for page in pages for entry in self._objects(page)]

    async def _let_repository_be_there(self) -> None:
        if await self._client.get(self._root) is None:
            raise Blind(
                f"{self._client.place} shows no repository {self._repository}",
                remedy="fix forge.repository, or name a token as forge.token that may read it",
            )

    @staticmethod
    def _login(user: JsonValue) -> str:
        return str(user.get("login") or "") if isinstance(user, dict) else ""

    def _sha(self, entry: dict[str, Any]) -> str:
        sha = entry.get("sha")
        if not isinstance(sha, str) or len(sha) not in (40, 64) or not sha.isalnum():
            raise self._strange("something without the id of a commit")
        return sha.lower()

    def _number(self, entry: dict[str, Any]) -> int:
        return self._count(entry, "number")

    def _count(self, entry: dict[str, Any], key: str) -> int:
        value = entry.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self._strange(f"something without {key}")
        return value

    def _text(self, entry: dict[str, Any], key: str) -> str:
        value = entry.get(key)
        if not isinstance(value, str):
            raise self._strange(f"something without {key}")
        return value

    def _instant(self, value: JsonValue) -> datetime | None:
        if value is None:
            return None
        try:
            return datetime.fromisoformat(str(value))
        except ValueError:
            raise self._strange("a time that is none") from None

    def _object(self, value: JsonValue) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self._strange("something that is no object")
        return value

    def _objects(self, value: JsonValue) -> Iterator[dict[str, Any]]:
        if not isinstance(value, list):
            raise self._strange("something that is no list")
        return map(self._object, value)

    def _strange(self, words: str) -> ProtocolError:
        where = f"{self._client.place}{self._root}"
        return ProtocolError(f"the forge's answer is strange: {words}", target=where, phase="read")
