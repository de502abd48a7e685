"""Errors, logs, status pages: what is sent, what is read of an answer, and what is made of it."""

import asyncio
import json
from datetime import timedelta

import pytest

from golive.core.outcome import Blind
from golive.monitoring.observation_watching import LogLines, TrackedError
from golive.monitoring.personal_data import PersonalData
from golive.monitoring.probe_error_tracker import Dsn, ErrorTrackerProbe, MarkedError
from golive.monitoring.probe_log_store import LogStoreProbe
from golive.monitoring.probe_status_page import read_status_page
from golive.monitoring.profile_watching import ErrorTracker, LogStore, StatusPage
from golive.monitoring.rules_watching import (
    expect_logged,
    expect_scrubbed,
    expect_status_page,
    expect_taken,
    expect_tracked,
)
from golive.net.errors import ProtocolError
from golive.net.http import HttpProbe
from golive.net.polling import poll_until
from golive.profile.secrets import Secret
from rehearsal.lab.serving import serving
from selftests.examples.probe_loopback import access_to, answering
from selftests.examples.rules_examples import NOW, answer

MINUTE = timedelta(minutes=1)
PERSON = PersonalData("jo@personal.invalid", "203.0.113.77", "golive0123456789abcdef")
PAGE = {"page": {"id": "x"}, "status": {"indicator": "none", "description": "fine"},
        "components": [{"name": "API", "status": "operational"}]}  # fmt: skip


def tracked(**changes: object) -> TrackedError:
    seen = {"where": "tracker:443", "marker": "golive-1", "status": 200, "body": '{"golive-1": 1}',
            "group": "7", "seconds": 0.5}  # fmt: skip
    return TrackedError(**(seen | changes))


def tracker(port: int, **changes: object) -> ErrorTrackerProbe:
    names = {"dsn": "dsn", "api": f"http://127.0.0.1:{port}/api/0", "organisation": "o", "project": "p",
             "token": "token", "within": "300 ms"}  # fmt: skip
    http = HttpProbe(access_to({}, hosts=("127.0.0.1",), read_posts=frozenset({"/api/1/envelope"})))
    return ErrorTrackerProbe(
        http,
        ErrorTracker(**(names | changes)),
        Secret(f"http://key@127.0.0.1:{port}/1"),
        Secret("token-0123456789"),
    )


@pytest.mark.parametrize(
    ("dsn", "envelope"),
    [
        ("https://abc@sentry.example/42", "https://sentry.example/api/42/envelope/"),
        (
            "https://abc:old@errors.example:8443/inside/7",
            "https://errors.example:8443/inside/api/7/envelope/",
        ),
    ],
)
def test_a_dsn_says_where_errors_are_sent(dsn, envelope):
    """With a port, below a path, and with the secret half of old ones."""
    found = Dsn.read(Secret(dsn))
    assert (found.envelope, found.key.reveal()) == (envelope, "abc")


@pytest.mark.parametrize("dsn", ["", "nonsense", "https://sentry.example/42", "https://abc@sentry.example/"])
def test_what_is_no_dsn_is_blindness(dsn):
    """Its value is in no message."""
    with pytest.raises(Blind, match="DSN is none"):
        Dsn.read(Secret(dsn))


def test_an_envelope_is_three_lines_of_json_and_carries_the_mark_and_the_person():
    """Header, item header with the payload's length, payload."""
    error = MarkedError.made("golive-run-1", NOW)
    header, item, event, end = error.envelope("1.0.0", "rehearsal").split(b"\n")
    assert json.loads(header)["event_id"] == error.id == json.loads(event)["event_id"]
    assert json.loads(item) == {"type": "event", "content_type": "application/json", "length": len(event)}
    assert end == b""
    assert error.personal.found_in(event.decode(), ["email", "ip", "token"]) == ("email", "ip", "token")
    assert json.loads(event)["tags"] == {"golive": "golive-run-1"}


def test_an_error_is_looked_for_until_the_limit_and_then_missing():
    """404 is "not yet"."""

    async def look() -> TrackedError:
        async with serving(answering(b'{"detail": "not found"}', status="404 Not Found")) as port:
            return await tracker(port).find(MarkedError.made("golive-1", NOW))

    seen = asyncio.run(look())
    assert 0.3 <= seen.seconds < 3
    with pytest.raises(
        AssertionError, match="golive-1: expected to be found within 60 s, observed status 404"
    ):
        expect_tracked(seen, within=MINUTE)


def test_a_tracker_that_lets_nobody_look_is_blindness():
    """The token is the suite's own."""

    async def look() -> None:
        async with serving(answering(b"{}", status="403 Forbidden")) as port:
            await tracker(port).find(MarkedError.made("golive-1", NOW))

    with pytest.raises(Blind, match="read no events"):
        asyncio.run(look())


@pytest.mark.parametrize(
    "changes",
    [{"status": 500}, {"status": 404, "body": "golive-1"}, {"body": "{}"}, {"body": ""}],
)
def test_only_an_event_with_the_mark_is_the_marked_error(changes):
    """An answer of another kind, or of another error, is none; and nothing of it is looked at."""
    seen = tracked(**changes)
    with pytest.raises(AssertionError, match="marked error"):
        expect_tracked(seen, within=MINUTE)
    assert seen.kept == ""


def test_an_envelope_that_is_not_taken_is_said_so():
    """For example because the project is gone."""
    expect_taken(answer({"id": "x"}))
    with pytest.raises(AssertionError, match="observed status 403"):
        expect_taken(answer(status=403))


@pytest.mark.parametrize(
    "text",
    [
        "mail jo@personal.invalid",
        "JO@Personal.Invalid",
        "q=jo%40personal.invalid",
        "am9AcGVyc29uYWwuaW52YWxpZA",
    ],
)
def test_personal_data_is_seen_in_every_usual_form(text):
    """Plain, in URLs, in base64."""
    assert PERSON.found_in(text, ["email", "ip"]) == ("email",)
    with pytest.raises(AssertionError, match="email in logs: expected to be scrubbed"):
        expect_scrubbed(["nothing", text], PERSON, ["email"], what="logs", where="there")


def test_only_the_kinds_that_must_be_scrubbed_are_looked_for():
    """And without any, or without a text, nothing is said to be clean."""
    expect_scrubbed(["from 203.0.113.77"], PERSON, ["email", "token"], what="logs", where="there")
    for texts, kinds in ((["x"], []), ([], ["email"]), ([""], ["email"])):
        with pytest.raises(Blind):
            expect_scrubbed(texts, PERSON, kinds, what="logs", where="there")


def find_line(body: object, *, status: str = "200 OK", within: str = "100 ms") -> LogLines:
    async def look() -> LogLines:
        async with serving(answering(json.dumps(body).encode(), status=status)) as port:
            declared = LogStore(url=f"http://127.0.0.1:{port}", selector='{app="x"}', within=within)
            http = HttpProbe(access_to({}, hosts=("127.0.0.1",)))
            return await LogStoreProbe(http, declared, None, lambda: NOW).find("golive-1", since=NOW)

    return asyncio.run(look())


def streams(*lines: object) -> dict[str, object]:
    return {
        "status": "success",
        "data": {"resultType": "streams", "result": [{"stream": {}, "values": lines}]},
    }


def test_lines_with_the_mark_are_found():
    """Others that the store sends along are not counted."""
    seen = find_line(streams(["1", "GET /?golive=golive-1"], ["2", "another"], ["3"], "x"))
    expect_logged(seen, within=MINUTE)
    assert (seen.lines, "golive=" in str(seen.facts())) == (("GET /?golive=golive-1",), False)


@pytest.mark.parametrize("body", [streams(), streams(["1", "another"]), streams([None, None])])
def test_no_line_is_no_pass(body):
    """Nor one without the mark."""
    with pytest.raises(AssertionError, match=r'line of the marked request: .*\{app="x"\} \|= "golive-1"'):
        expect_logged(find_line(body), within=MINUTE)


@pytest.mark.parametrize(
    "body", [[], {}, {"data": []}, {"data": {"resultType": "matrix", "result": []}}, {"data": {"result": 1}}]
)
def test_an_answer_that_is_not_lokis_is_an_error(body):
    """And never an empty one."""
    with pytest.raises(ProtocolError, match="none of Loki's"):
        find_line(body)


def test_a_log_store_that_refuses_is_blindness_and_one_that_fails_an_error():
    """By its status."""
    with pytest.raises(Blind, match="ask nothing"):
        find_line({}, status="401 Unauthorized")
    with pytest.raises(ProtocolError, match="status 500"):
        find_line({}, status="500 Internal Server Error")


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (answer(PAGE, status=503), "status 503"),
        (answer(b"<html>"), "the body is not JSON"),
        (answer([]), "names no page"),
        (answer({"page": {}, "status": {"indicator": "splendid"}}), "without an indicator"),
        (answer(PAGE | {"components": []}), "components of the status page: expected API"),
        (answer(PAGE | {"components": [{"name": "Website"}, 7]}), "observed Website"),
    ],
)
def test_a_status_page_that_does_not_answer_rightly_is_said_so(page, words):
    """In words."""
    declared = StatusPage(url="https://status.example", components=("API",))
    expect_status_page(read_status_page(answer(PAGE)), declared)
    with pytest.raises(AssertionError, match=words):
        expect_status_page(read_status_page(page), declared)


def test_looking_ends_when_it_is_found_or_time_is_up():
    """There is always one look."""

    async def look(times: int, within: float) -> tuple[int, int]:
        looks = 0

        async def once() -> int:
            nonlocal looks
            looks += 1
            return looks

        seen, _ = await poll_until(once, lambda number: number >= times, within=timedelta(seconds=within))
        return seen, looks

    assert asyncio.run(look(1, 0)) == (1, 1)
    assert asyncio.run(look(3, 5)) == (3, 3)
    assert asyncio.run(look(99, 0)) == (1, 1)
