"""Monitoring starts when somebody first asks it something, once, and says why when it cannot."""

import asyncio

import pytest

from rehearsal.monitoring.on_demand import OnDemandProxy
from rehearsal.monitoring.programs import NoPrograms, find_programs
from rehearsal.stack.errors import PartFailed
from rehearsal.stack.network.ports import LOOPBACK, PortReservations


async def visit(start_backend, *, times: int = 1) -> list[bytes]:
    """What visitors get who say "hello" to a proxy; behind it somebody echoes."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.read(100))
        writer.close()

    ports = PortReservations()
    inside = await asyncio.start_server(echo, LOOPBACK, 0)
    proxy = OnDemandProxy(start_backend, inside.sockets[0].getsockname()[1])
    port = ports.hand_over("proxy")
    await proxy.start(port)

    async def connect() -> bytes:
        reader, writer = await asyncio.open_connection(LOOPBACK, port)
        writer.write(b"hello")
        answer = await asyncio.wait_for(reader.read(), 5)
        writer.close()
        return answer

    try:
        return await asyncio.gather(*(connect() for _ in range(times)))
    finally:
        await proxy.stop()
        inside.close()
        ports.close()


def test_proxy_forwards_once_its_backend_runs():
    """Every visitor gets through, and none before the part runs."""
    started = []

    async def start_backend() -> None:
        await asyncio.sleep(0.05)
        started.append(1)

    assert asyncio.run(visit(start_backend, times=3)) == [b"hello"] * 3
    assert len(started) == 3


def test_proxy_says_why_its_backend_does_not_run():
    """In an answer that a client of HTTP understands."""

    async def start_backend() -> None:
        raise PartFailed("prometheus", "it ended with exit code 1", "see its log")

    (answer,) = asyncio.run(visit(start_backend))
    assert answer.startswith(b"HTTP/1.1 503 ")
    assert b"prometheus did not start: it ended with exit code 1; see its log" in answer


def test_missing_programs_are_named(monkeypatch, tmp_path):
    """With what installs them here."""
    monkeypatch.setenv("PATH", str(tmp_path))
    found = find_programs()
    assert isinstance(found, NoPrograms)
    assert "prometheus-alertmanager" in found.reason
    assert "golive doctor" in found.remedy


@pytest.mark.parametrize("names", [("prometheus", "alertmanager", "postgres_exporter")])
def test_programs_are_found_by_their_own_names_too(monkeypatch, tmp_path, names):
    """Debian calls them otherwise than their makers do."""
    for name in names:
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_programs().alertmanager == tmp_path / "alertmanager"
