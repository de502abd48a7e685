"""A refusal shows something only beside its rightful twin: what becomes of it, and of what rests on it."""

import asyncio

import pytest

from golive.core.controls import Control, Unjudged, judge_all
from golive.core.outcome import Blind
from golive.net.errors import ConnectionLost
from golive.net.incidents import controlled
from golive.rules.controls import expect_answered, expect_spoken, expect_there, expect_twin
from selftests.examples.rules_examples import answer

JSON = (("content-type", "application/json"),)
PAGE = b"<!doctype html><title>Sign in</title>"


def said(status, body=None, **headers):
    """An answer of the API, or of what is before it."""
    given = {"statusCode": status, "message": "x"} if body is None else body
    return answer(given, status=status, headers=(*JSON, *headers.items()))


def looked_at(failure=None, *, observations=()):
    async def look(keep):
        for observation in observations:
            keep(observation)
        if failure is not None:
            raise failure

    return asyncio.run(controlled("the right token is let in", look))


@pytest.mark.parametrize("status", [200, 201, 204, 206])
def test_route_that_answers_its_owner_is_there(status):
    """Whatever success it is."""
    expect_answered(said(status, {"id": "u1"}), route="routes.profile", who="accounts.listener")


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        (said(404), "404: no such route"),
        (said(405), "405: no such method there"),
        (said(401), "401: turned away"),
        (said(403, PAGE), "403: turned away"),
        (said(400), "400: refused"),
        (said(302, b"", location="https://login.example/?next=x"), "302: sent to login.example"),
        (said(200, PAGE), "200: a page, which is no answer of the API"),
        (said(200, {"error": {"code": 401}}), "200: a body that refuses it"),
        (said(503, b"upstream"), "503: an accident of the server or of what is before it"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_route_that_does_not_answer_its_owner_is_told_in_its_own_words(seen, words):
    """Not by what the check behind it misses in the body."""
    with pytest.raises(
        AssertionError, match=f"routes.profile: expected an answer to accounts.x, observed {words}"
    ):
        expect_answered(seen, route="routes.profile", who="accounts.x")


def test_limit_on_the_suite_is_no_missing_route():
    """429 says how much was asked, not what."""
    with pytest.raises(Blind, match="429"):
        expect_answered(said(429), route="routes.profile", who="accounts.x")


@pytest.mark.parametrize("status", [500, 502, 503])
def test_accident_does_not_say_that_a_route_is_missing(status):
    """A health route says 503 of itself."""
    expect_there(said(status), route="routes.health", who="anybody")


@pytest.mark.parametrize("status", [404, 405, 401, 403])
def test_route_that_is_not_there_is_missing(status):
    """For health as for any other."""
    with pytest.raises(AssertionError, match=f"routes.health.*{status}"):
        expect_there(said(status), route="routes.health", who="anybody")


@pytest.mark.parametrize(
    "seen",
    [
        said(200, {"status": "ok"}),
        said(503, {"status": "degraded"}),
        said(404),
        said(404, b"Cannot GET /health"),
        said(200, b"ok"),
        said(500, {"statusCode": 500, "message": "x"}),
    ],
    ids=str,
)
def test_application_that_speaks_is_no_wall(seen):
    """Also where it has no such route, is not well, or answers in plain text."""
    expect_spoken(seen, where="the API")


@pytest.mark.parametrize(
    "seen",
    [
        said(403, PAGE),
        said(403),
        said(401, b""),
        said(302, b"", location="https://login.example"),
        said(200, PAGE),
    ],
    ids=str,
)
def test_wall_before_the_application_is_told(seen):
    """A gateway that forbids, a page to sign in, maintenance: everybody is answered alike."""
    with pytest.raises(AssertionError, match="the API: expected an answer to anybody"):
        expect_spoken(seen, where="the API")


@pytest.mark.parametrize("body", [PAGE, b"", {"statusCode": 503, "message": "Service Unavailable"}], ids=str)
def test_gateway_in_trouble_is_told_by_another_path(body):
    """Where the application speaks elsewhere, what it says of its health is its own word."""
    health = said(503, body)
    expect_spoken(health, where="the API", elsewhere=said(404))
    with pytest.raises(AssertionError, match="503: an accident"):
        expect_spoken(health, where="the API", elsewhere=said(503, body))


def test_one_finding_for_several_controls():
    """All that do not hold are in it; what could not be seen is told only where nothing else is."""
    held, unmet = looked_at(), looked_at(AssertionError("search: 404"))
    unseen, other = looked_at(Blind("no secret", remedy="name one")), looked_at(AssertionError("song: 404"))
    judge_all((held,), print)
    with pytest.raises(AssertionError, match="search: 404; song: 404"):
        judge_all((held, unseen, unmet, other), print)
    with pytest.raises(Blind, match="no secret"):
        judge_all((held, unseen), print)


def test_control_that_holds_judges_nothing_and_stops_nobody():
    """And what was seen is evidence."""
    control, kept = looked_at(observations=("a", "b")), []
    control.judge(kept.append)
    control.expect_held()
    assert kept == ["a", "b"]


def test_control_that_does_not_hold_fails_once_and_blinds_the_rest():
    """Its own check fails with its words; whatever rests on it cannot be judged."""
    control, kept = looked_at(AssertionError("token: expected let in"), observations=("a",)), []
    with pytest.raises(AssertionError, match="token: expected let in"):
        control.judge(kept.append)
    assert kept == ["a"]
    with pytest.raises(Unjudged, match="cannot be judged until the right token is let in: token: expected"):
        control.expect_held()


def test_control_that_nobody_could_see_accuses_nobody():
    """The suite's own blindness is nobody's failure, in the check of the control neither."""
    control = looked_at(Blind("no secret", remedy="name one"))
    with pytest.raises(Blind, match="no secret"):
        control.judge(print)
    with pytest.raises(Unjudged, match=r"cannot be judged until .*: no secret") as caught:
        control.expect_held()
    assert caught.value.remedy == "name one"


def test_broken_connection_is_kept_for_its_own_check():
    """Where the engine asks whether the suite's own network is down; the rest is blind."""
    control = looked_at(ConnectionLost("reset", target="api", phase="read"))
    with pytest.raises(ConnectionLost):
        control.judge(print)
    with pytest.raises(Unjudged, match="reset"):
        control.expect_held()


def test_chain_of_controls_names_the_first_only():
    """What rests on what rests on it says the same sentence, so that all of it is one group."""
    first = looked_at(AssertionError("sign-in: refused"))

    async def look(_keep):
        first.expect_held()

    second = asyncio.run(controlled("the token is let in", look))
    with pytest.raises(Unjudged) as of_first:
        first.expect_held()
    with pytest.raises(Unjudged) as of_second:
        second.expect_held()
    with pytest.raises(Unjudged) as of_check:
        second.judge(print)
    assert str(of_first.value) == str(of_second.value) == str(of_check.value)


def test_defect_of_the_suite_is_no_finding():
    """It stays an error."""
    with pytest.raises(KeyError):
        looked_at(KeyError("x"))


def test_twin_in_the_middle_of_a_check_is_another_checks_finding():
    """The owner's own change is refused: nothing is said of an outsider's."""
    twin = {"what": "its owner may change it", "route": "routes.playlist", "who": "its owner"}
    expect_twin(said(200, {"id": 1}), **twin)
    with pytest.raises(
        Unjudged, match=r"until its owner may change it: routes.playlist: expected .* 404: no such"
    ):
        expect_twin(said(404), **twin)


def test_control_is_a_value():
    """Shared by all that rest on it."""
    assert Control("x") == Control("x")
