"""Every expectation: what it accepts, and what it refuses in words that name expected, observed and where."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from pydantic import BaseModel

from audotics.rules_ranking import expect_count, expect_no_duplicates, expect_overlap, expect_scores_ordered
from golive.api.rules_health import expect_all_healthy
from golive.browser.observation import PageRequest
from golive.browser.rules import (
    expect_loaded_within,
    expect_no_errors,
    expect_no_failed_requests,
    expect_only_hosts,
)
from golive.core.run import ReleaseIdentity
from golive.dns.rules import expect_authoritative, expect_records
from golive.realtime.observation import RealtimeEvent, event_named
from golive.realtime.rules import expect_not_received, expect_received_once
from golive.release.rules import expect_release, expect_uniform
from golive.rules.http import (
    expect_error_shape,
    expect_header,
    expect_hsts,
    expect_json,
    expect_no_store,
    expect_redirect_to_https,
    expect_status,
)
from golive.rules.latency import expect_quantile
from golive.tls.rules import expect_name_matches, expect_protocol, expect_remaining_validity, expect_trusted
from selftests.examples.rules_examples import (
    NOW,
    answer,
    certificate,
    connection,
    handshake,
    offered,
    page,
    records,
)

YEAR = timedelta(days=365)
HSTS = "strict-transport-security"
PLAIN = "http://api.audotics.test/a?x=1"
HEALTHY = {"status": "ok", "dependencies": {"database": {"status": "up"}, "cache": "healthy"}}
COMMIT = "0123456789abcdef0123456789abcdef01234567"
ME = ReleaseIdentity(version="1.0.0", commit=COMMIT)
VERSION = {"version": "1.0.0", "commit": COMMIT, "instance": "api-1"}
JOINED = event_named("session_event", type="user_joined")
HELLO = RealtimeEvent("session_event", {"type": "user_joined"}, at=10.1)


class Track(BaseModel):
    id: str
    score: float


def error(status: int, **changes: object) -> object:
    body = {"statusCode": status, "message": "no", "error": "Unauthorized"} | changes
    return answer(body, status=status)  # type: ignore[arg-type]


def hsts(*values: str) -> object:
    return answer(headers=tuple((HSTS, value) for value in values))


def redirect(to: str, status: int = 301, url: str = PLAIN) -> object:
    return answer(status=status, headers=(("location", to),), url=url)


def scores(*values: object) -> list[dict[str, object]]:
    return [{"id": str(rank), "score": value} for rank, value in enumerate(values)]


heard = partial(
    expect_received_once, match=JOINED, what="user_joined", since=10.0, within=timedelta(seconds=0.5)
)
unheard = partial(
    expect_not_received, match=JOINED, what="user_joined", since=10.0, for_at_least=timedelta(seconds=1)
)
lasts = partial(expect_remaining_validity, at_least=timedelta(days=21), now=NOW)
fast = partial(expect_quantile, q=0.95, budget=timedelta(milliseconds=100), where="GET /x")


@pytest.mark.parametrize(
    "meet",
    [
        lambda: expect_status(answer(status=201), 200, 201),
        lambda: expect_header(answer(headers=(("Vary", "Origin"),)), "vary", "origin"),
        lambda: expect_redirect_to_https(redirect("https://api.audotics.test/a?x=1"), permanent=True),
        lambda: expect_hsts(hsts('Max-Age="63072000" ; includeSubDomains;'), YEAR, include_subdomains=True),
        lambda: expect_no_store(answer(headers=(("cache-control", "private, No-Store"),))),
        lambda: expect_error_shape(error(401), 401),
        lambda: expect_json(answer({"id": "a", "score": 0.5}), Track),
        lambda: expect_json(answer([1]), {"type": "array", "items": {"type": "integer"}}),
        lambda: expect_json(answer([]), {"type": "array"}, may_be_empty=True),
        lambda: expect_trusted([handshake()]),
        lambda: expect_name_matches(handshake(certificate("*.audotics.test"))),
        lambda: lasts(handshake()),
        lambda: expect_protocol(offered(accepted=True)),
        lambda: expect_protocol(offered(accepted=False), accepted=False),
        lambda: expect_records(records("192.0.2.1"), ["192.0.2.1"]),
        lambda: expect_records(records("10 mail.audotics.test", type="MX"), ["10 Mail.audotics.test."]),
        lambda: expect_authoritative(records("192.0.2.1")),
        lambda: expect_all_healthy(answer(HEALTHY), ["database", "cache"]),
        lambda: expect_release(answer(VERSION), ME),
        lambda: expect_release(answer(VERSION | {"commit": COMMIT[:10]}), ME),
        lambda: expect_uniform([answer(VERSION), answer(VERSION | {"instance": "api-2"})], instances=2),
        lambda: expect_count(scores(1, 1), at_least=2, at_most=2, where="x"),
        lambda: expect_no_duplicates(scores(1, 1), where="x"),
        lambda: expect_scores_ordered(scores(1, 0.5, 0.5, 0), where="x"),
        lambda: expect_overlap(scores(1), [{"id": "7"}], at_most=0.5, where="x"),
        lambda: fast([50.0] * 99 + [500.0]),
        lambda: heard(connection(HELLO)),
        lambda: unheard(connection()),
        lambda: expect_no_errors(page()),
        lambda: expect_no_failed_requests(page()),
        lambda: expect_loaded_within(page(), timedelta(seconds=1)),
        lambda: expect_only_hosts(page(), ["audotics.test", "api.audotics.test"]),
    ],
)
def test_what_is_right_passes(meet: Callable[[], object]) -> None:
    meet()


DEGRADED = HEALTHY | {"status": "degraded"}
DOWN = {"status": "ok", "dependencies": {"database": {"status": "down"}, "cache": "up"}}
FAILED = (PageRequest("GET", "https://cdn.audotics.test/a.js", "net::ERR_FAILED"),)


@pytest.mark.parametrize(
    ("miss", "words"),
    [
        (
            lambda: expect_status(answer({"message": "boom"}, status=500), 200),
            r"expected 200, observed 500 \(boom\)",
        ),
        (lambda: expect_header(answer(), "vary"), "no such header"),
        (lambda: expect_redirect_to_https(redirect("http://api.audotics.test/a?x=1")), "to the wrong place"),
        (lambda: expect_redirect_to_https(redirect("/a?x=1")), "to the wrong place"),
        (lambda: expect_redirect_to_https(redirect("https://evil.test/a?x=1")), "to the wrong place"),
        (lambda: expect_redirect_to_https(redirect("https://api.audotics.test/a")), "to the wrong place"),
        (
            lambda: expect_redirect_to_https(redirect("https://x", 302), permanent=True),
            "plain HTTP is served",
        ),
        (lambda: expect_redirect_to_https(answer(b"hi", url=PLAIN)), "plain HTTP is served"),
        (lambda: expect_redirect_to_https(answer()), "not a request over plain HTTP"),
        (lambda: expect_hsts(hsts(), YEAR), "expected one header, observed none"),
        (lambda: expect_hsts(hsts("max-age=63072000", "max-age=0"), YEAR), "expected one header, observed 2"),
        (lambda: expect_hsts(hsts("max-age=600"), YEAR), "at least 365 d, observed 10 min"),
        (lambda: expect_hsts(hsts("max-age=0"), timedelta(0)), "observed 0"),
        (lambda: expect_hsts(hsts("maxage=63072000"), YEAR), "max-age in seconds"),
        (lambda: expect_hsts(hsts("max-age=63072000; max-age=1"), YEAR), "each directive once"),
        (lambda: expect_hsts(hsts("max-age=63072000"), YEAR, include_subdomains=True), "includeSubDomains"),
        (lambda: expect_no_store(answer(headers=(("cache-control", "no-cache"),))), "no-store"),
        (lambda: expect_error_shape(answer({"statusCode": 401, "message": "no"}), 401), "wrong status"),
        (lambda: expect_error_shape(error(401, statusCode=200), 401), "statusCode"),
        (lambda: expect_error_shape(error(401, message=""), 401), "a message"),
        (lambda: expect_error_shape(error(500, stack="at x"), 500), "nothing internal"),
        (lambda: expect_error_shape(answer(b"<html>", status=401), 401), "expected JSON"),
        (lambda: expect_json(answer({"id": "a", "score": "secret"}), Track), r"\$\.score: Input should be"),
        (lambda: expect_json(answer([1, "x"]), {"items": {"type": "integer"}}), r"\$\[1\]: violates 'type'"),
        (lambda: expect_json(answer([]), {"type": "array"}), "something in it"),
        (lambda: expect_trusted(handshake(error="certificate expired")), "observed certificate expired"),
        (
            lambda: expect_name_matches(handshake(certificate("www.audotics.test"))),
            "observed www.audotics.test",
        ),
        (
            lambda: expect_name_matches(handshake(certificate("*.audotics.test"), host="a.b.audotics.test")),
            "match",
        ),
        (
            lambda: expect_name_matches(handshake(certificate("*.test"), host="audotics.test")),
            "does not match",
        ),
        (lambda: lasts(handshake(certificate(days_left=6))), "at least 21 d left, observed 6 d"),
        (lambda: lasts(handshake(certificate(days_left=-1))), "certificate expired"),
        (
            lambda: lasts(handshake(certificate(), certificate(days_left=3, subject="CN=I"))),
            "intermediate .* soon",
        ),
        (lambda: lasts(handshake(certificate()), now=NOW - timedelta(days=90)), "not yet valid"),
        (lambda: expect_protocol(offered(accepted=False)), "TLSv1.2: expected accepted, observed no"),
        (lambda: expect_protocol(offered(accepted=True), accepted=False), "expected refused"),
        (
            lambda: expect_records([records("192.0.2.1"), records("192.0.2.2")], ["192.0.2.1"]),
            "observed 192.0.2.2",
        ),
        (lambda: expect_records(records(rcode="NXDOMAIN"), ["192.0.2.1"]), "observed NXDOMAIN"),
        (lambda: expect_authoritative(records("192.0.2.1", authoritative=False)), "without"),
        (lambda: expect_authoritative(records(rcode="REFUSED")), "REFUSED"),
        (
            lambda: expect_all_healthy(answer(DEGRADED), ["database"]),
            "as a whole: expected ok, observed degraded",
        ),
        (lambda: expect_all_healthy(answer(DOWN), ["database"]), "database: down"),
        (lambda: expect_all_healthy(answer(HEALTHY), ["recommender"]), "recommender: not named"),
        (lambda: expect_all_healthy(answer(HEALTHY, status=503), ["database"]), "observed 503"),
        (lambda: expect_all_healthy(answer({"dependencies": {"a": "up"}}), ["a"]), "no state"),
        (lambda: expect_release(answer(VERSION | {"version": "0.9.9"}), ME), r"observed 0\.9\.9"),
        (lambda: expect_release(answer(VERSION | {"commit": "f" * 40}), ME), "wrong release"),
        (lambda: expect_release(answer({"version": "1.0.0"}), ME), "wrong release"),
        (lambda: expect_uniform([answer(VERSION), answer(VERSION | {"version": "0.9"})]), "mixed releases"),
        (lambda: expect_uniform([answer(VERSION)] * 3, instances=2), "at least 2, observed 1"),
        (lambda: expect_count(scores(1), at_least=2, where="x"), "2 or more, observed 1"),
        (lambda: expect_no_duplicates([{"id": "a"}, {"id": "a"}], where="x"), r"a \(2 times\)"),
        (lambda: expect_no_duplicates([{"name": "a"}], where="x"), "id at rank 1"),
        (lambda: expect_scores_ordered(scores(0.5, 0.6), where="x"), "order at rank 2"),
        (lambda: expect_scores_ordered(scores(1.5), where="x"), "expected 0–1, observed 1.5"),
        (lambda: expect_scores_ordered(scores(float("nan")), where="x"), "a number"),
        (lambda: expect_scores_ordered(scores(True), where="x"), "a number"),
        (lambda: expect_overlap(scores(1), scores(1), at_most=0.5, where="x"), r"observed 1\.00"),
        (
            lambda: fast([10.0] * 10 + [500.0] * 10),
            r"p95.*≤ 100 ms, observed p50 255 ms, p95 500 ms, max 500 ms, n 20",
        ),
        (lambda: fast([1.0, float("nan")]), "durations"),
        (lambda: heard(connection(HELLO, HELLO)), "2 times"),
        (lambda: heard(connection(RealtimeEvent("other", {}, at=10.1))), r"never \(events received: other\)"),
        (lambda: heard(connection(RealtimeEvent("session_event", {"type": "user_joined"}, at=11))), "late"),
        (lambda: unheard(connection(HELLO)), "received by an outsider"),
        (lambda: unheard(connection(connected=False)), "silence proves nothing"),
        (lambda: unheard(connection(observed_at=10.2)), "silence proves nothing"),
        (lambda: unheard(connection(opened_at=10.5)), "silence proves nothing"),
        (lambda: unheard(connection(dropped=1)), "events were dropped"),
        (lambda: expect_no_errors(page(page_errors=("TypeError: x",))), "1: TypeError: x"),
        (lambda: expect_no_errors(page(status=500)), "below 400"),
        (lambda: expect_no_failed_requests(page(failed_requests=FAILED)), r"cdn\.audotics\.test/a\.js"),
        (lambda: expect_no_failed_requests(page(refused=FAILED)), "failed requests"),
        (lambda: expect_loaded_within(page(load_ms=None), timedelta(seconds=1)), "not finished"),
        (lambda: expect_loaded_within(page(load_ms=3100.0), timedelta(seconds=3)), "≤ 3 s, observed 3100 ms"),
        (lambda: expect_only_hosts(page(), ["audotics.test"]), "observed api.audotics.test"),
    ],
)
def test_what_is_wrong_is_said(miss: Callable[[], object], words: str) -> None:
    with pytest.raises(AssertionError, match=words) as failure:
        miss()
    assert " — " in str(failure.value)
    assert "secret" not in str(failure.value)
