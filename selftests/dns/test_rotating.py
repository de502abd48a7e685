"""Answers that rotate, are weighted or lie in a zone below are no two views of a zone; a stale server is."""

import asyncio
from dataclasses import replace

import pytest

from golive.core.outcome import Blind
from golive.dns.probe import DnsProbe
from golive.dns.profile import Dns
from golive.dns.rules import expect_authoritative, expect_records
from golive.net.addresses import AddressBook
from golive.profile.profile import Network
from golive.rules.cases import expect_no_blocking_case
from rehearsal.lab.dns import OLD, WEB, healthy, running
from rehearsal.lab.dns_rotating import API, POOL, RIGHT, WRONG, delegate_api, soa_times
from selftests.lab.family import found
from selftests.lab.zones import judged

OF_ANSWERS = {"D02", "D45"}


@pytest.mark.parametrize("name", RIGHT)
def test_a_zone_that_answers_as_large_providers_do_is_not_blocked(name):
    lab = healthy()
    RIGHT[name](lab)
    report = judged(lab)
    expect_no_blocking_case(report)
    assert {report.verdicts()[case] for case in OF_ANSWERS} == {"ok"}, report.facts()


@pytest.mark.parametrize("name", WRONG)
def test_a_server_or_resolver_with_other_answers_is_found_all_the_same(name):
    case, change = WRONG[name]
    lab = healthy()
    change(lab)
    report = judged(lab)
    assert found(report) & OF_ANSWERS == {case}, report.facts()


def test_a_zone_below_whose_server_is_dead_is_not_fine():
    lab = healthy()
    delegate_api(lab, answers=False)
    del lab.resolver.remembered[API, "A"]
    report = judged(lab)
    with pytest.raises(Exception, match=r"D\d\d"):
        expect_no_blocking_case(report)


def test_a_zone_below_without_an_address_is_not_fine():
    lab = healthy()
    delegate_api(lab, recorded=False)
    assert "D45" in found(judged(lab))


@pytest.mark.parametrize(
    ("minimum", "ttl", "verdict"),
    [(86400, 300, "ok"), (300, 86400, "ok"), (3600, 3600, "ok"), (86400, 7200, "advisory")],
)
def test_negative_answers_are_kept_for_the_lower_of_both_times(minimum, ttl, verdict):
    lab = healthy()
    soa_times(minimum, ttl)(lab)
    assert judged(lab).verdicts()["D27"] == verdict


def declared(change, *values: str, name: str = API):
    """What the declared record of a name comes to."""
    lab = healthy()
    change(lab)

    async def look():
        async with running(lab) as at:
            book = AddressBook(Network.model_validate({"addresses": at.addresses}))
            target = Dns.model_validate(at.dns)
            answers = await DnsProbe(book).query_each(target.nameservers, name, "A", whole=values)
            expect_authoritative(answers)
            expect_records(answers, values)
            return answers

    return asyncio.run(look())


@pytest.mark.parametrize(
    ("change", "values"),
    [
        (RIGHT["another four of eight each time"], POOL),
        (RIGHT["weighted, nine to one"], POOL[:2]),
        (RIGHT["the same in another order"], POOL),
        (delegate_api, (WEB,)),
    ],
)
def test_a_declared_record_may_be_given_in_parts_or_by_a_zone_below(change, values):
    assert declared(change, *values)


def test_what_rotation_did_not_show_is_unknown_and_not_wrong():
    (seen,) = {one.server: one for one in declared(RIGHT["weighted, nine to one"], *POOL[:2])[:1]}.values()
    with pytest.raises(Blind, match=r"answers rotate, and 93\.184\.215\.23 was in none of"):
        expect_records(replace(seen, rotates=True), POOL[:3])
    with pytest.raises(AssertionError, match="DNS records"):
        expect_records(replace(seen, rotates=False), POOL[:3])


@pytest.mark.parametrize(
    ("change", "values"),
    [
        (RIGHT["another four of eight each time"], POOL[:4]),
        (RIGHT["another four of eight each time"], (*POOL[:7], OLD)),
        (WRONG["a server that always gives one old address"][1], POOL),
        (WRONG["a server that rotates through an old address, too"][1], POOL[:4]),
        (delegate_api, (OLD,)),
        (lambda lab: lab.everywhere(API, "A", WEB), (WEB, OLD)),
    ],
)
def test_a_declared_record_with_another_value_or_without_one_is_found(change, values):
    with pytest.raises(AssertionError, match="DNS records"):
        declared(change, *values)


def test_what_no_server_answered_is_unknown_whatever_a_resolver_remembers():
    lab = healthy()
    delegate_api(lab, answers=False)
    assert judged(lab).verdicts()["D45"] == "unknown"
