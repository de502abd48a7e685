"""What a run rests on before its environment is up: profile, checklist, scope, release; read, not tried."""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from golive.core.checklist import Checklist, ChecklistError
from golive.core.checklist_markdown import parse_checklist
from golive.core.run import ReleaseIdentity
from golive.core.waiver import Waiver
from golive.net.suite_clock import Clock
from golive.people.profile import PEOPLE, PeopleError, read_people
from golive.plugin.collection.manifest import Manifest, read_manifest
from golive.plugin.collection.scope import scope_of
from golive.plugin.options import runs_nothing
from golive.profile.loading import ProfileError, available_environments, load_profile, refuse_hosts
from golive.profile.profile import Profile
from golive.profile.redaction import Redactor
from golive.profile.waivers import WaiverError, read_waivers


def utc_now() -> datetime:
    """The instant, by this machine's clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The run's environment, checklist and scope, as files and command line say."""

    environment: str
    root: Path
    """The project's folder, which relative paths are below."""
    profile_path: Path
    profile: Profile
    checklist_path: Path
    checklist: Checklist
    scope: frozenset[str]
    expression: str
    manifest: Manifest
    waivers: tuple[Waiver, ...]
    run_id: str
    reports: Path
    release: ReleaseIdentity
    deployed_at: datetime | None
    faults: tuple[str, ...]
    clock: Clock = utc_now
    started: datetime = field(default_factory=utc_now)
    redactor: Redactor = field(default_factory=Redactor)

    @property
    def folder(self) -> Path:
        """Where this run is recorded."""
        return self.reports / self.environment / self.release.version / self.run_id


SETTINGS = pytest.StashKey[Settings]()
"""There from the configuration on, wherever checks are collected."""


def read_checklist(config: pytest.Config) -> tuple[Path, Checklist]:
    """Read the checklist that the command line names.

    Raises:
        pytest.UsageError: with the line numbers of what is wrong in it.
    """
    named = config.getoption("--checklist")
    path = Path(named) if named else config.rootpath / "checklist.md"
    shown = path.name if not named else str(named)
    try:
        return path, parse_checklist(path.read_text(encoding="utf-8"), source=shown)
    except (OSError, UnicodeDecodeError) as error:
        raise pytest.UsageError(f"checklist {path} cannot be read: {error}") from None
    except ChecklistError as error:
        raise pytest.UsageError(str(error)) from None


def available(config: pytest.Config) -> tuple[str, ...]:
    """Return the environments that there are profiles for."""
    return available_environments(config.rootpath / config.getini("golive_environments"))


def settings_of_any_environment(config: pytest.Config) -> Settings:
    """Return what is needed to look at checks only: the checklist, with any profile for their parameters.

    Raises:
        pytest.UsageError: when there is no profile at all.
    """
    known = available(config)
    if not known:
        raise pytest.UsageError(
            f"no profile in {config.getini('golive_environments')}/: add one, such as staging.toml"
        )
    return read_settings(config, "rehearsal" if "rehearsal" in known else known[0])


def read_settings(config: pytest.Config, environment: str) -> Settings:
    """Read everything that the run rests on, before any request.

    Raises:
        pytest.UsageError: naming file, key or option, and the remedy.
    """
    folder = config.rootpath / config.getini("golive_environments")
    known = available(config)
    if environment not in known:
        raise pytest.UsageError(
            f"--env {environment}: there is no such environment; known: {', '.join(known)}"
        )
    profile_path = (folder / f"{environment}.toml").relative_to(config.rootpath)
    try:
        profile = load_profile(config.rootpath / profile_path)
        if profile.start is None and not runs_nothing(config):
            refuse_hosts(profile, source=str(config.rootpath / profile_path))
    except ProfileError as error:
        raise pytest.UsageError(str(error)) from None
    faults = tuple(config.getoption("--fault"))
    if faults and profile.start is None:
        raise pytest.UsageError(
            f"--fault: {environment} is not started by the run; faults go with --env=rehearsal"
        )
    checklist_path, checklist = read_checklist(config)
    try:
        read_people(config.rootpath / PEOPLE.of(profile).roster)
    except PeopleError as error:
        raise pytest.UsageError(str(error)) from None
    worker_input: dict[str, str] = getattr(config, "workerinput", {})
    expression = config.option.markexpr or ""
    now = utc_now()
    return Settings(
        environment=environment,
        root=config.rootpath,
        profile_path=config.rootpath / profile_path,
        profile=profile,
        checklist_path=checklist_path,
        checklist=checklist,
        scope=scope_of(checklist, expression),
        expression=expression,
        # Who only looks at the checks may be about to write it.
        manifest=Manifest()
        if runs_nothing(config)
        else read_manifest(checklist_path, shown=config.getoption("--checklist") or ""),
        waivers=_waivers(config, checklist, now, environment),
        run_id=worker_input.get("golive_run_id") or f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}",
        reports=config.rootpath / config.getini("golive_reports"),
        release=_release(config, profile, environment),
        deployed_at=_deployed_at(config),
        faults=faults,
        started=now,
    )


def _waivers(
    config: pytest.Config, checklist: Checklist, now: datetime, environment: str
) -> tuple[Waiver, ...]:
    try:
        return read_waivers(config.rootpath / "waivers.toml", checklist, now=now, environment=environment)
    except WaiverError as error:
        raise pytest.UsageError(str(error)) from None


def _release(config: pytest.Config, profile: Profile, environment: str) -> ReleaseIdentity:
    version = config.getoption("--release")
    commit = config.getoption("--commit") or ""
    if version is None:
        if profile.release is None:
            raise pytest.UsageError(
                f"which release of {environment}? Give --release VERSION, or release in the profile"
            )
        return profile.release.model_copy(update={"commit": commit}) if commit else profile.release
    if "/" in version or version in (".", "..", ""):
        raise pytest.UsageError(f"--release {version!r}: not a version (it names a folder of the reports)")
    return ReleaseIdentity(version=version, commit=commit)


def _deployed_at(config: pytest.Config) -> datetime | None:
    text = config.getoption("--deployed-at")
    if text is None:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise pytest.UsageError(f"--deployed-at {text!r}: write 2026-11-28T14:00:00+00:00") from None
    if instant.tzinfo is None:
        raise pytest.UsageError(
            f"--deployed-at {text!r}: without an offset it is no instant; append Z for UTC"
        )
    return instant.astimezone(UTC)
