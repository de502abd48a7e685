"""Faults as they are seen from outside; several that do not touch each other share one stack."""

from __future__ import annotations

import json
import socket
import ssl
import time
from collections.abc import Iterator

import dns.exception
import dns.message
import dns.query
import pytest

from selftests.rehearsal.stack.test_stack_life import API, APP, CDN, connect_tls, get, get_plain
from selftests.rehearsal.stack_process import RunningStack, open_directory, start_stack

UPGRADE = (
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: api.audotics.test\r\nConnection: Upgrade\r\n"
    "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


@pytest.fixture(scope="module")
def misconfigured() -> Iterator[RunningStack]:
    with open_directory() as directory:
        running = start_stack(
            directory,
            "edge.slow-app",
            "edge.upgrade-blocked",
            "edge.hsts-too-short",
            "edge.plain-http-serves-content",
            "tls.no-1.3",
            "dns.server-down",
            "fleet.old-replica",
            "assets.no-cors",
            "assets.script-lost",
        )
        yield running
        running.end()


@pytest.fixture(scope="module")
def broken() -> Iterator[RunningStack]:
    with open_directory() as directory:
        running = start_stack(
            directory,
            "edge.redirect-loses-path",
            "edge.hsts-missing",
            "tls.no-1.2",
            "fleet.replica-down",
            "outage.asset-edge",
            "outage.cache",
            "dns.stale-server",
        )
        yield running
        running.end()


def ask(stack: RunningStack, server: int, name: str, kind: str) -> dns.message.Message:
    address = stack.facts["profile"]["targets"]["dns"]["nameservers"][server]["address"]
    ip, _, port = address.rpartition(":")
    return dns.query.udp(dns.message.make_query(name, kind), ip, port=int(port), timeout=1)


@pytest.mark.parametrize("path", ["/", "/?signin=spotify"])
def test_the_slow_host_takes_three_seconds_and_then_serves_rightly(
    misconfigured: RunningStack, path: str
) -> None:
    began = time.monotonic()
    status, _, body = get(misconfigured, APP, path)
    assert 3.0 <= time.monotonic() - began < 6.0
    assert status == 200
    assert b"<html" in body


def test_a_blocked_upgrade_is_refused_while_polling_is_served(misconfigured: RunningStack) -> None:
    with connect_tls(misconfigured, API) as connection:
        connection.sendall(UPGRADE.encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 400 ")
    status, _, body = get(misconfigured, API, "/socket.io/?EIO=4&transport=polling")
    assert status == 200
    assert body.startswith(b"0{")


def test_hsts_is_short_where_that_was_asked(misconfigured: RunningStack) -> None:
    headers = get(misconfigured, API, "/version")[1]
    assert headers["Strict-Transport-Security"] == "max-age=300; includeSubDomains"


def test_plain_http_serves_content_where_that_was_asked(misconfigured: RunningStack) -> None:
    assert get_plain(misconfigured, API, "/version")[0] == 200


def test_one_replica_is_old_where_that_was_asked(misconfigured: RunningStack) -> None:
    answers = [json.loads(get(misconfigured, API, "/version")[2]) for _ in range(4)]
    assert "0.9.4" in json.dumps(answers)
    assert misconfigured.facts["profile"]["release"]["commit"] in json.dumps(answers)


def test_tls_1_3_is_refused_where_that_was_asked(misconfigured: RunningStack) -> None:
    with pytest.raises(ssl.SSLError):
        connect_tls(misconfigured, API, ssl.TLSVersion.TLSv1_3)


def test_a_dead_server_is_silent_while_the_other_answers(misconfigured: RunningStack) -> None:
    assert ask(misconfigured, 0, APP, "A").answer
    with pytest.raises((dns.exception.Timeout, OSError)):
        ask(misconfigured, 1, APP, "A")


def test_scripts_are_lost_where_that_was_asked(misconfigured: RunningStack) -> None:
    manifest = json.loads(get(misconfigured, CDN, "/manifest.json")[2])
    assert get(misconfigured, CDN, f"/{manifest['main.js']['file']}")[0] == 404
    status, headers, _ = get(misconfigured, CDN, f"/{manifest['app.css']['file']}")
    assert status == 200
    assert headers["Access-Control-Allow-Origin"] is None


def test_a_redirect_loses_its_path_where_that_was_asked(broken: RunningStack) -> None:
    status, headers, _ = get_plain(broken, API, "/a?b=c")
    assert (status, headers["Location"]) == (308, "https://api.audotics.test/")


def test_hsts_is_missing_where_that_was_asked(broken: RunningStack) -> None:
    assert get(broken, APP, "/")[1]["Strict-Transport-Security"] is None


def test_a_replica_that_is_down_refuses_and_the_edge_uses_the_other(broken: RunningStack) -> None:
    url = broken.facts["profile"]["targets"]["api"]["replicas"][1]["url"]
    with socket.socket() as connection:
        assert connection.connect_ex(("127.0.0.1", int(url.rpartition(":")[2]))) != 0
    assert {get(broken, API, "/version")[0] for _ in range(4)} == {200}


def test_a_lost_asset_edge_is_a_bad_gateway(broken: RunningStack) -> None:
    assert get(broken, CDN, "/manifest.json")[0] == 502


def test_a_lost_cache_shows_in_the_health_of_an_api_that_still_answers(broken: RunningStack) -> None:
    status, _, body = get(broken, API, "/health")
    assert status == 200
    assert json.loads(body)["status"] == "degraded"


def test_a_stale_server_gives_another_address_under_the_same_serial(broken: RunningStack) -> None:
    addresses = [str(ask(broken, server, APP, "A").answer[0][0]) for server in (0, 1)]
    serials = {ask(broken, server, APP, "SOA").answer[0][0].serial for server in (0, 1)}
    assert addresses == ["127.0.0.1", "127.0.0.66"]
    assert len(serials) == 1
