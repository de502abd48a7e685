"""What a profile says of the code: the forge where it is reviewed, its tag, its bugs, and a clone of it."""

from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from golive.profile.base import Absent, Frozen
from golive.profile.fields import Duration, HttpUrl, SecretName
from golive.profile.registry import Section, extend, section


class Reviewing(Frozen):
    """What is asked of the reviews of everything that is in the release."""

    approvals: int = Field(default=1, ge=1)
    """By so many people who wrote none of it, each on the commit that was merged."""
    since: str | None = None
    """The tag of the release before: every commit after it is looked at. None: the tagged commit alone."""
    direct_commits: str | None = Field(default=None, min_length=8)
    """Why a commit may be in the release that came by no pull request; such commits are refused otherwise."""
    writers_may_approve: str | None = Field(default=None, min_length=8)
    """Why somebody who wrote commits of a pull request, but did not open it, may approve it."""
    commits_at_most: int = Field(default=250, ge=1, le=5000)
    """A release of more commits is not looked through, and its line stays unknown."""


class Bugs(Frozen):
    """Which open issues keep a release from being launched."""

    labels: tuple[str, ...] = Field(default=("critical", "high"), min_length=1)
    """Any of these; each must exist, because a search for a label that nobody uses finds nothing."""
    milestone: str = "v{version}"
    """The title of the release's milestone, which must exist and hold something."""


class Signed(Frozen):
    """Who may sign the release's tag."""

    allowed_signers: Path = Path("attestations/allowed_signers")
    """OpenSSH's file of keys, as git's ``gpg.ssh.allowedSignersFile``; below the project."""


class Forge(Frozen):
    """The forge, by its API, and a local clone."""

    kind: Literal["github"] = "github"
    """Whose API the forge speaks."""
    api: HttpUrl = "https://api.github.com"
    """Of GitHub Enterprise Server: ``https://HOST/api/v3``."""
    repository: str = Field(pattern=r"^[A-Za-z0-9][\w-]*/[\w.-]*\w[\w.-]*$")
    """``owner/name``."""
    token: SecretName | None = None
    """Reads contents, issues, pull requests, checks, statuses. None: only public repositories are seen."""
    tag: str = "v{version}"
    """The release's tag; ``{version}`` is filled in."""
    clone: Path | None = None
    """A local clone with the release's tag; it is only read. None: the forge alone is asked."""
    signed: Signed = Signed()
    """Where nobody signs tags, ``features.signed_tag`` says so."""
    review: Reviewing = Reviewing()
    """What is asked of reviews."""
    bugs: Bugs = Bugs()
    """Which open issues keep the release from being launched."""
    pages_at_most: int = Field(default=50, ge=1, le=1000)
    """Of one list, a hundred entries each."""
    wait_at_most: Duration = timedelta(seconds=10)
    """How long the run waits, in all, for a forge that asks for patience."""

    @model_validator(mode="after")
    def _is_private(self) -> "Forge":
        parts = urlsplit(self.api)
        if parts.scheme == "http" and not _on_this_machine(parts.hostname or ""):
            raise ValueError("forge.api is spoken to with a token: only https, but on this machine")
        return self

    def tag_of(self, version: str) -> str:
        """The tag of a release, which the profile may give with or without its ``v``."""
        return self.tag.format(version=version.removeprefix("v"))

    def milestone_of(self, version: str) -> str:
        """The title of a release's milestone."""
        return self.bugs.milestone.format(version=version.removeprefix("v"))


def _on_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class CodeFeatures(Frozen):
    """Abilities of the forge that a deployment may do without."""

    signed_tag: Absent | None = None
    """The release's tag is signed."""


FORGE: Section[Forge | None] = section("forge", Forge | None, None)
extend("features", CodeFeatures)
