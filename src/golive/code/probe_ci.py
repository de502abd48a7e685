"""A commit's check runs and statuses, by GitHub's REST API (version 2022-11-28)."""

from typing import Protocol, TypeVar

from pydantic import BaseModel, JsonValue, ValidationError

from golive.code.forge_client import ForgeClient
from golive.code.observation_ci import CommitCheck, CommitChecks
from golive.core.outcome import Blind
from golive.net.errors import ProtocolError


class CommitChecksProbe(Protocol):
    """Whatever can tell a commit's checks."""

    async def of(self, commit: str) -> CommitChecks:
        """Return everything that was run on a commit."""


_Model = TypeVar("_Model", bound=BaseModel)


class _CheckRun(BaseModel):
    name: str
    status: str
    conclusion: str | None


class _CheckRuns(BaseModel):
    check_runs: list[_CheckRun]


class _Status(BaseModel):
    context: str
    state: str


class _CombinedStatus(BaseModel):
    statuses: list[_Status]


class GitHubChecks:
    """The checks of commits of one repository at GitHub.

    Args:
        client: with GitHub's headers.
        repository: ``owner/name``.
    """

    def __init__(self, client: ForgeClient, repository: str) -> None:
        self._client = client
        self._root = f"/repos/{repository}/commits"

    async def of(self, commit: str) -> CommitChecks:
        """Return the latest run of each check, and the latest status of each context.

        Raises:
            Blind: as `ForgeClient.get`; or the forge has no such commit, or shows the token no checks.
            ProtocolError: as `ForgeClient.get`, or an answer is not of GitHub's form.
        """
        found = [
            CommitCheck(run.name, run.conclusion or run.status)
            for page in await self._pages(commit, "check-runs", filter="latest")
            for run in self._read(_CheckRuns, page).check_runs
        ]
        found += [
            CommitCheck(status.context, status.state)
            for page in await self._pages(commit, "status")
            for status in self._read(_CombinedStatus, page).statuses
        ]
        return CommitChecks(self._client.place, commit, tuple(found))

    async def _pages(self, commit: str, what: str, **params: str) -> list[JsonValue]:
        pages = await self._client.pages(f"{self._root}/{commit}/{what}", **params)
        if pages is None:
            raise Blind(
                f"{self._client.place} shows no {what} of commit {commit[:12]}",
                remedy="push the commit, and let the token of forge.token read checks and commit statuses",
            )
        return pages

    def _read(self, model: type[_Model], page: JsonValue) -> _Model:
        try:
            return model.model_validate(page)
        except ValidationError as error:
            where = ".".join(map(str, error.errors()[0]["loc"]))
            raise ProtocolError(
                f"an answer is not of GitHub's form: {where}", target=self._client.place, phase="read"
            ) from None
