"""The CDN family: lab edges served, looked at and judged; for assets, and for what must pass unshared."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding

from golive.api.fixtures import ApiClient
from golive.api.fixtures_accounts import SignIn
from golive.cdn.fixtures import PassingAnswers
from golive.cdn.observation import CdnSurvey
from golive.cdn.observation_answers import AnswerSurvey
from golive.cdn.probe import CdnSurveyor
from golive.cdn.profile import Cdn
from golive.cdn.rules import judge_assets
from golive.cdn.rules_answers import CDN_CASES, judge_answers
from golive.net.access import Access
from golive.net.http import HttpProbe
from golive.plugin.verification import utc_now
from golive.profile.profile import present, profile_model
from golive.profile.redaction import Redactor
from golive.profile.secrets import Secret, Secrets
from golive.profile.subjects import load_subjects
from golive.rules.cases import CaseReport
from rehearsal.lab import cdn_hosts, passing_hosts
from rehearsal.lab.authority import HOST
from rehearsal.lab.cdn_hosts import FAILING, KEY, MANIFEST, CdnHost
from rehearsal.lab.certificate_hosts import Lab
from rehearsal.lab.h2_serving import Answering, negotiated
from rehearsal.lab.passing_hosts import ADDRESS, PassingHost
from rehearsal.lab.serving import Handler, serving
from selftests.examples.probe_loopback import access_to
from selftests.lab.family import Family, LabHost

LAB = Lab()
SECURE = LAB.healthy()
URL = f"https://{HOST}"


@asynccontextmanager
async def _edge(
    answering: Answering, folder: Path, *, http2: bool = True, secure: Handler | None = None
) -> AsyncIterator[tuple[Access, HttpProbe]]:
    """Serve an edge under the lab's name, and yield the way to it."""
    roots = folder / "roots.pem"
    roots.write_bytes(SECURE.trusted.certificate.public_bytes(Encoding.PEM))
    context = SECURE.context(folder)
    context.set_alpn_protocols(["h2", "http/1.1"] if http2 else ["http/1.1"])
    async with serving(secure or negotiated(answering), context) as port:
        deadline = 0.5 if secure else 5.0
        places = {f"{HOST}:443": (f"127.0.0.1:{port}",)}
        access = access_to(places, roots=roots, hosts=(HOST, "127.0.0.1"), deadline=deadline)
        http = HttpProbe(access)
        try:
            yield access, http
        finally:
            await http.aclose()


def surveyed(host: CdnHost, folder: Path, *, secure: Handler | None = None, **declared: object) -> CdnSurvey:
    """Look at an asset host from every side; ``declared`` is what the profile says of it beside the usual."""

    async def look() -> CdnSurvey:
        async with (
            serving(negotiated(host.origin())) as origin_port,
            _edge(host.edge(), folder, http2=host.http2, secure=secure) as (access, http),
        ):
            origin = {"url": f"http://127.0.0.1:{origin_port}", "key": {"secret": "key"}}
            settings = {"manifest": MANIFEST, "failing_path": FAILING, "origin": origin} | declared
            cdn = Cdn.model_validate({"url": URL, **settings})
            return await CdnSurveyor(access, http, cdn, URL, Secret(KEY)).survey()

    return asyncio.run(look())


def judged(host: CdnHost, folder: Path, **declared: object) -> CaseReport:
    """Every case that an asset host shows."""
    return judge_assets(surveyed(host, folder, **declared))


def answered(host: PassingHost, folder: Path) -> AnswerSurvey:
    """Look at what must pass an edge unshared, as two accounts and as nobody."""

    async def look() -> AnswerSurvey:
        async with _edge(host.edge(), folder) as (access, http):
            load_subjects(Path(__file__).parents[2])
            profile = profile_model().model_validate(_PROFILE)
            api = ApiClient(http, present(profile.targets.api, "api"), profile.routes, profile.wire)
            secrets = Secrets({role: Secret(f"the token of the {role}") for role in _ROLES}, profile.secrets)
            sign_in = SignIn(api, profile, secrets, Redactor(secrets), utc_now)
            return await PassingAnswers(access, http, api, profile, sign_in).survey()

    return asyncio.run(look())


def judged_answers(host: PassingHost, folder: Path) -> CaseReport:
    """Every case that pages and personal answers show."""
    return judge_answers(answered(host, folder), Cdn(url=URL).bounds.page_lifetime)


_ROLES = ("listener", "friend")
_PARTS: dict[str, Any] = {
    "app": {"url": URL},
    "api": {"url": URL, "dependencies": ["database"]},
    "cdn": {"url": URL, "client_address": {"route": ADDRESS}},
    "realtime": {"url": URL, "protocol": "socket.io"},
}
_PROFILE = {
    "schema": 1,
    "title": "Lab",
    "targets": _PARTS,
    "authentication": {"strategy": "token"},
    "accounts": {role: {"email": f"{role}@{HOST}", "token": role} for role in _ROLES},
    "secrets": {role: {"variable": role.upper()} for role in _ROLES},
    "budgets": dict.fromkeys(
        ("api_p95", "recommendations_p95", "realtime_delivery", "page_load", "first_byte"), "1 s"
    ),
    "control": {"targets": ["127.0.0.1:1"]},
    "allow": {"hosts": {}},
}


FAMILY = Family(
    "CDN",
    CDN_CASES,
    [
        *(
            LabHost(case, "an asset host with this", partial(judged, host))
            for case, host in cdn_hosts.HOSTS.items()
        ),
        *(
            LabHost(case, name, partial(judged, host))
            for name, (case, host) in sorted(cdn_hosts.VARIANTS.items())
        ),
        *(
            LabHost(case, "an edge before an application, with this", partial(judged_answers, host))
            for case, host in passing_hosts.HOSTS.items()
        ),
        *(
            LabHost(case, name, partial(judged_answers, host))
            for name, (case, host) in sorted(passing_hosts.VARIANTS.items())
        ),
    ],
    [
        LabHost("", "an asset host with nothing wrong", partial(judged, cdn_hosts.HEALTHY)),
        LabHost("", "an edge that shares nothing personal", partial(judged_answers, passing_hosts.HEALTHY)),
    ],
)
