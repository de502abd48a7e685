"""The firewall: what must be open is, what must not be is not, over IPv4 and IPv6."""

import asyncio
from urllib.parse import urlsplit

import pytest

from golive.core.outcome import Blind
from golive.fleet.rules_ports import expect_closed, expect_open
from golive.rules.controls import expect_twin_spoken
from golive.rules.failure import fail

pytestmark = [pytest.mark.checklist("infra.firewall"), pytest.mark.harm("people")]

FAMILIES = [pytest.param(family, marks=pytest.mark.needs(family)) for family in ("ipv4", "ipv6")]
REFUSALS = (401, 403, 404, 405, 410)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.harm("unusable")
async def test_declared_ports_are_open(family, firewall_view, evidence):
    """Every port that must be open accepts connections at every address of its host."""
    must_be_open, _ = firewall_view.of(family)
    expect_open([evidence(seen) for seen in must_be_open])


@pytest.mark.parametrize("family", FAMILIES)
async def test_everything_else_is_closed(family, firewall_view, evidence):
    """Database, cache, metrics, administration and origins are closed, while a control port is open."""
    control, must_be_closed = firewall_view.of(family)
    observations = [evidence(seen) for seen in must_be_closed]
    evidence.note("control ports", **{seen.title: seen.state for seen in control})
    expect_closed(observations, control)


@pytest.mark.needs("routes.health")
async def test_private_paths_are_not_served_in_public(firewall, api, access, evidence):
    """Metrics and administration are refused at every public address of the API."""
    parts, health = urlsplit(api.target.url), api.url(api.routes.health)
    bases = dict.fromkeys((api.target.url, f"{parts.scheme}://{parts.netloc}"))
    port = parts.port or 443
    addresses = await access.book.resolve(parts.hostname, port)
    # Beside the API's own answer there: what refuses everybody shows nothing of these paths.
    for answer in await asyncio.gather(*(api.http.get(health, address=address) for address in addresses)):
        expect_twin_spoken(evidence(answer), "the API answers at its public address")
    asked = [
        api.http.get(f"{base}{path}", address=address)
        for base in bases
        for path in firewall.private_paths
        for address in addresses
    ]
    seen = await asyncio.gather(*asked, return_exceptions=True)
    errors = [error for error in seen if isinstance(error, BaseException)]
    answers = [evidence(answer) for answer in seen if not isinstance(answer, BaseException)]
    for answer in answers:
        if answer.status < 500 and answer.status not in REFUSALS:
            wanted = " or ".join(map(str, REFUSALS))
            fail("private path", expected=wanted, observed=answer.status, where=answer.title)
    # That nobody gets in at all is other lines' failure, and says nothing about what is inside.
    silent = [*errors, *(f"{seen.status} — {seen.title}" for seen in answers if seen.status >= 500)]
    if silent:
        raise Blind(f"a private path got no answer of its own: {silent[0]}", remedy="fix the way there")


@pytest.mark.needs("firewall_attestation")
async def test_rule_set_is_the_reviewed_one(attested, document_of, evidence):
    """The rule set in use is, to the byte, the one that its reviewers attested."""
    rules = evidence(await document_of("infra.firewall"))
    attested("infra.firewall", digest=rules.sha256)
