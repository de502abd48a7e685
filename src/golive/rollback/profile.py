"""What a profile says of the way back: the runbook, the release before, and how migrations are undone."""

from datetime import timedelta
from pathlib import Path

from pydantic import Field, model_validator

from golive.profile.base import Absent, Frozen
from golive.profile.fields import Duration, HttpUrl, SecretName
from golive.profile.registry import Section, extend, section


class RunbookSection(Frozen):
    """A section that the runbook must have."""

    title: str = Field(min_length=1)
    """Its heading; case and numbering do not count."""
    steps: tuple[str, ...] = ()
    """Words of which each must stand in an entry of a list in the section."""


class Artefact(Frozen):
    """Something of the release before that a rollback needs, and that must still be had."""

    name: str
    """What reports call it."""
    url: HttpUrl | None = None
    """Where it is downloaded."""
    file: Path | None = None
    """Where it lies, below the project."""
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    """Of its bytes, in hexadecimal."""
    accept: str | None = None
    """The media type asked for, where one address has several: a registry's manifests."""
    token: SecretName | None = None
    """Sent as a bearer token; None: nothing is sent."""

    @model_validator(mode="after")
    def _is_somewhere(self) -> "Artefact":
        if (self.url is None) == (self.file is None):
            raise ValueError("name exactly one of 'url' and 'file'")
        return self


class Undoing(Frozen):
    """How the release's migrations are undone: by a script beside each, or by a restore in the runbook."""

    after: str | None = None
    """The newest migration of the release before; None: every migration is the release's."""
    script: str = "down.sql"
    """Beside ``migration.sql``; not empty."""
    restore: str = "restore"
    """The word by which the runbook says so, in one paragraph or step with the migration's name."""


class Rollback(Frozen):
    """The way back."""

    document: str | None = None
    """The runbook, in Markdown: a file below the project, or an https URL."""
    sections: tuple[RunbookSection, ...] = Field(min_length=1)
    """What the runbook must have."""
    artefacts: tuple[Artefact, ...] = ()
    """What a rollback deploys."""
    undoing: Undoing = Undoing()
    """How migrations are undone."""
    largest: int = Field(default=64_000_000, ge=1_000)
    """Bytes of an artefact that are read at most."""
    deadline: Duration = timedelta(seconds=30)
    """For one artefact."""


class RollbackFeatures(Frozen):
    """Abilities of the way back that a deployment may do without."""

    undo_trial: Absent | None = None
    """Scripts that undo migrations may be tried on a scratch database."""


ROLLBACK: Section[Rollback | None] = section("rollback", Rollback | None, None)
extend("features", RollbackFeatures)
