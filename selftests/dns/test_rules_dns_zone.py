"""A zone of which nothing was seen is not fine, whatever is declared of it."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive.core.outcome import Blind
from golive.dns.observation import Delegation, Server, ZoneSurvey
from golive.dns.profile import Dns
from golive.dns.reply import Question, Reply
from golive.dns.rules_resolvers import dns_cases, judge_zone
from golive.net.address import Address
from golive.rules.cases import expect_no_blocking_case

ZONE = "audotics.test"
TARGET = Dns.model_validate({"zone": ZONE, "records": [{"name": ZONE, "type": "A", "values": ["192.0.2.1"]}]})
NOW = datetime(2026, 11, 23, tzinfo=UTC)
words = st.sampled_from(["silent", "refused", "broken", "unreachable", "malformed"])


def survey(delegation: Delegation, *servers: Server) -> ZoneSurvey:
    return ZoneSurvey(ZONE, (ZONE,), delegation, servers, {}, (), (), None, f"stray.{ZONE}", 1.0)


def failed(error: str) -> Server:
    at = Address("192.0.2.53", 53)
    reply = Reply(Question(ZONE, "SOA"), "ns1", at, error=error)
    return Server("ns1", at, reply, reply, reply)


@given(st.lists(words, max_size=3), st.booleans())
def test_servers_that_say_nothing_meet_nothing(errors: list[str], asked: bool) -> None:
    seen = survey(Delegation(ZONE, trouble="nobody answers", asked=asked), *(failed(each) for each in errors))
    report = judge_zone(seen, TARGET, {}, NOW)
    with pytest.raises((AssertionError, Blind)):
        expect_no_blocking_case(report)
    verdicts = report.verdicts()
    assert {verdicts[name] for name in verdicts if int(name[1:3]) > 14} == {"unknown"}


def test_no_way_to_any_server_is_blind_and_not_dead() -> None:
    delegation = Delegation(ZONE, parent="ns", names=("ns1",), ds_asked=True)
    report = judge_zone(survey(delegation, failed("unreachable")), TARGET, {}, NOW)
    assert report.verdicts()["D05"] == "ok"
    assert report.verdicts()["D05A"] == "unknown"


@pytest.mark.parametrize(
    ("moment", "raised", "lowered"),
    [
        ("before-48h", {"D01", "D05", "D26", "D27", "D38", "D40"}, {"D45"}),
        ("before-1h", {"D01"}, {"D45"}),
        ("at-change", set(), {"D45"}),
        ("after-ttl", {"D46"}, set()),
    ],
)
def test_a_cutover_raises_and_lowers_cases_by_its_moment(
    moment: str, raised: set[str], lowered: set[str]
) -> None:
    outside, within = (
        {case.id for case in dns_cases(when) if case.severity == "blocking"} for when in (None, moment)
    )
    assert (within - outside, outside - within) == (raised, lowered)
