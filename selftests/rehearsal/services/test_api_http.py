"""Errors, inputs, CORS, limits, health, metrics."""

from __future__ import annotations

import pytest


def test_health_names_every_dependency(running) -> None:
    for replica in (0, 1):
        with running.client(replica) as api:
            answer = api.get("/health")
            assert answer.status_code == 200
            assert answer.headers["cache-control"] == "no-store"
            body = answer.json()
            assert body["status"] == "ok"
            assert set(body["dependencies"]) == {"database", "cache", "identityProvider", "recommender"}
            assert {state["status"] for state in body["dependencies"].values()} == {"up"}
            assert api.get("/health/ready").json() == {"status": "ready"}
            assert set(api.get("/version").json()) == {"release", "commit", "buildTime", "instance"}


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=-1", "limit=abc", "limit=1000000000", "limit=5&limit=6", "limit=", "limit=1e1",
     "limit=101", "offset=-1", "offset=1000000000", "offset=x", "context=nonsense", "limit=%00"],
)  # fmt: skip
def test_wrong_pages_are_refused(running, query: str) -> None:
    with running.client() as api:
        answer = api.get(f"/recommendations?{query}", headers=running.headers("listener"))
    assert answer.status_code == 400
    assert answer.json()["error"] == "Bad Request"


@pytest.mark.parametrize(
    ("content", "content_type", "status"),
    [
        (b"{", "application/json", 400),
        (b"[1]", "application/json", 400),
        (b"[" * 50_000, "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b'{"query": "x", "limit": NaN}', "application/json", 400),
        (b'{"query": "x", "limit": true}', "application/json", 400),
        (b'{"query": "  "}', "application/json", 400),
        (b'{"query": "a\\u0000b"}', "application/json", 400),
        (b'{"query": "\\ud800"}', "application/json", 400),
        (b'{"query": 7}', "application/json", 400),
        (b'{"query": "' + b"x" * 501 + b'"}', "application/json", 400),
        (b'{"query": "' + b"x" * 200_000 + b'"}', "application/json", 413),
        (b'{"query": "jazz"}', "text/plain", 415),
        (b'{"query": "../../etc/passwd"}', "application/json", 200),
    ],
)
def test_wrong_bodies_are_refused(running, content: bytes, content_type: str, status: int) -> None:
    headers = running.headers("listener") | {"Content-Type": content_type}
    with running.client() as api:
        answer = api.post("/nlp-recommendations/query", content=content, headers=headers)
    assert answer.status_code == status
    if status != 200:
        assert set(answer.json()) == {"statusCode", "message", "error"}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nope", 404),
        ("PUT", "/health", 405),
        ("GET", "/songs/%00/similar", 404),
        ("GET", "/songs/unknown/similar", 404),
        ("GET", "/api/sessions/%ff", 404),
        ("GET", "/api/sessions/aaaaaaaaaaaa", 404),
        ("GET", "/trending?genre=polka", 400),
        ("GET", "/trending?timeframe=year", 400),
        ("GET", "/analytics/users", 403),
    ],
)
def test_refusals_have_one_shape(running, method: str, path: str, status: int) -> None:
    with running.client() as api:
        answer = api.request(method, path, headers=running.headers("listener"))
    assert answer.status_code == status
    assert set(answer.json()) == {"statusCode", "message", "error"}
    assert answer.json()["statusCode"] == status


def test_analytics_are_for_administrators(running) -> None:
    with running.client() as api:
        for area in ("sessions", "playlists", "users"):
            assert api.get(f"/analytics/{area}").status_code == 401
            assert api.get(f"/analytics/{area}", headers=running.headers("admin")).status_code == 200


@pytest.mark.parametrize(
    "origin",
    ["https://evil.test", "null", "https://audotics.test.evil.test", "https://evil-audotics.test",
     "http://audotics.test", "https://sub.audotics.test"],
)  # fmt: skip
def test_foreign_origins_get_nothing(running, origin: str) -> None:
    with running.client() as api:
        read = api.get("/trending", headers={"Origin": origin})
        assert "access-control-allow-origin" not in read.headers
        assert api.post("/auth/login", json={}, headers={"Origin": origin}).status_code == 403
        asked = {"Origin": origin, "Access-Control-Request-Method": "GET"}
        assert api.options("/recommendations", headers=asked).status_code == 403
        handshake = api.get("/socket.io/?EIO=4&transport=polling", headers={"Origin": origin})
        assert handshake.status_code == 400


def test_the_frontends_origin_is_allowed(running) -> None:
    asked = {"Origin": "https://audotics.test", "Access-Control-Request-Method": "GET"}
    with running.client() as api:
        answer = api.options("/recommendations", headers=asked)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "https://audotics.test"
    assert answer.headers["access-control-allow-credentials"] == "true"


def test_every_answer_shows_its_budget(running) -> None:
    with running.client() as api:
        first = api.get("/trending").headers
        second = api.get("/trending").headers
        # This machine's own address has ten times the product's limit.
        assert first["x-ratelimit-limit"] == "1000"
        assert int(second["x-ratelimit-remaining"]) == int(first["x-ratelimit-remaining"]) - 1
        signed_in = api.get("/users/me", headers=running.headers("friend"))
        assert signed_in.headers["x-ratelimit-limit"] == "1000"


def test_the_budget_ends_with_429(running) -> None:
    elsewhere = {"X-Forwarded-For": "192.0.2.77"}
    with running.client() as api:
        statuses = [api.get("/trending", headers=elsewhere).status_code for _ in range(101)]
        assert statuses == [200] * 100 + [429]
        refused = api.get("/trending", headers=elsewhere)
        assert int(refused.headers["retry-after"]) > 0
        assert api.get("/health", headers=elsewhere).status_code == 200


def test_metrics_count_requests(running) -> None:
    with running.client() as api:
        api.get("/trending")
        page = api.get("/metrics").text
    assert 'http_requests_total{method="GET",route="/trending",status="200"}' in page
    assert 'http_request_duration_seconds_bucket{route="/trending",le="+Inf"}' in page
