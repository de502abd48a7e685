"""The verification under way: the settings, completed by what the environment says once it is up.

Fixtures and tests take the run's keys from here.
"""

import asyncio
import hashlib
import importlib.metadata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from golive.core.accepted import AcceptedRecords
from golive.core.attestation import Flaw, Rejection
from golive.core.run import RunHeader
from golive.core.waiver import Waiver
from golive.gate.accepted import accept_records
from golive.net.suite_clock import ClockComparison
from golive.people.attestations import read_records
from golive.people.profile import PEOPLE, PeopleError, read_people
from golive.plugin.running.compared_clock import ComparedClock
from golive.plugin.settings import SETTINGS, Settings, utc_now
from golive.profile.loading import ProfileError, load_profile, refuse_hosts
from golive.profile.secrets import MissingSecretError, Secrets, demanded_secrets, find_secrets

__all__ = ["SETTINGS", "VERIFICATION", "Settings", "Verification", "complete", "utc_now"]


@dataclass(frozen=True, kw_only=True)
class Verification(Settings):
    """The settings with the whole profile, and the secrets that it names."""

    secrets: Secrets
    machine_clock: ComparedClock

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
        return await self.machine_clock.compare()

    def waivers_in_force(self) -> tuple[Waiver, ...]:
        """The waivers; none where nobody knows whether they have expired. Outside an event loop only."""
        return self.waivers if self.waivers and self._knows_the_time() else ()

    def _knows_the_time(self) -> bool:
        return asyncio.run(self.machine_clock.is_right())

    def accepted_records(self, now: datetime) -> AcceptedRecords:
        """What people signed about this release here, as far as it is accepted at ``now``.

        Outside an event loop only. Nothing is accepted, and nothing is invalid, where nobody knows the
        time: each record is valid for a while. Where the file of people became unreadable since the run
        began, nobody is anybody: nothing is accepted.
        """
        people = PEOPLE.of(self.profile)
        folder = people.model_copy(update={"folder": self.root / people.folder})
        try:
            everybody = read_people(folder.roster)
        except PeopleError as error:
            words = Rejection(subject="", path=folder.roster.name, flaw=Flaw.UNREADABLE, reason=str(error))
            return AcceptedRecords(rejections=(words,))
        found = read_records(folder, self.environment, self.release, now=now)
        if (found.signed or found.rejected) and not self._knows_the_time():
            return AcceptedRecords()
        accepted = accept_records(
            found, self.checklist, everybody, environment=self.environment, release=self.release, now=now
        )
        return accepted.with_words(self.redactor.scrub)


VERIFICATION = pytest.StashKey[Verification]()
"""There once the environment is up, which is before the first fixture."""


def complete(settings: Settings, overlay: Mapping[str, Any], environ: Mapping[str, str]) -> Verification:
    """Take in what the started environment says of itself, and find the secrets.

    Raises:
        pytest.UsageError: the profile does not fit, or a secret is missing.
    """
    source = str(settings.profile_path)
    try:
        profile = load_profile(settings.profile_path, overlay=overlay)
        refuse_hosts(profile, source=source)
        secrets = find_secrets(
            profile,
            source=source,
            environ=environ,
            demanded=demanded_secrets(profile, settings.checklist, settings.scope),
        )
    except (ProfileError, MissingSecretError) as error:
        raise pytest.UsageError(str(error)) from None
    for secret in secrets:
        settings.redactor.add(secret)
    release = settings.release
    found = profile.release
    if found is not None and not release.commit and found.version == release.version:
        release = found
    return Verification(
        environment=settings.environment,
        root=settings.root,
        profile_path=settings.profile_path,
        profile=profile,
        checklist_path=settings.checklist_path,
        checklist=settings.checklist,
        scope=settings.scope,
        expression=settings.expression,
        manifest=settings.manifest,
        waivers=settings.waivers,
        run_id=settings.run_id,
        reports=settings.reports,
        release=release,
        deployed_at=settings.deployed_at,
        faults=settings.faults,
        clock=settings.clock,
        started=settings.started,
        redactor=settings.redactor,
        secrets=secrets,
        machine_clock=ComparedClock(profile, settings.clock),
    )
