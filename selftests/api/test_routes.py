"""Routes of a profile: a path alone, or a table with what else a request to it needs."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest
from pydantic import JsonValue, ValidationError

from golive.api.fixtures import ApiClient
from golive.api.profile import Routes
from golive.api.wire.routes import as_route
from golive.api.wire.serialization import Envelope, Wire
from golive.api.wire.success import expect_success, made_id
from golive.core.outcome import Blind
from golive.net.http_observation import HttpObservation
from selftests.examples.rules_examples import answer


class Recorder:
    """Stands in for the HTTP client: keeps what it was asked, answers always the same."""

    def __init__(self, seen: HttpObservation) -> None:
        self._seen = seen
        self.asked: list[tuple[str, str, Any, Any]] = []

    async def request(self, method: str, url: str, *, params: Any, json: Any, **_: Any) -> HttpObservation:
        self.asked.append((method, url, params, json))
        return self._seen


def routes(**declared: Any) -> Routes:
    return Routes.model_validate(declared)


def asked(
    method: str, route: str, seen: HttpObservation | None = None, wire: Wire | None = None, **options: Any
) -> tuple[tuple[str, str, Any, Any], HttpObservation]:
    recorder = Recorder(seen or answer({"id": "a"}))
    target = cast(Any, SimpleNamespace(url="https://api.mini.test"))
    client = ApiClient(cast(Any, recorder), target, Routes(), wire or Wire())
    read = asyncio.run(client.request(method, route, **options))
    return recorder.asked[0], read


def test_path_alone_is_asked_as_it_stands() -> None:
    assert routes().sign_in == "/auth/login"
    sent, _ = asked("POST", routes(sign_in="/login").sign_in, json={"a": 1})
    assert sent == ("POST", "https://api.mini.test/login", None, {"a": 1})


def test_query_that_a_route_requires_is_always_sent() -> None:
    """In the path, in the table, or in both."""
    for declared in (
        "/me?market=DE&v=2",
        {"path": "/me", "query": {"market": "DE", "v": "2"}},
        {"path": "/me?market=DE", "query": {"v": "2"}},
    ):
        sent, _ = asked("GET", routes(profile=declared).profile)
        assert sent[1] == "https://api.mini.test/me?market=DE&v=2"


def test_method_of_the_deployment_stands_instead_of_the_products() -> None:
    sign_out = routes(sign_out={"path": "/session", "method": "DELETE"}).sign_out
    assert asked("POST", sign_out)[0][0] == "DELETE"
    assert asked("OPTIONS", sign_out)[0][0] == "OPTIONS"
    both = routes(profile={"path": "/me", "method": {"DELETE": "POST"}}).profile
    assert asked("DELETE", both)[0][0] == "POST"
    assert asked("GET", both)[0][0] == "GET"


def test_body_travels_in_the_query_of_a_get() -> None:
    search = as_route(routes(version={"path": "/search", "method": "GET"}).version)
    assert asked("POST", search, json={"query": "jazz"})[0] == (
        "GET",
        "https://api.mini.test/search",
        {"query": "jazz"},
        None,
    )


def test_route_of_another_base_is_asked_there_and_not_of_replicas() -> None:
    profile = routes(profile={"path": "/api/me", "base": "https://www.mini.test"}).profile
    assert asked("GET", profile)[0][1] == "https://www.mini.test/api/me"
    with pytest.raises(Blind, match="not by single replicas"):
        asked("GET", profile, base="http://127.0.0.1:1")


def test_content_is_read_where_the_route_has_it() -> None:
    route = routes(profile={"path": "/me", "content": "user.self"}).profile
    body: JsonValue = {"data": {"user": {"self": {"id": "u1"}}}}
    _, read = asked("GET", route, answer(body), Wire(envelope=Envelope(data="data")))
    assert read.json() == {"id": "u1"}
    _, read = asked("GET", route, answer({"user": {"self": {"id": "u1"}}}))
    assert read.json() == {"id": "u1"}
    _, refused = asked("GET", route, answer({"message": "no"}, status=404))
    assert refused.json() == {"message": "no"}
    with pytest.raises(AssertionError, match=r"'user\.self', observed id"):
        asked("GET", route, answer({"id": "u1"}))


def test_envelope_may_be_on_some_routes_only() -> None:
    wire = Wire(envelope=Envelope(data="data.result", everywhere=False))
    for body in ({"data": {"result": {"id": "u1"}}}, {"id": "u1"}):
        _, read = asked("GET", "/me", answer(cast(JsonValue, body)), wire)
        assert read.json() == {"id": "u1"}


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ({"path": "me"}, "pattern"),
        ({"path": "/me", "success": [404]}, "less than 400"),
        ({"path": "/me", "method": "get"}, "'GET'"),
        ({"method": "GET"}, "path"),
        ({"path": "/me", "sucess": [200]}, "sucess"),
    ],
)
def test_wrong_table_is_refused(declared: Any, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        routes(profile=declared)


@pytest.mark.parametrize(
    ("status", "body"), [(200, {"id": 1}), (201, {"id": 1}), (202, {"queued": True}), (204, b""), (206, [1])]
)
def test_every_success_is_one_unless_the_profile_narrows_it(status: int, body: JsonValue | bytes) -> None:
    expect_success(answer(body, status=status), "/sessions")
    narrowed = routes(profile={"path": "/me", "success": [203]}).profile
    with pytest.raises(AssertionError, match=f"expected 203, observed {status}"):
        expect_success(answer(body, status=status), narrowed)


@pytest.mark.parametrize(
    "seen",
    [
        answer({"success": False, "message": "no"}),
        answer({"error": "not found"}, status=201),
        answer(b"<html>Sign in</html>"),
        answer(b"", status=302, headers=(("location", "/login"),)),
        answer({"message": "no"}, status=404),
        answer({"message": "oops"}, status=500),
    ],
    ids=["says-no", "says-error", "a-page", "sent-elsewhere", "refused", "accident"],
)
def test_what_only_looks_like_a_success_is_none(seen: HttpObservation) -> None:
    with pytest.raises(AssertionError):
        expect_success(seen)


def test_id_of_what_was_made_is_a_text_a_number_or_in_location() -> None:
    assert made_id(answer({"id": "01J8Z"}, status=201)) == "01J8Z"
    assert made_id(answer({"id": 7}, status=201)) == "7"
    place = (("location", "https://api.mini.test/sessions/a%20b"),)
    assert made_id(answer(b"", status=201, headers=place)) == "a b"
    for body in ({"name": "x"}, {"id": ""}, {"id": True}, [], b""):
        with pytest.raises(AssertionError, match="id of what was made"):
            made_id(answer(cast(JsonValue, body), status=201))


def test_route_may_have_names_of_its_own_for_fields() -> None:
    """A deployment may call a person's display name and a track's title "name"."""
    named = routes(profile={"path": "/me", "fields": {"displayName": "name"}}).profile
    sent, read = asked("POST", named, answer({"name": "Ada"}), json={"displayName": "Ada"})
    assert (sent[3], read.json()) == ({"name": "Ada"}, {"displayName": "Ada"})
    wire = Wire(fields={"limit": "count"})
    sent, read = asked("GET", named, answer({"name": "Ada", "count": 2}), wire, params={"limit": 2})
    assert (sent[2], read.json()) == ({"count": 2}, {"displayName": "Ada", "limit": 2})
    _, other = asked("GET", "/songs", answer({"name": "So What", "count": 2}), wire)
    assert other.json() == {"name": "So What", "limit": 2}
