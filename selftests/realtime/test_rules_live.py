"""Rules over preferences, pages, refused inputs and rooms: what meets them, and how a miss is said."""

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from audotics.rules_relevance import (
    expect_better_than_chance,
    expect_share,
    expect_varied,
    probability_by_chance,
)
from golive.api.rules_inputs import expect_input_refused, expect_private
from golive.api.rules_paging import expect_pages, expect_same_list
from golive.net.http_observation import HttpObservation
from golive.realtime.observation import Ack, RealtimeEvent, RealtimeObservation, event_named
from golive.realtime.rules import expect_accepted, expect_in_order, expect_refused
from selftests.examples.rules_examples import answer, connection

ACCEPTED = Ack("join_session", {"ok": True}, 12.0, "member at api:443")
REFUSED = Ack("x", {"ok": False, "error": {"statusCode": 404, "message": "Unknown event"}}, 1.0, "m at a:1")
ACCIDENT = Ack("x", {"ok": False, "error": {"statusCode": 500, "message": "oops"}}, 1.0, "m at a:1")
UPDATE = event_named("session_event")


def refusal(status: int) -> HttpObservation:
    return answer({"statusCode": status, "message": "no"}, status=status)


def cached(value: str | None, *more: tuple[str, str]) -> HttpObservation:
    own = (("cache-control", value),) if value else ()
    return answer({"a": 1}, headers=(*own, *more))


def updates(*versions: object) -> RealtimeObservation:
    events = [
        RealtimeEvent("session_event", {"data": {"version": version}}, at=11.0)  # type: ignore[dict-item]
        for version in versions
    ]
    return connection(*events)


def in_order(seen: RealtimeObservation, count: int) -> None:
    expect_in_order(seen, UPDATE, what="playlist_updated", count=count, version="data.version")


def better(genres: list[str], share: float = 0.2) -> float:
    return expect_better_than_chance(genres, ("jazz",), share=share, significance=0.001, where="x")


@given(st.integers(1, 60), st.floats(0.01, 0.99))
def test_chance_is_a_probability_that_falls_with_every_hit(of: int, share: float) -> None:
    tails = [probability_by_chance(hits, of, share) for hits in range(of + 2)]
    assert tails[0] == pytest.approx(1.0)
    assert tails[-1] == 0.0
    assert all(0.0 <= after <= before + 1e-12 for before, after in pairwise(tails))


def test_chance_is_the_binomial_tail() -> None:
    assert probability_by_chance(2, 2, 0.5) == pytest.approx(0.25)
    assert probability_by_chance(9, 20, 0.2) == pytest.approx(0.00998, abs=1e-5)


@given(st.lists(st.integers(), min_size=2, max_size=60, unique=True), st.integers(1, 30))
def test_pages_of_any_list_are_its_parts(entries: list[int], size: int) -> None:
    whole = list(map(str, entries))
    pages = [whole[start : start + size] for start in range(0, len(whole), size)]
    if len(pages) > 1:
        expect_pages(pages, whole, where="x")
        with pytest.raises(AssertionError, match="every entry on one page"):
            expect_pages([pages[0], pages[0]], whole, where="x")


def test_what_is_right_is_accepted() -> None:
    assert better(["jazz"] * 18 + ["pop"] * 2) < 1e-9
    assert expect_share(["jazz", "pop"], ["jazz"], at_least=0.5, what="found", where="x") == 0.5
    expect_varied([{"artists": ["a", "b"]}, {"artists": ["c"]}, {"artists": ["a"]}], at_most=0.7, where="x")
    expect_same_list(["a", "b"], ["a", "b"], what="list", where="x")
    expect_input_refused(refusal(400), what="limit 0")
    expect_input_refused(refusal(404), what="genre", also=(404,))
    expect_private(cached("private, max-age=0"))
    expect_private(cached("no-store"))
    expect_accepted(ACCEPTED, within=timedelta(milliseconds=12))
    expect_refused(REFUSED, what="answer to an unknown event")
    in_order(updates(3, 4, 5), 3)


@pytest.mark.parametrize(
    "payload",
    [
        {"ok": False, "error": "no"},
        {"error": {"code": 403, "message": "no"}},
        {"error": ""},
        {"success": False, "message": "no"},
        {"status": "error", "code": 404, "message": "no"},
        {"status": "Failed"},
        {"status": 403, "message": "no"},
        {"statusCode": 400},
    ],
)
def test_refusal_is_read_in_each_form_that_servers_give_it(payload: JsonValue) -> None:
    expect_refused(Ack("x", payload, 1.0, "m at a:1"), what="stranger")
    with pytest.raises(AssertionError, match="observed a refusal"):
        expect_accepted(Ack("x", payload, 1.0, "m at a:1"))


@pytest.mark.parametrize(
    "payload",
    [
        {"ok": True},
        {"error": None, "session": {"id": "s1"}},
        {"error": False, "data": 1},
        {"success": True},
        {"status": "ok", "session": {}},
        {"status": 200},
        {"status": "playing"},
        {"session": {"status": "ended"}},
    ],
)
def test_acceptance_is_no_refusal_whatever_stands_beside_it(payload: JsonValue) -> None:
    expect_accepted(Ack("x", payload, 1.0, "m at a:1"))
    with pytest.raises(AssertionError, match="expected an error as the answer, observed accepted"):
        expect_refused(Ack("x", payload, 1.0, "m at a:1"), what="stranger")


@pytest.mark.parametrize(
    ("miss", "words"),
    [
        (lambda: better(["jazz"] * 4 + ["pop"] * 16), r"11 or more of 20 \(p ≤ 0.001\), observed 4"),
        (lambda: better(["jazz"] * 2), "a longer list"),
        (lambda: better([]), "observed none"),
        (lambda: expect_share([], ["jazz"], at_least=0.0, what="found", where="x"), "observed none"),
        (lambda: expect_share(["pop"], [], at_least=0.0, what="found", where="x"), "observed none"),
        (lambda: expect_share(["pop"], ["jazz"], at_least=0.5, what="found", where="x"), r"0 of 1 \(pop 1\)"),
        (lambda: expect_varied([], at_most=0.5, where="x"), "observed none"),
        (lambda: expect_varied([{"artists": []}], at_most=0.5, where="x"), "an artist for every track"),
        (lambda: expect_varied([{"artists": ["a"]}] * 3, at_most=0.5, where="x"), "3 of 3 of a"),
        (lambda: expect_pages([["a"]], ["a"], where="x"), "two or more, observed 1"),
        (lambda: expect_pages([["a"], []], ["a"], where="x"), "page 2: expected entries"),
        (lambda: expect_pages([["a"], ["c"]], ["a", "b"], where="x"), "first at rank 2"),
        (lambda: expect_same_list([], [], what="list", where="x"), "observed none"),
        (lambda: expect_same_list(["a"], ["a", "b"], what="list", where="x"), "1 entries, observed 2"),
        (lambda: expect_input_refused(answer({"a": 1}), what="limit 0"), "limit 0: .* observed 200"),
        (lambda: expect_input_refused(refusal(500), what="limit 0"), "code that does not expect it"),
        (lambda: expect_input_refused(refusal(404), what="limit 0"), "observed 404"),
        (lambda: expect_input_refused(answer(b"no", status=400), what="limit 0"), "expected JSON"),
        (lambda: expect_private(cached(None)), "no such header"),
        (lambda: expect_private(cached("public, private")), "observed public, private"),
        (lambda: expect_private(cached("private, s-maxage=9")), "neither public nor s-maxage"),
        (lambda: expect_private(cached("private", ("age", "30"))), "Age 30, from a cache"),
        (lambda: expect_private(refusal(401)), "observed 401"),
        (lambda: expect_accepted(Ack("x", None, 1.0, "m at a:1")), "an empty answer"),
        (lambda: expect_accepted(REFUSED), r"a refusal \(404 Unknown event\)"),
        (lambda: expect_accepted(ACCEPTED, within=timedelta(milliseconds=5)), "late: expected ≤ 5 ms"),
        (lambda: expect_refused(ACCEPTED, what="stranger"), "stranger: expected an error .* accepted"),
        (lambda: expect_refused(ACCIDENT, what="stranger"), r"an accident of the server \(500 oops\)"),
        (lambda: in_order(updates(), 1), "1 times, observed 0 times"),
        (lambda: in_order(updates(1, 1, 2), 2), "2 times, observed 3 times"),
        (lambda: in_order(updates(1, 3), 2), "event 2 of 2: expected data.version 2"),
        (lambda: in_order(updates("x", "y"), 2), "a number"),
    ],
)
def test_what_is_wrong_is_said(miss: Callable[[], object], words: str) -> None:
    with pytest.raises(AssertionError, match=words) as failure:
        miss()
    assert " — " in str(failure.value)
