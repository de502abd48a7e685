"""The HTTP family: lab hosts served, looked at and judged."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding

from golive.http.probe import HttpSurveyor
from golive.http.profile import HttpRequirements
from golive.http.rules import HTTP_CASES, HttpPolicy, judge_addresses, judge_http, strangers
from golive.net.http import HttpProbe
from golive.profile.cases import CaseOverride
from golive.rules.cases import CaseReport
from rehearsal.lab.authority import HOST
from rehearsal.lab.certificate_hosts import Lab
from rehearsal.lab.http_hosts import HEALTHY, HOSTS, ROUTE, VARIANTS, HttpHost
from rehearsal.lab.serving import Handler, serving
from selftests.examples.probe_loopback import access_to
from selftests.lab.family import Family, LabHost

LAB = Lab()
SECURE = LAB.healthy()
NOBODY = 1
"""A port of loopback that refuses connections."""


def judged(
    host: HttpHost,
    folder: Path,
    *,
    secure: Handler | None = None,
    plain_closed: bool = False,
    overrides: Mapping[str, CaseOverride] | None = None,
) -> CaseReport:
    roots = folder / "roots.pem"
    roots.write_bytes(SECURE.trusted.certificate.public_bytes(Encoding.PEM))

    async def look() -> CaseReport:
        async with (
            serving(secure or host.secure(), SECURE.context(folder)) as tls_port,
            serving((host.second or host).secure(), SECURE.context(folder)) as second_port,
            serving(host.plain()) as plain_port,
            serving((host.second or host).plain()) as second_plain_port,
        ):
            plain = (plain_port, second_plain_port) if host.second else (plain_port,)
            at_80 = (NOBODY,) if plain_closed else plain
            at_443 = (tls_port, second_port) if host.second else (tls_port,)
            places = {
                f"{HOST}:443": tuple(f"127.0.0.1:{port}" for port in at_443),
                f"{HOST}:80": tuple(f"127.0.0.1:{port}" for port in at_80),
            }
            access = access_to(places, roots=roots, hosts=(HOST,), deadline=1.0 if secure else 5.0)
            http = HttpProbe(access)
            try:
                paths = HttpRequirements().unexposed_paths
                surveyor = HttpSurveyor(http, access.book)
                seen = await surveyor.survey_all(HOST, paths, strangers(HOST), ("/", ROUTE))
            finally:
                await http.aclose()
        policy = HttpPolicy(datetime.now(UTC), timedelta(days=365), serves_pages=True)
        reports = [judge_http(one, policy, overrides) for one in seen]
        reports += [judge_addresses(seen, overrides)]
        findings = [finding for each in reports for finding in each.findings]
        unknown = [entry for each in reports for entry in each.unknown]
        return CaseReport(f"cases of {HOST}", HTTP_CASES, findings, unknown, overrides or {})

    return asyncio.run(look())


def _look(host: HttpHost, folder: Path) -> CaseReport:
    return judged(host, folder)


FAMILY = Family(
    "HTTP",
    HTTP_CASES,
    [
        *(LabHost(case, "a web server with this", partial(_look, host)) for case, host in HOSTS.items()),
        *(LabHost(case, name, partial(_look, host)) for name, (case, host) in sorted(VARIANTS.items())),
    ],
    [LabHost("", "a web server with nothing wrong", partial(_look, HEALTHY))],
)
