"""Certificates and HTTPS of every public host, at each of its addresses."""

import asyncio
from urllib.parse import urlsplit

import pytest

from golive.http.rules import HSTS_CASES, REDIRECT_CASES, HttpPolicy, judge_addresses, judge_http, strangers
from golive.rules.cases import expect_no_blocking_case
from golive.tls.rules import expect_current_protocol, expect_name_matches, expect_protocol, expect_trusted
from golive.tls.rules_certificates import VALIDITY_CASES, judge_certificates
from golive.tls.rules_protocols import judge_protocols

pytestmark = [pytest.mark.checklist("infra.tls"), pytest.mark.harm("unusable")]


@pytest.fixture(scope="session")
def http_policy(profile, now):
    """What the profile asks of a public host's answers, at the moment of asking."""

    def policy(host):
        pages = urlsplit(profile.targets.app.url).hostname if profile.targets.app else None
        return HttpPolicy(
            now(), profile.tls.hsts_max_age, profile.http.clock_skew, serves_pages=host == pages
        )

    return policy


async def test_certificate_is_trusted(public_host, tls, evidence):
    """Every address of a public host proves itself with a chain that the trust store accepts."""
    observations = [evidence(seen) for seen in await tls.observe_all(public_host)]
    expect_trusted(observations)


async def test_certificate_names_the_host(public_host, tls, evidence):
    """The certificate names the host in its alternative names, at every address."""
    observations = [evidence(seen) for seen in await tls.observe_all(public_host)]
    expect_name_matches(observations)


async def test_certificate_outlives_the_renewal_window(
    public_host, host_certificates, certificate_policy, evidence, profile
):
    """Every certificate that is sent is valid beyond the renewal window (T01, T02, T22, T25, T28)."""
    seen = [evidence(one) for one in await host_certificates.observe_all(public_host)]
    report = judge_certificates(seen, certificate_policy, profile.cases)
    expect_no_blocking_case(evidence(report.only(*VALIDITY_CASES)))


async def test_required_tls_versions_are_spoken(public_host, tls, evidence, profile):
    """Every address speaks the TLS versions that the profile demands, or one of TLS 1.2 and 1.3."""
    demanded = profile.tls.protocols
    addresses = [seen.address for seen in await tls.observe_all(public_host)]
    offers = [
        tls.accepts(public_host, 443, version, address=address)
        for version in demanded or ("TLSv1.2", "TLSv1.3")
        for address in addresses
    ]
    seen = [evidence(one) for one in await asyncio.gather(*offers)]
    if demanded:
        expect_protocol(seen, accepted=True)
    else:
        expect_current_protocol(seen)


async def test_plain_http_leads_to_https(public_host, http_surveyor, http_policy, evidence, profile):
    """Plain HTTP is answered by a redirect to HTTPS of the same site, by nothing else (H08 to H13, H26)."""
    surveys = [evidence(seen) for seen in await http_surveyor.survey_all(public_host)]
    reports = [
        judge_http(seen, http_policy(public_host), profile.cases).only(*REDIRECT_CASES) for seen in surveys
    ]
    expect_no_blocking_case([evidence(report) for report in reports])


@pytest.mark.harm("people")
async def test_https_is_pinned_by_hsts(public_host, http_surveyor, http_policy, evidence, profile):
    """Strict-Transport-Security is valid and holds long enough on every public host (H01 to H07)."""
    surveys = [evidence(seen) for seen in await http_surveyor.survey_all(public_host)]
    reports = [
        judge_http(seen, http_policy(public_host), profile.cases).only(*HSTS_CASES) for seen in surveys
    ]
    expect_no_blocking_case([evidence(report) for report in reports])


async def test_no_certificate_case_is_met(
    public_host, host_certificates, certificate_policy, evidence, profile
):
    """No certificate case that blocks a launch is met at any address of a public host."""
    seen = [evidence(one) for one in await host_certificates.observe_all(public_host)]
    expect_no_blocking_case(evidence(judge_certificates(seen, certificate_policy, profile.cases)))


@pytest.mark.harm("people")
async def test_no_protocol_case_is_met(public_host, tls_protocols, evidence, profile):
    """No protocol case that blocks a launch is met at any address of a public host."""
    seen = [evidence(one) for one in await tls_protocols.survey_all(public_host)]
    expect_no_blocking_case(evidence(judge_protocols(seen, profile.cases)))


@pytest.mark.harm("people")
async def test_no_http_case_is_met(public_host, routes_of, http_surveyor, http_policy, evidence, profile):
    """No HTTP case that blocks a launch (H01 to H31) is met at any address of a public host."""
    paths, origins, routes = profile.http.unexposed_paths, strangers(public_host), routes_of(public_host)
    looked = await http_surveyor.survey_all(public_host, paths, origins, routes)
    surveys = [evidence(seen) for seen in looked]
    reports = [judge_http(seen, http_policy(public_host), profile.cases) for seen in surveys]
    reports += [judge_addresses(surveys, profile.cases)]
    expect_no_blocking_case([evidence(report) for report in reports])
