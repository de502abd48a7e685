"""Certificates and HTTPS of every public host, at each of its addresses."""

import asyncio

import pytest

from golive.http.rules import HttpPolicy, judge_http, strangers
from golive.rules.cases import expect_no_blocking_case
from golive.rules.http import expect_hsts, expect_redirect_to_https
from golive.tls.rules import expect_name_matches, expect_protocol, expect_remaining_validity, expect_trusted
from golive.tls.rules_certificates import judge_certificates
from golive.tls.rules_protocols import judge_protocols

pytestmark = pytest.mark.checklist("infra.tls")


async def test_certificate_is_trusted(public_host, tls, evidence):
    """Every address of a public host proves itself with a chain that the trust store accepts."""
    observations = [evidence(seen) for seen in await tls.observe_all(public_host)]
    expect_trusted(observations)


async def test_certificate_names_the_host(public_host, tls, evidence):
    """The certificate names the host in its alternative names, at every address."""
    observations = [evidence(seen) for seen in await tls.observe_all(public_host)]
    expect_name_matches(observations)


async def test_certificate_outlives_the_renewal_window(public_host, tls, evidence, profile, now):
    """Every certificate that is sent is valid beyond the renewal window."""
    observations = [evidence(seen) for seen in await tls.observe_all(public_host)]
    expect_remaining_validity(observations, at_least=profile.tls.window, now=now())


async def test_required_tls_versions_are_spoken(public_host, tls, evidence, profile):
    """Every address speaks the TLS versions that the profile demands."""
    addresses = [seen.address for seen in await tls.observe_all(public_host)]
    offers = [
        tls.accepts(public_host, 443, version, address=address)
        for version in profile.tls.protocols
        for address in addresses
    ]
    expect_protocol([evidence(seen) for seen in await asyncio.gather(*offers)], accepted=True)


async def test_plain_http_leads_to_https(public_host, http, evidence):
    """Plain HTTP is answered by a redirect to the same place over HTTPS, and by nothing else."""
    observation = evidence(await http.get(f"http://{public_host}/some/place?with=query"))
    expect_redirect_to_https(observation)


async def test_https_is_pinned_by_hsts(public_host, http, evidence, profile):
    """Strict-Transport-Security holds long enough on every public host."""
    observation = evidence(await http.get(f"https://{public_host}/"))
    expect_hsts(observation, profile.tls.hsts_max_age)


async def test_no_certificate_case_is_met(
    public_host, host_certificates, certificate_policy, evidence, profile
):
    """No certificate case that blocks a launch is met at any address of a public host."""
    seen = [evidence(one) for one in await host_certificates.observe_all(public_host)]
    expect_no_blocking_case(evidence(judge_certificates(seen, certificate_policy, profile.cases)))


async def test_no_protocol_case_is_met(public_host, tls_protocols, evidence, profile):
    """No protocol case that blocks a launch is met at any address of a public host."""
    seen = [evidence(one) for one in await tls_protocols.survey_all(public_host)]
    expect_no_blocking_case(evidence(judge_protocols(seen, profile.cases)))


async def test_no_http_case_is_met(public_host, routes_of, http_surveyor, evidence, profile, now):
    """No HTTP case that blocks a launch (H01 to H22) is met at any address of a public host."""
    wanted = HttpPolicy(now(), profile.tls.hsts_max_age, profile.http.clock_skew)
    paths, origins, routes = profile.http.unexposed_paths, strangers(public_host), routes_of(public_host)
    looked = await http_surveyor.survey_all(public_host, paths, origins, routes)
    surveys = [evidence(seen) for seen in looked]
    expect_no_blocking_case([evidence(judge_http(seen, wanted, profile.cases)) for seen in surveys])
