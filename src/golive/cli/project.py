"""The project that a command is given in: its checklist, its profiles, the release they are about."""

import difflib
from dataclasses import dataclass
from pathlib import Path

from golive.cli.errors import UsageError
from golive.core.checklist import Checklist, Item
from golive.core.checklist_markdown import parse_checklist
from golive.core.run import ReleaseIdentity
from golive.people.profile import PEOPLE, PeopleSettings
from golive.profile.loading import available_environments, load_profile

ENVIRONMENTS = Path("environments")


@dataclass(frozen=True, slots=True)
class Matter:
    """What a record is about."""

    environment: str
    release: ReleaseIdentity
    people: PeopleSettings


def read_checklist(path: Path) -> Checklist:
    """Read the checklist. Raises ChecklistError; UsageError where there is none."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        words = (
            f"the checklist {path} cannot be read ({error}): run golive in the project, or give --checklist"
        )
        raise UsageError(words) from None
    return parse_checklist(text, source=path.name)


def line_of(checklist: Checklist, item: str) -> Item:
    """Return the line. Raises UsageError with near matches."""
    if item not in checklist.items:
        near = difflib.get_close_matches(item, checklist.items, n=3)
        hint = f"did you mean {' or '.join(near)}?" if near else f"its ids are in {checklist.source}"
        raise UsageError(f"the checklist has no line {item!r}: {hint}")
    return checklist.items[item]


def matter_of(environment: str, *, release: str | None, commit: str | None, folder: Path | None) -> Matter:
    """Return what is signed about: the environment's profile, and the release as ``pytest --env`` takes it.

    Raises:
        UsageError: there is no such environment, or its release is not known.
    """
    known = available_environments(ENVIRONMENTS)
    if environment not in known:
        raise UsageError(
            f"--env {environment}: there is no such environment in {ENVIRONMENTS}/; "
            f"known: {', '.join(known) or 'none; run golive in the project, beside checklist.md'}"
        )
    profile = load_profile(ENVIRONMENTS / f"{environment}.toml")
    if release is None and profile.release is None:
        raise UsageError(f"which release of {environment}? Give --release VERSION, as to pytest")
    identity = ReleaseIdentity(version=release, commit=commit or "") if release else profile.release
    assert identity is not None, "one of the two is there"
    if commit:
        identity = identity.model_copy(update={"commit": commit})
    if "/" in identity.version or identity.version in (".", "..", ""):
        raise UsageError(f"--release {identity.version!r}: not a version (it names a folder)")
    people = PEOPLE.of(profile).model_copy(update={"folder": folder}) if folder else PEOPLE.of(profile)
    return Matter(environment, identity, people)


def settings_of(environment: str, *, folder: Path | None) -> PeopleSettings:
    """Return where people's records lie; the usual place where the environment has no profile here."""
    path = ENVIRONMENTS / f"{environment}.toml"
    people = PEOPLE.of(load_profile(path)) if path.is_file() else PeopleSettings()
    return people.model_copy(update={"folder": folder}) if folder else people
