"""What a process of the run knows about the verification under way."""

import asyncio
import hashlib
import importlib.metadata
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from golive.core.accepted import Standing
from golive.core.attestation import Flaw, Rejection
from golive.core.checklist import Checklist, ChecklistError
from golive.core.checklist_markdown import parse_checklist
from golive.core.run import ReleaseIdentity, RunHeader
from golive.core.waiver import Waiver
from golive.gate.accepted import stand
from golive.net.suite_clock import Clock, ClockComparison, ClockState
from golive.people.attestations import read_records
from golive.people.profile import PEOPLE, PeopleError, read_people
from golive.plugin.manifest import Manifest, read_manifest
from golive.plugin.options import runs_nothing
from golive.plugin.scope import scope_of
from golive.profile.loading import ProfileError, available_environments, load_profile, refuse_hosts
from golive.profile.profile import Profile
from golive.profile.redaction import Redactor
from golive.profile.secrets import MissingSecretError, Secrets, demanded_secrets, find_secrets
from golive.profile.waivers import WaiverError, read_waivers
from golive.tls.clock_survey import survey_clock


def utc_now() -> datetime:
    """The instant, by this machine's clock."""
    return datetime.now(UTC)


@dataclass
class Verification:
    """The run's environment, checklist and scope. ``profile`` is complete once the environment is up."""

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
    secrets: Secrets | None = None
    _comparison: ClockComparison | None = None

    @property
    def folder(self) -> Path:
        """Where this run is recorded."""
        return self.reports / self.environment / self.release.version / self.run_id

    def complete(self, overlay: dict[str, Any], environ: dict[str, str]) -> None:
        """Take in what the started environment says of itself, and find the secrets.

        Raises:
            pytest.UsageError: the profile does not fit, or a secret is missing.
        """
        try:
            self.profile = load_profile(self.profile_path, overlay=overlay)
            refuse_hosts(self.profile, source=str(self.profile_path))
            self.secrets = find_secrets(
                self.profile,
                source=str(self.profile_path),
                environ=environ,
                demanded=demanded_secrets(self.profile, self.checklist, self.scope),
            )
        except (ProfileError, MissingSecretError) as error:
            raise pytest.UsageError(str(error)) from None
        for secret in self.secrets:
            self.redactor.add(secret)
        found = self.profile.release
        if found is not None and not self.release.commit and found.version == self.release.version:
            self.release = found

    def header(self) -> RunHeader:
        """What the record says of the run at its start."""
        text = self.checklist.text.encode()
        absent = self.profile.absent_features()
        judged = self.scope | self._summed_up()
        return RunHeader(
            run_id=self.run_id,
            environment=self.environment,
            environment_title=self.profile.title,
            watermark=self.profile.watermark,
            release=self.release,
            vantage=self.profile.vantage,
            started=self.started,
            deployed_at=self.deployed_at,
            golive_version=importlib.metadata.version("golive"),
            checklist_source=self.checklist.source,
            checklist_digest=hashlib.sha256(text).hexdigest(),
            marker_expression=self.expression,
            scope=tuple(item for item in self.checklist.items if item in self.scope),
            absent_parts=self.profile.absent_parts(),
            absent_features=absent,
            expected_checks={
                item: checks for item, checks in self.manifest.expected(absent).items() if item in judged
            },
            targets=self.profile.public_urls(),
            faults=self.faults,
            waivers=tuple(waiver.with_words(self.redactor.scrub) for waiver in self.waivers_in_force()),
        )

    def _summed_up(self) -> frozenset[str]:
        """Lines outside the scope that a line inside it sums up: what must answer them counts there."""
        computed = [self.checklist.items[item] for item in self.scope]
        lines = [line for item in computed if item.completes for line in self.checklist.completed_by(item)]
        return frozenset(name for line in lines for name in (line.id, *line.children))

    async def compared_clock(self) -> ClockComparison:
        """What is known of this machine's clock; others are asked when somebody first needs to know."""
        if self._comparison is None:
            self._comparison = await survey_clock(self.profile, self.clock)
        return self._comparison

    def clock_notes(self) -> list[str]:
        """What a reader must know of this machine's clock; nothing where it is right, or nobody needed it."""
        seen = self._comparison
        if seen is None or seen.state is ClockState.RIGHT:
            return []
        return [f"{seen.words}: no waiver and no signed record counted, for each of them ends; {seen.remedy}"]

    def waivers_in_force(self) -> tuple[Waiver, ...]:
        """The waivers; none where nobody knows whether they have expired. Outside an event loop only."""
        return self.waivers if self.waivers and self._knows_the_time() else ()

    def _knows_the_time(self) -> bool:
        return asyncio.run(self.compared_clock()).state is ClockState.RIGHT

    def standing(self, now: datetime) -> Standing:
        """What people signed about this release here, as far as it stands at ``now``.

        Outside an event loop only. Nothing stands, and nothing is foul, where nobody knows the time: each
        record is valid for a while. Where the file of people became unreadable since the run began, nobody is
        anybody: nothing stands.
        """
        people = PEOPLE.of(self.profile)
        folder = people.model_copy(update={"folder": self.root / people.folder})
        try:
            everybody = read_people(folder.roster)
        except PeopleError as error:
            words = Rejection(subject="", path=folder.roster.name, flaw=Flaw.UNREADABLE, reason=str(error))
            return Standing(rejections=(words,))
        found = read_records(folder, self.environment, self.release, now=now)
        if (found.signed or found.rejected) and not self._knows_the_time():
            return Standing()
        standing = stand(
            found, self.checklist, everybody, environment=self.environment, release=self.release, now=now
        )
        return standing.with_words(self.redactor.scrub)


VERIFICATION = pytest.StashKey[Verification]()


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


def begin_without_environment(config: pytest.Config) -> Verification:
    """Return what is needed to look at checks only: the checklist, with any profile for their parameters.

    Raises:
        pytest.UsageError: when there is no profile at all.
    """
    known = available(config)
    if not known:
        raise pytest.UsageError(
            f"no profile in {config.getini('golive_environments')}/: add one, such as staging.toml"
        )
    return begin_verification(config, "rehearsal" if "rehearsal" in known else known[0])


def begin_verification(config: pytest.Config, environment: str) -> Verification:
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
    worker_input: dict[str, Any] = getattr(config, "workerinput", {})
    expression = config.option.markexpr or ""
    now = utc_now()
    return Verification(
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
