"""A whole stack as a process: what it tells, how it serves, and that nothing survives it."""

from __future__ import annotations

import http.client
import ipaddress
import json
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from selftests.rehearsal.stack_process import (
    END_LIMIT_SECONDS,
    ROOT,
    RunningStack,
    command,
    environment,
    open_directory,
    start_stack,
    still_running,
)

API, APP, CDN, ACCOUNTS = "api.audotics.test", "audotics.test", "cdn.audotics.test", "accounts.audotics.test"
Answer = tuple[int, http.client.HTTPMessage, bytes]


@pytest.fixture(scope="module")
def stack() -> Iterator[RunningStack]:
    with open_directory() as directory:
        running = start_stack(directory)
        yield running
        if running.process.poll() is None:
            running.end()


@pytest.fixture
def temporary() -> Iterator[Path]:
    with open_directory() as directory:
        yield directory


def connect_tls(stack: RunningStack, host: str, version: ssl.TLSVersion | None = None) -> ssl.SSLSocket:
    context = ssl.create_default_context(cafile=stack.roots)
    if version is not None:
        context.minimum_version = context.maximum_version = version
    plain = socket.create_connection(stack.address(host, 443), timeout=10)
    return context.wrap_socket(plain, server_hostname=host)


def get(stack: RunningStack, host: str, path: str) -> Answer:
    connection = http.client.HTTPSConnection(host, timeout=10)
    connection.sock = connect_tls(stack, host)
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, answer.headers, body


def get_plain(stack: RunningStack, host: str, path: str) -> Answer:
    connection = http.client.HTTPConnection(*stack.address(host, 80), timeout=10)
    connection.request("GET", path, headers={"Host": host})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, answer.headers, body


def test_the_facts_name_release_addresses_replicas_servers_and_secrets(stack: RunningStack) -> None:
    profile, secrets = stack.facts["profile"], stack.facts["secrets"]
    assert stack.facts["schema"] == 1
    assert len(profile["release"]["commit"]) == 40
    public = {"audotics.test:443", "api.audotics.test:443", "cdn.audotics.test:443", "audotics.test:80"}
    assert public < set(profile["network"]["addresses"])
    assert [replica["name"] for replica in profile["targets"]["api"]["replicas"]] == ["api-1", "api-2"]
    assert len(profile["targets"]["dns"]["nameservers"]) == 2
    assert "GOLIVE_OPERATIONS_TOKEN" in secrets
    assert all(secrets.values())
    assert stack.facts["stack"]["pid"] == stack.process.pid


def test_the_facts_are_for_their_owner_only(stack: RunningStack) -> None:
    (file,) = stack.temporary.glob("facts-*.json")
    assert file.stat().st_mode & 0o077 == 0


def test_everything_listens_on_loopback_only(stack: RunningStack) -> None:
    addresses = {
        connection.laddr.ip
        for process in [psutil.Process(stack.process.pid), *stack.descendants()]
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    }
    assert addresses
    assert all(ipaddress.ip_address(address).is_loopback for address in addresses), addresses


def test_no_secret_is_visible_in_a_command_line(stack: RunningStack) -> None:
    lines = [" ".join(process.cmdline()) for process in stack.descendants()]
    secrets = [*stack.facts["secrets"].values()]
    secrets += [
        stack.facts["stack"][key].split("@")[0].split(":")[-1] for key in ("database_url", "cache_url")
    ]
    assert not [line for line in lines for secret in secrets if secret in line]


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("host", [APP, API, CDN, ACCOUNTS])
def test_every_host_has_a_right_certificate_under_both_versions_of_tls(
    stack: RunningStack, host: str, version: ssl.TLSVersion
) -> None:
    with connect_tls(stack, host, version) as connection:
        assert connection.version() == version.name.replace("_", ".")


@pytest.mark.parametrize(
    ("host", "path", "status"),
    [
        (APP, "/", 200),
        (APP, "/sessions/some-id", 200),
        (APP, "/missing.js", 404),
        (APP, "/.env", 404),
        (API, "/version", 200),
        (API, "/nothing-here", 404),
        (API, "/metrics", 404),
        (CDN, "/manifest.json", 200),
        (CDN, "/missing.js", 404),
    ],
)
def test_every_answer_carries_the_security_headers_once(
    stack: RunningStack, host: str, path: str, status: int
) -> None:
    answered, headers, _ = get(stack, host, path)
    assert answered == status
    assert headers.get_all("Strict-Transport-Security") == ["max-age=63072000; includeSubDomains"]
    assert headers.get_all("X-Content-Type-Options") == ["nosniff"]
    assert headers.get_all("Server") is None


@pytest.mark.parametrize("host", [APP, API, CDN, ACCOUNTS])
def test_plain_http_is_redirected_to_the_same_place(stack: RunningStack, host: str) -> None:
    status, headers, _ = get_plain(stack, host, "/a/b?c=1&d=2")
    assert (status, headers["Location"]) == (308, f"https://{host}/a/b?c=1&d=2")


def test_requests_spread_over_both_replicas_of_one_release(stack: RunningStack) -> None:
    versions = [json.loads(get(stack, API, "/version")[2]) for _ in range(4)]
    text = json.dumps(versions)
    assert "api-1" in text
    assert "api-2" in text
    assert text.count(stack.facts["profile"]["release"]["commit"]) == 4


def test_the_second_fetch_of_an_asset_is_a_hit_with_the_same_bytes(stack: RunningStack) -> None:
    manifest = json.loads(get(stack, CDN, "/manifest.json")[2])
    path = "/" + manifest["main.js"]["file"]
    _, first, body = get(stack, CDN, path)
    _, second, again = get(stack, CDN, path)
    assert (first["X-Cache"], second["X-Cache"]) == ("MISS", "HIT")
    assert second["Cache-Status"] == "audotics-cdn; hit"
    assert "Age" in second
    assert second["Cache-Control"] == "public, max-age=31536000, immutable"
    assert second["Access-Control-Allow-Origin"] == "*"
    assert body == again
    assert len(body) == manifest["main.js"]["bytes"]


def test_the_asset_origin_serves_only_the_edge(stack: RunningStack) -> None:
    origin = stack.facts["profile"]["targets"]["cdn"]["origin"]["url"]
    assert httpx.get(f"{origin}/manifest.json").status_code == 403
    key = {"X-Origin-Key": stack.facts["secrets"]["GOLIVE_CDN_ORIGIN_KEY"]}
    answer = httpx.get(f"{origin}/manifest.json", headers=key)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-cache")


def test_the_asset_edge_forgets_for_those_who_may_ask(stack: RunningStack) -> None:
    path = "/" + json.loads(get(stack, CDN, "/manifest.json")[2])["app.css"]["file"]
    for _ in range(2):
        seen = get(stack, CDN, path)[1]["X-Cache"]
    assert seen == "HIT"
    ip, port = stack.address(CDN, 443)
    body, purge = {"files": [f"https://{CDN}{path}"]}, f"https://{ip}:{port}/.edge/purge"
    options = {"extensions": {"sni_hostname": CDN}, "json": body}
    token = stack.facts["secrets"]["GOLIVE_CDN_PURGE_TOKEN"]
    context = ssl.create_default_context(cafile=stack.roots)
    with httpx.Client(verify=context, headers={"Host": CDN}) as client:
        assert client.post(purge, **options, headers={"Authorization": "Bearer x"}).status_code == 401
        assert get(stack, CDN, path)[1]["X-Cache"] == "HIT"
        assert client.post(purge, **options, headers={"Authorization": f"Bearer {token}"}).status_code == 200
    assert get(stack, CDN, path)[1]["X-Cache"] == "MISS"


def test_the_control_target_answers_by_itself(stack: RunningStack) -> None:
    with socket.create_connection(stack.address("control.audotics.test", 443), timeout=5) as connection:
        connection.sendall(b"hello")
        assert connection.recv(100).startswith(b"HTTP/1.1 204")


def test_a_second_stack_runs_beside_the_first(stack: RunningStack, temporary: Path) -> None:
    second = start_stack(temporary)
    assert second.address(API, 443) != stack.address(API, 443)
    assert get(second, API, "/version")[0] == 200
    assert second.end() == 0
    assert get(stack, API, "/version")[0] == 200


def test_the_end_of_standard_input_ends_everything(temporary: Path) -> None:
    running = start_stack(temporary)
    processes = running.descendants()
    assert running.end() == 0
    assert still_running(processes) == []
    assert running.directories() == []


def test_sigterm_ends_everything(temporary: Path) -> None:
    running = start_stack(temporary)
    processes = running.descendants()
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(END_LIMIT_SECONDS) == 0
    assert still_running(processes) == []
    assert running.directories() == []


def test_a_killed_supervisor_leaves_no_process_and_the_next_start_removes_its_directory(
    temporary: Path,
) -> None:
    running = start_stack(temporary)
    processes, (leftover,) = running.descendants(), running.directories()
    running.process.kill()
    running.process.wait()
    assert still_running(processes) == []
    successor = start_stack(temporary)
    assert leftover not in successor.directories()
    assert successor.end() == 0


def test_a_killed_parent_takes_the_stack_with_it(temporary: Path) -> None:
    facts = temporary / "facts.json"
    program = (
        "import subprocess, sys, time\n"
        "subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program, *command("serve", "--facts", str(facts))],
        cwd=ROOT, env=environment(temporary),
    )  # fmt: skip
    while not facts.exists():
        assert parent.poll() is None
        time.sleep(0.05)
    processes = psutil.Process(parent.pid).children(recursive=True)
    parent.kill()
    parent.wait()
    assert still_running(processes) == []
    assert list(temporary.glob("audotics-rehearsal-*")) == []


def test_a_request_to_end_during_the_start_is_obeyed(temporary: Path) -> None:
    process = subprocess.Popen(
        command("serve", "--facts", str(temporary / "facts.json")),
        cwd=ROOT, env=environment(temporary), stdin=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    while not list(temporary.glob("audotics-rehearsal-*/postgres")):
        assert process.poll() is None
        time.sleep(0.02)
    processes = psutil.Process(process.pid).children(recursive=True)
    process.terminate()
    assert process.wait(END_LIMIT_SECONDS) == 0
    assert still_running(processes) == []
    assert list(temporary.glob("audotics-rehearsal-*")) == []
