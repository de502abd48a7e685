"""Lists of tracks are read where the profile has them, and in parts as it names them."""

import asyncio
from dataclasses import replace
from typing import Any, cast

import pytest
from pydantic import JsonValue

from audotics.profile import AudoticsRooms, AudoticsRoutes, Paging, Recommendations
from fixtures.recommendations import Rankings, ids, next_cursor, wrong_parts
from golive.api.fixtures_accounts import SignedIn
from golive.core.outcome import Blind
from golive.net.http_observation import HttpObservation
from golive.profile.profile import profile_model
from golive.profile.secrets import Secret
from selftests.examples.rules_examples import answer

LISTENER = SignedIn("listener", "l@mini.test", Secret("t"))
TRACK: dict[str, JsonValue] = {
    "id": "t1",
    "name": "So What",
    "artists": ["Miles Davis"],
    "album": "Kind of Blue",
    "spotifyId": "s1",
    "score": 0.9,
    "genre": "jazz",
}
NONE = {"absent": "this deployment does not say"}


class Deployment:
    """Stands for the API's client: answers by its parameters, and keeps them."""

    routes = AudoticsRoutes()

    def __init__(self, answering: Any) -> None:
        self._answering = answering
        self.asked: list[dict[str, Any]] = []

    async def get(self, _route: str, *, token: Secret, params: Any, base: Any) -> HttpObservation:
        self.asked.append(params)
        return answer(*self._answering(params)) if callable(self._answering) else self._answering


def rankings(answering: Any = None, **declared: Any) -> Rankings:
    return Rankings(cast(Any, Deployment(answering)), Recommendations.model_validate(declared))


def asked(lists: Rankings) -> list[dict[str, Any]]:
    return cast(Deployment, lists.api).asked


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"recommendations": [TRACK]}, {}),
        ([TRACK], {}),
        ([TRACK], {"personal": "."}),
        ({"results": [TRACK], "count": 1}, {"personal": "results"}),
        ({"data": {"items": [TRACK]}}, {"personal": "data.items"}),
    ],
    ids=["field", "bare", "root", "results", "deep"],
)
def test_list_is_read_where_it_is(body: JsonValue, fields: Any) -> None:
    assert ids(rankings(fields=fields).tracks(answer(body, status=201))) == ["t1"]


@pytest.mark.parametrize(
    ("declared", "sent"),
    [
        ({}, {"id": "17"}),
        ({"track": "id"}, "17"),
        ({"track_ids": "number"}, {"id": 17}),
        ({"track": "id", "track_ids": "number"}, 17),
    ],
)
def test_track_is_sent_as_the_deployment_names_it(declared: Any, sent: JsonValue) -> None:
    assert AudoticsRooms.model_validate(declared).track_sent({"id": "17"}) == sent


def test_id_that_is_no_number_is_sent_as_it_is() -> None:
    assert AudoticsRooms(track_ids="number").id_sent("golive-no-such-track") == "golive-no-such-track"


def test_scores_that_count_have_no_bound_and_keep_their_order() -> None:
    tracks: list[Any] = [{"id": "a", "score": 9}, {"id": "b", "score": 4}]
    counted = rankings(counted=("trending",))
    counted.expect_ranked(tracks, where="x", of="trending")
    with pytest.raises(AssertionError, match="order at rank 2"):
        counted.expect_ranked(tracks[::-1], where="x", of="trending")
    for lists, of in ((counted, "personal"), (rankings(), "trending")):
        with pytest.raises(AssertionError, match="score at rank 1: expected 0–1, observed 9"):
            lists.expect_ranked(tracks, where="x", of=of)


@pytest.mark.parametrize(
    ("body", "fields", "said"),
    [
        ({"items": [TRACK]}, {}, "field recommendations: expected a list, observed NoneType"),
        ({"recommendations": {"0": TRACK}}, {}, "observed dict"),
        ({"recommendations": "t1"}, {}, "observed str"),
        ([TRACK], {"personal": "items"}, "field items: expected a list"),
        ({"recommendations": [TRACK]}, {"personal": "."}, "answer: expected a list, observed dict"),
        ({"recommendations": ["t1"]}, {}, "track at rank 1: expected an object"),
        ({"recommendations": []}, {}, "at least one"),
        ({"error": "no", "recommendations": [TRACK]}, {}, "success"),
    ],
)
def test_what_is_no_list_there_is_wrong(body: JsonValue, fields: Any, said: str) -> None:
    with pytest.raises(AssertionError, match=said):
        rankings(fields=fields).tracks(answer(body))


def test_fields_that_are_not_there_are_declared_so() -> None:
    """Neither asked for in a track, nor judged."""
    bare = {name: TRACK[name] for name in ("id", "name", "album", "spotifyId")}
    absent = {"score": NONE, "genre": NONE, "artists": NONE, "total": NONE}
    lists = rankings(fields=absent)
    tracks = lists.tracks(answer([bare]))
    assert tracks == [{"id": "t1", "score": None, "genre": "", "artists": []}]
    lists.expect_ranked(tracks, where="x")
    assert lists.total(answer([bare])) is None
    with pytest.raises(AssertionError, match="without artists"):
        rankings().tracks(answer([bare]))


@pytest.mark.parametrize("artists", ["Miles Davis", ["Miles Davis"], [{"name": "Miles Davis", "id": 1}]])
def test_artists_are_names_objects_or_one_name(artists: JsonValue) -> None:
    assert rankings().tracks(answer([TRACK | {"artists": artists}]))[0]["artists"] == ["Miles Davis"]


@pytest.mark.parametrize("artists", [[""], [{"id": 1}], [5], {}])
def test_artists_without_names_are_wrong(artists: JsonValue) -> None:
    with pytest.raises(AssertionError, match="artists"):
        rankings().tracks(answer([TRACK | {"artists": artists}]))


def test_total_is_in_the_body_or_in_a_header() -> None:
    assert rankings().total(answer({"total": 7})) == 7
    assert rankings(fields={"total": "meta.total"}).total(answer({"meta": {"total": 7}})) == 7
    header = answer([], headers=(("x-total-count", "7"),))
    assert rankings(fields={"total": "header X-Total-Count"}).total(header) == 7
    wrapped = replace(answer([TRACK]), wrapped=b'{"data": [], "meta": {"total": 7}}')
    assert rankings(fields={"total": "beside meta.total"}).total(wrapped) == 7
    for seen in (answer({"total": "many"}), answer({"total": True}), answer({})):
        with pytest.raises(AssertionError, match="field total"):
            rankings().total(seen)


@pytest.mark.parametrize(
    ("paging", "sent"),
    [
        ({}, [{"limit": 2, "offset": 0}, {"limit": 2, "offset": 2}]),
        ({"by": "page"}, [{"limit": 2, "page": 1}, {"limit": 2, "page": 2}]),
        (
            {"by": "page", "page": "p", "limit": "size", "first_page": 0},
            [{"size": 2, "p": 0}, {"size": 2, "p": 1}],
        ),
    ],
)
def test_parts_are_asked_for_as_the_deployment_names_them(paging: Any, sent: Any) -> None:
    lists = rankings(answer([TRACK]), paging=paging)
    asyncio.run(lists.parts(LISTENER, 2, 2))
    assert asked(lists) == sent


def test_parts_are_followed_by_cursor_to_the_last_one() -> None:
    left = {None: "a", "a": "b", "b": None}

    def part(params: Any) -> tuple[JsonValue]:
        return ({"items": [TRACK], "nextCursor": left[params.get("cursor")]},)

    lists = rankings(part, paging={"by": "cursor"}, fields={"personal": "items"})
    assert len(asyncio.run(lists.parts(LISTENER, 9, 1))) == 3
    assert [params.get("cursor") for params in asked(lists)] == [None, "a", "b"]


def test_cursor_that_leads_nowhere_else_is_wrong() -> None:
    lists = rankings(answer({"nextCursor": "a"}), paging={"by": "cursor"})
    with pytest.raises(AssertionError, match="another on each part, observed the same"):
        asyncio.run(lists.parts(LISTENER, 9, 1))


@pytest.mark.parametrize(
    ("seen", "declared", "cursor"),
    [
        (answer({"nextCursor": "abc"}), {}, "abc"),
        (answer({"nextCursor": 12}), {}, "12"),
        (answer({"links": {"next": "https://a.test/x?cursor=abc&limit=2"}}), {"next": "links.next"}, "abc"),
        (answer({"next": "/x?after=abc"}), {"next": "next", "cursor": "after"}, "abc"),
        (
            answer([], headers=(("link", '<https://a.test/x?cursor=abc>; rel="next"'),)),
            {"next": "header Link"},
            "abc",
        ),
        (answer({"nextCursor": None}), {}, ""),
        (answer({"next": "/x?page=2"}), {"next": "next"}, ""),
        (answer([]), {"next": "header Link"}, ""),
    ],
)
def test_cursor_is_read_from_body_url_or_link(seen: HttpObservation, declared: Any, cursor: str) -> None:
    assert next_cursor(seen, Paging.model_validate({"by": "cursor", **declared})) == cursor


def test_deployment_without_limits_is_not_sent_any() -> None:
    """Some refuse every parameter that they do not know."""
    for paging in (NONE, {"by": "none", "limit": NONE}):
        lists = rankings(answer([TRACK]), paging=paging)
        asyncio.run(lists.personal(LISTENER, limit=5))
        assert asked(lists) == [{}]
        assert wrong_parts(lists.rules.paging) == {}


def test_wrong_parts_are_those_of_the_paging() -> None:
    assert {name.partition("-")[0] for name in wrong_parts(Paging())} == {"limit", "offset"}
    assert {name.partition("-")[0] for name in wrong_parts(Paging(by="page"))} == {"limit", "page"}
    assert list(wrong_parts(Paging.model_validate({"by": "cursor", "limit": NONE}))) == ["cursor-unknown"]


def test_what_is_declared_absent_takes_its_checks_away_with_the_reason() -> None:
    document = {
        "schema": 1,
        "title": "mini",
        "control": {"targets": ["control.mini.test:443"]},
        "allow": {"hosts": {}},
        "recommendations": {"fields": {"score": NONE, "total": NONE}, "paging": NONE},
    }
    absent = profile_model().model_validate(document).absent_features()
    assert {name for name in absent if absent[name] == NONE["absent"]} == {
        "scores",
        "totals",
        "list_limits",
        "list_pages",
    }
    assert not {"genres", "artists"} & set(absent)


def test_what_somebody_likes_is_blind_where_nobody_says() -> None:
    with pytest.raises(Blind, match="what friend likes"):
        rankings().preferences("friend")
