"""The DNS family: lab zones served, looked at and judged."""

import asyncio
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from golive.dns.probe_zone import ZoneSurveyor
from golive.dns.profile import Dns
from golive.dns.rules_resolvers import dns_cases, judge_zone
from golive.net.addresses import AddressBook
from golive.profile.cases import CaseOverride
from golive.profile.profile import Network
from golive.rules.cases import CaseReport
from rehearsal.lab.dns import Lab, healthy, running
from rehearsal.lab.dns_cases import CASES, Change
from selftests.lab.family import Family, LabHost


def judged(lab: Lab, overrides: dict[str, CaseOverride] | None = None) -> CaseReport:
    """Every case of a zone."""
    return timed(lab, overrides)[0]


def timed(lab: Lab, overrides: dict[str, CaseOverride] | None = None) -> tuple[CaseReport, float]:
    """Every case of a zone, and the seconds that looking and judging took, without the servers' start."""

    async def look() -> tuple[CaseReport, float]:
        async with running(lab) as at:
            target = Dns.model_validate(at.dns)
            book = AddressBook(Network.model_validate({"addresses": at.addresses}))
            began = time.perf_counter()
            survey = await ZoneSurveyor(book).survey(target, at.hosts)
            report = judge_zone(survey, target, overrides or {}, datetime.now(UTC))
            return report, time.perf_counter() - began

    return asyncio.run(look())


def _look(change: Change | None, _: Path) -> CaseReport:
    lab = healthy()
    if change:
        change(lab)
    return judged(lab)


FAMILY = Family(
    "DNS",
    dns_cases(),
    [
        LabHost(name, change.__name__.replace("_", " "), partial(_look, change))
        for name, changes in CASES.items()
        for change in changes
    ],
    [LabHost("", "a signed zone at two servers", partial(_look, None))],
)
