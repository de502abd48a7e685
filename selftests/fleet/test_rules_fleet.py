"""Servers, firewall and load balancer: what is fine, what is not, and what says nothing."""

from dataclasses import replace
from datetime import timedelta
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive.core.outcome import Blind
from golive.fleet.observation import PortObservation, PortState, ServerMetrics
from golive.fleet.profile import UsedAtMost
from golive.fleet.rules import expect_clock, expect_headroom
from golive.fleet.rules_balance import accepted_counts, expect_none_of, expect_spread, requests_to_notice
from golive.fleet.rules_ports import expect_closed, expect_open
from golive.net.address import Address
from golive.net.clock import ClockObservation

EQUAL = {"api-1": 1.0, "api-2": 1.0}
LIMIT = timedelta(seconds=2)
BEFORE = ServerMetrics(
    "api-1", "GET http://10.0.0.1/metrics", 100.0, 60.0, 1000.0, 500.0, (("/", 100, 50),), None
)
AFTER = replace(BEFORE, cpu_seconds=102.0, cpu_unused_seconds=61.0)


def port(state: PortState, ip: str = "192.0.2.1", service: str = "database") -> PortObservation:
    return PortObservation("edge", service, Address(ip, 5432), state, 1.0)


def clock(earliest: float, latest: float) -> ClockObservation:
    return ClockObservation("api-1", "Date", "GET /version", earliest, latest)


def chance(requests: int, share: float, hits: int) -> float:
    return comb(requests, hits) * share**hits * (1 - share) ** (requests - hits)


@given(
    requests=st.integers(20, 300),
    share=st.floats(0.05, 0.95),
    error=st.sampled_from([0.05, 0.01, 0.001, 0.00025]),
)
def test_a_right_balancer_is_rarely_called_wrong_and_no_narrower_bounds_would_do(requests, share, error):
    """The bound that is stated holds exactly, at either end; one more at an end would break it."""
    fewest, most = accepted_counts(requests, share, error)
    below = sum(chance(requests, share, hits) for hits in range(fewest))
    above = sum(chance(requests, share, hits) for hits in range(most + 1, requests + 1))
    assert below <= error / 2 * 1.000001
    assert above <= error / 2 * 1.000001
    assert below + chance(requests, share, fewest) > error / 2 * 0.999999
    assert above + chance(requests, share, most) > error / 2 * 0.999999


@pytest.mark.parametrize(("share", "requests"), [(0.5, 10), (0.1, 66), (0.9, 3)])
def test_so_many_requests_show_that_a_replica_is_spared(share, requests):
    """One fewer would spare it by chance more often than one time in a thousand."""
    assert requests_to_notice(share, 0.001) == requests
    assert (1 - share) ** requests <= 0.0010000001 < (1 - share) ** (requests - 1)


def test_spread_within_chance_is_fine():
    """Bounds are given back for the evidence: 80 requests over two replicas, significance 0.001."""
    answered = ["api-1"] * 30 + ["api-2"] * 50
    bounds = expect_spread(answered, EQUAL, significance=0.001, where="here")
    assert bounds == {"api-1": (25, 55), "api-2": (25, 55)}


@pytest.mark.parametrize(
    ("answered", "shares", "words"),
    [
        (["api-1"] * 60 + ["api-2"] * 20, EQUAL, "requests to api-1: expected 25 to 55 of 80"),
        (["api-1"] * 80, EQUAL, "observed 80"),
        (["api-1"] * 40 + ["api-2"] * 40, {"api-1": 4.0, "api-2": 1.0}, "requests to api-1"),
        (["api-1"] * 40 + ["old"] * 40, EQUAL, "instances that answered: expected only api-1, api-2"),
        ([], EQUAL, "observed 0 answers"),
        (["api-1"] * 40, {"api-1": 1.0}, "1 replicas"),
    ],
)
def test_uneven_or_unknown_is_not(answered, shares, words):
    """Each message says how many were expected and seen."""
    with pytest.raises(AssertionError, match=words):
        expect_spread(answered, shares, significance=0.001, where="here")


def test_a_replica_out_of_service_gets_nothing():
    """One request is too many, and no request at all proves nothing."""
    expect_none_of(["api-1"] * 5, "api-2", state="failing", where="here")
    with pytest.raises(
        AssertionError, match="requests to api-2, which is failing: expected none, observed 1 of 3"
    ):
        expect_none_of(["api-1", "api-2", "api-1"], "api-2", state="failing", where="here")
    with pytest.raises(AssertionError, match="no answer at all"):
        expect_none_of([], "api-2", state="failing", where="here")


@pytest.mark.parametrize("state", ["refused", "silent", "unreachable"])
def test_a_closed_port_is_closed_only_next_to_an_open_one(state):
    """Refused, silent and unreachable alike, with a control of the same family."""
    expect_closed([port(state)], [port("open", service="https")])
    with pytest.raises(Blind, match="no control port answers over ipv4"):
        expect_closed([port(state)], [port("silent", service="https")])
    with pytest.raises(Blind, match="over ipv6"):
        expect_closed([port(state, "2001:db8::1")], [port("open", service="https")])
    with pytest.raises(AssertionError, match="database port 5432: expected open, observed"):
        expect_open([port(state)])


def test_an_open_port_is_seen_whatever_the_control_says():
    """What was seen open is open."""
    words = r"database port 5432: expected closed, observed open — edge database \[192.0.2.1:5432\]"
    with pytest.raises(AssertionError, match=words):
        expect_closed([port("open"), port("refused")], [])


def test_a_machine_without_the_family_says_nothing_about_it():
    """No route of ours is not their closed port."""
    with pytest.raises(Blind, match="this machine has no route"):
        expect_open([port("no way", "2001:db8::1")])


@pytest.mark.parametrize("rule", [expect_open, lambda seen: expect_closed(seen, [port("open")])])
def test_no_port_at_all_meets_nothing(rule):
    """Nothing tried, nothing passed."""
    with pytest.raises(AssertionError, match="at least one"):
        rule([])


def test_a_clock_fails_only_where_the_measurement_leaves_no_doubt():
    """And one that leaves too much open does not pass."""
    expect_clock([clock(-0.5, 1.5), clock(-2.5, -1.0), clock(1.9, 3.9)], within=LIMIT)
    with pytest.raises(AssertionError, match=r"observed -18.0 s at least"):
        expect_clock(clock(-20.0, -18.0), within=LIMIT)
    with pytest.raises(AssertionError, match=r"\+2.1 s at least"):
        expect_clock(clock(2.1, 4.1), within=LIMIT)
    with pytest.raises(Blind, match=r"no better than to ± 6\.0 s"):
        expect_clock(clock(-6.0, 6.0), within=LIMIT)
    with pytest.raises(AssertionError, match="at least one"):
        expect_clock([], within=LIMIT)


def test_headroom_is_what_is_left():
    """Processor from what happened in between, memory and disks from the later look."""
    used = expect_headroom(BEFORE, AFTER, UsedAtMost())
    assert used == {"cpu": 0.5, "memory": 0.5, "disk /": 0.5}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"cpu_unused_seconds": 60.1}, "cpu of api-1: expected ≤ 70% used, observed 95%"),
        ({"memory_available": 100.0}, "memory of api-1: expected ≤ 80% used, observed 90%"),
        ({"disks": (("/", 100, 50), ("/data", 100, 5))}, "disk /data of api-1: expected ≤ 75% used"),
        ({"disks": ()}, "disks of api-1"),
        ({"memory_total": None}, "memory of api-1: expected total and available bytes"),
        ({"memory_available": None}, "memory of api-1"),
        ({"cpu_seconds": None}, "cpu of api-1: expected processor time by mode, observed none"),
        ({"cpu_unused_seconds": None}, "cpu of api-1"),
        ({"cpu_seconds": 100.0}, "expected counters that grow"),
        ({"cpu_seconds": 5.0, "cpu_unused_seconds": 4.0}, "was it restarted"),
    ],
)
def test_no_headroom_and_no_word_about_it_are_both_failures(changes, words):
    """What a server does not say is never taken for fine."""
    with pytest.raises(AssertionError, match=words):
        expect_headroom(BEFORE, replace(AFTER, **changes), UsedAtMost())
