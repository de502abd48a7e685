"""Where people's records are, and reading who the people are (``people.toml``)."""

import tomllib
from datetime import UTC, timedelta, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

from pydantic import ValidationError, field_validator

from golive.core.people import People
from golive.profile.base import Frozen
from golive.profile.fields import Duration
from golive.profile.profile import Profile
from golive.profile.registry import Section, objects, section

ALLOWED_SIGNERS = "allowed_signers"
ROSTER = "people.toml"


class PeopleSettings(Frozen):
    """Attestations and decisions: where they lie, and what is asked of them. Paths are below the project."""

    folder: Path = Path("attestations")
    """Holds ``allowed_signers``, ``people.toml``, and records by environment and release."""
    reports: Path | None = None
    """Where the reports lie that stakeholders decided on; None is where runs are recorded."""
    drill_age: Duration = timedelta(days=90)
    """How long ago a recovery plan may have been tried out."""
    timezone: str = "UTC"
    """In which days are counted."""
    documents: dict[str, str] = {}
    """Line to the document that its attestation is about: a file of the project, or an https URL."""
    rehearse: tuple[tuple[str, ...], ...] = ()
    """Command lines of the people of an environment that the run starts: ``golive attest …``."""

    @field_validator("timezone")
    @classmethod
    def _known(cls, name: str) -> str:
        # A machine without a database of time zones still knows UTC.
        if name != "UTC" and name not in available_timezones():
            raise ValueError(f"{name!r} is no time zone: write one such as 'Europe/Berlin'")
        return name

    @property
    def zone(self) -> tzinfo:
        """The time zone in which days are counted."""
        return UTC if self.timezone == "UTC" else ZoneInfo(self.timezone)

    @property
    def allowed_signers(self) -> Path:
        """The file of keys."""
        return self.folder / ALLOWED_SIGNERS

    @property
    def roster(self) -> Path:
        """The file of people."""
        return self.folder / ROSTER


class PeopleError(ValueError):
    """The people cannot be read; the message has file, key and remedy."""


def read_people(path: Path) -> People:
    """Read the ``[[person]]`` tables of ``path``; a file that is not there names nobody.

    Raises:
        PeopleError: it is no TOML, or a person in it is not whole.
    """
    if not path.exists():
        return People()
    try:
        return People.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PeopleError(f"{path}: cannot be read: {error}") from None
    except ValidationError as error:
        lines = (f"{path}: {_key(entry['loc'])}: {entry['msg']}" for entry in error.errors())
        raise PeopleError("\n".join(lines).replace("Value error, ", "")) from None


def _key(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in location) or "the file"


PEOPLE: Section[PeopleSettings] = section("people", PeopleSettings, PeopleSettings())


@objects
def _rehearsed_elsewhere(profile: Profile) -> str | None:
    if PEOPLE.of(profile).rehearse and profile.start is None:
        return "people.rehearse is for an environment that the run itself starts: people sign here"
    return None
