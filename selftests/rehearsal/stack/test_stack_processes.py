"""Child processes: stopped by force when needed, explained when they fail, ended with the supervisor."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import psutil
import pytest

from rehearsal.stack.errors import PartFailed
from rehearsal.stack.network.ports import LOOPBACK, PortReservations
from rehearsal.stack.processes import GUARD_SCRIPT, Children

STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    "print('up', flush=True); time.sleep(60)"
)


def with_children(work: Callable[[Children], Awaitable[None]]) -> None:
    async def whole() -> None:
        children = Children()
        await children.start_guard()
        try:
            await work(children)
        finally:
            await children.stop()

    asyncio.run(whole())


def test_a_part_that_ends_at_once_is_named_with_its_last_words(tmp_path: Path) -> None:
    async def never() -> bool:
        return False

    async def work(children: Children) -> None:
        child = await children.start(
            "oracle", [sys.executable, "-c", "import sys; sys.exit('no crystal ball')"], log=tmp_path / "log"
        )
        with pytest.raises(
            PartFailed, match=r"oracle did not start: it ended with exit code 1; buy one"
        ) as failure:
            await child.wait_until(never, "buy one")
        assert failure.value.log_tail == ["no crystal ball"]

    with_children(work)


def test_a_part_that_ignores_the_polite_request_is_killed(tmp_path: Path) -> None:
    async def work(children: Children) -> None:
        child = await children.start("stubborn", [sys.executable, "-c", STUBBORN], log=tmp_path / "log")

        async def up() -> bool:
            return "up" in (tmp_path / "log").read_text()

        await child.wait_until(up, "-")
        await child.stop(grace_seconds=0.2)
        assert child.process.returncode == -9
        assert children.died() == []

    with_children(work)


def test_a_part_that_dies_later_is_noticed(tmp_path: Path) -> None:
    async def work(children: Children) -> None:
        child = await children.start("short", ["/bin/sh", "-c", "exit 3"], log=tmp_path / "log")
        await child.process.wait()
        assert children.died() == [child]

    with_children(work)


def test_a_child_does_not_inherit_the_callers_credentials(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLOUD_TOKEN", "hunter2")

    async def work(children: Children) -> None:
        child = await children.start("env", ["/usr/bin/env"], log=tmp_path / "log", environment={"A": "b"})
        await child.process.wait()

    with_children(work)
    text = (tmp_path / "log").read_text()
    assert "A=b" in text
    assert "hunter2" not in text


def test_the_guard_alone_ends_even_a_stubborn_child_when_its_pipe_closes() -> None:
    child = subprocess.Popen([sys.executable, "-c", STUBBORN], stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()
    guard = subprocess.Popen(["/bin/sh", str(GUARD_SCRIPT)], stdin=subprocess.PIPE, text=True)
    assert guard.stdin is not None
    guard.stdin.write(f"add {child.pid} TERM\n")
    guard.stdin.close()
    assert child.wait(10) == -9
    assert guard.wait(10) == 0


def test_the_guard_leaves_a_dropped_process_alone() -> None:
    child = subprocess.Popen(["/bin/sleep", "30"])
    guard = subprocess.Popen(["/bin/sh", str(GUARD_SCRIPT)], stdin=subprocess.PIPE, text=True)
    assert guard.stdin is not None
    guard.stdin.write(f"add {child.pid} TERM\ndrop {child.pid}\n")
    guard.stdin.close()
    assert guard.wait(10) == 0
    assert child.poll() is None
    child.kill()
    child.wait()


def test_children_end_when_their_supervisor_is_killed(tmp_path: Path) -> None:
    program = (
        "import asyncio, pathlib, sys\n"
        "from rehearsal.stack.processes import Children\n"
        "async def main():\n"
        "    children = Children()\n"
        "    await children.start_guard()\n"
        "    child = await children.start('s', ['/bin/sleep', '60'], log=pathlib.Path(sys.argv[1]))\n"
        "    print(child.process.pid, flush=True)\n"
        "    await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    supervisor = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path / "log")],
        cwd=Path(__file__).parents[3], stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert supervisor.stdout is not None
    child = psutil.Process(int(supervisor.stdout.readline()))
    supervisor.kill()
    supervisor.wait()
    deadline = time.monotonic() + 5
    while child.is_running() and child.status() != psutil.STATUS_ZOMBIE and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a port is given back before its server starts")
def test_a_reserved_port_is_ours_alone_and_refuses_until_its_server_listens() -> None:
    ports = PortReservations()
    port = ports.hand_over("x")
    with socket.socket() as stranger, pytest.raises(OSError, match="in use"):
        stranger.bind((LOOPBACK, port))
    with socket.socket() as client:
        assert client.connect_ex((LOOPBACK, port)) != 0
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind((LOOPBACK, port))
        server.listen()
        with socket.create_connection((LOOPBACK, port)):
            pass
    ports.close()


def forked(work: Callable[[Children, Path], Awaitable[None]], folder: Path) -> None:
    """Do `work` with children that can be forked of a warm process."""

    async def whole(children: Children) -> None:
        children.warm_up(folder / "services.log")
        await work(children, folder)

    with_children(whole)


def test_a_forked_service_that_ends_at_once_is_named_with_its_last_words(tmp_path: Path) -> None:
    async def never() -> bool:
        return False

    async def work(children: Children, folder: Path) -> None:
        child = await children.fork(
            "forge", "rehearsal.services.forge", log=folder / "log", environment={}, directory=folder
        )
        with pytest.raises(PartFailed, match=r"forge did not start: it ended with exit code 2; tell it"):
            await child.wait_until(never, "tell it")
        assert child.log_tail() == ["missing variables: HOST, PORT, DATA, TOKEN"]
        assert child in children.died()

    forked(work, tmp_path)


def test_forked_services_end_with_their_stack(tmp_path: Path) -> None:
    pids: list[int] = []

    async def work(children: Children, folder: Path) -> None:
        ports = PortReservations()
        port = ports.hand_over("alert-receiver")
        for name in ("first", "second"):
            child = await children.fork(
                name,
                "rehearsal.services.alert_receiver",
                log=folder / name,
                environment={"HOST": LOOPBACK, "PORT": str(port if name == "first" else 0)},
                directory=folder,
            )
            pids.append(child.process.pid)
        ports.close()

    forked(work, tmp_path)
    assert len(set(pids)) == 2
    assert not [pid for pid in pids if psutil.pid_exists(pid)]


def _warm_processes() -> set[psutil.Process]:
    """Every warm process below this one: a warm lane of another test has one, too."""
    found = set()
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            if "rehearsal.services.forking" in process.cmdline():
                found.add(process)
    return found


def test_a_service_cannot_be_forked_once_the_warm_process_is_gone(tmp_path: Path) -> None:
    of_others = _warm_processes()

    async def work(children: Children, folder: Path) -> None:
        child = await children.fork(
            "forge", "rehearsal.services.forge", log=folder / "log", environment={}, directory=folder
        )
        # The service itself may have ended already: it is told nothing that it could work with.
        min(_warm_processes() - of_others, key=lambda one: one.create_time()).kill()
        await child.process.wait()
        with pytest.raises(PartFailed, match="the process that services are forked of has ended"):
            await children.fork(
                "forge", "rehearsal.services.forge", log=folder / "log", environment={}, directory=folder
            )

    forked(work, tmp_path)
