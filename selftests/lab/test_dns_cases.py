"""Every DNS case is detected in the lab by its own id, and a healthy zone raises nothing."""

import asyncio

import pytest

from golive.core.outcome import Blind
from golive.dns.probe_zone import ZoneSurveyor
from golive.dns.profile import Dns
from golive.dns.rules_resolvers import dns_cases
from golive.net.addresses import AddressBook
from golive.profile.cases import CaseOverride
from golive.profile.profile import Network
from golive.rules.cases import expect_no_blocking_case
from rehearsal.lab.dns import OLD, healthy
from rehearsal.lab.dns_cases import CASES
from selftests.lab.family import expect_case
from selftests.lab.zones import judged

EVERY = [(name, change) for name, changes in CASES.items() for change in changes]
BESIDE = {
    "D05A": {"D05"},
    "D08": {"D07"},
    "D15": {"D16"},
    "D17": {"D22"},
    "D18": {"D17", "D22"},
    "D36": {"D45"},
    "D37": {"D45"},
    "D39": {"D44"},
    "D41": {"D02"},
}
"""Case to the cases that it brings about beside itself, rightly."""


def test_a_healthy_zone_raises_nothing():
    report = judged(healthy())
    assert not report.findings, report.facts()
    assert not report.unknown, report.facts()
    expect_no_blocking_case(report)


def test_every_case_has_a_lab_host():
    assert set(CASES) == {case.id for case in dns_cases()}


@pytest.mark.parametrize(
    ("name", "change"), EVERY, ids=[f"{name}-{change.__name__}" for name, change in EVERY]
)
def test_case_is_detected(name, change):
    lab = healthy()
    change(lab)
    report = judged(lab)
    expect_case(report, name, BESIDE.get(name, set()))
    severity = {case.id: case.severity for case in report.cases}
    if severity[name] == "blocking":
        with pytest.raises(AssertionError, match=name):
            expect_no_blocking_case(report)


def test_the_profile_lowers_a_case_with_its_reason():
    lab = healthy()
    lab.everywhere("", "CAA", '0 issue ";"')
    lowered = {"D33": CaseOverride(severity="advisory", reason="no certificate is due this year")}
    report = judged(lab, lowered)
    expect_no_blocking_case(report)
    assert report.verdicts()["D33"] == "advisory"
    assert "no certificate" in str(report.facts()["changed by the profile"])


def test_without_a_way_to_ask_the_zone_is_not_seen():
    """A parent that answers nothing and no server of its own: blind, and neither fine nor bogus."""
    target = Dns.model_validate(
        {
            "zone": "lab.test",
            "records": [{"name": "lab.test", "type": "A", "values": ["192.0.2.1"]}],
            "start": [{"name": "ns.test", "address": "127.0.0.1:9"}],
            "bounds": {"question_deadline": "200 ms"},
        }
    )
    with pytest.raises(Blind, match="delegation cannot be seen"):
        asyncio.run(ZoneSurveyor(AddressBook(Network())).survey(target, ()))


def test_a_cutover_decides_by_its_moment():
    """The old address in a resolver is expected until its TTL has passed, and blocks afterwards."""
    for moment, word in (("at-change", "advisory"), ("after-ttl", "failed")):
        lab = healthy()
        lab.resolver.remembered["api.lab.test", "A"] = OLD
        lab.declared["cutover"] = {"moment": moment, "old_addresses": [OLD]}
        report = judged(lab)
        assert report.verdicts()["D46"] == word
