"""Tiny projects for the plugin's tests, and a control target that answers."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from mini_project import MiniProject


class _TellsTheTime(BaseHTTPRequestHandler):
    def do_HEAD(self) -> None:
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the tests' own output is enough."""


@contextmanager
def _telling_the_time() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _TellsTheTime) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.fixture(scope="session")
def control() -> Iterator[str]:
    """host:port of a server on loopback that tells the time, as any HTTP server does."""
    with _telling_the_time() as endpoint:
        yield endpoint


@pytest.fixture(scope="session")
def another_control() -> Iterator[str]:
    """host:port of a second one: it takes two to call a clock wrong."""
    with _telling_the_time() as endpoint:
        yield endpoint


@pytest.fixture(scope="session")
def closed_port() -> Iterator[str]:
    """host:port that refuses connections for as long as the tests run."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{holder.getsockname()[1]}"


@pytest.fixture(scope="session")
def bytecode(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where all runs of all workers keep compiled modules; it halves their time."""
    base = tmp_path_factory.getbasetemp()
    return (base.parent if base.name.startswith("popen-") else base) / "bytecode"


@pytest.fixture(scope="session")
def new_project(
    tmp_path_factory: pytest.TempPathFactory, bytecode: Path, control: str
) -> Callable[[], MiniProject]:
    """Makes an empty project."""
    return lambda: MiniProject(tmp_path_factory.mktemp("mini"), bytecode=bytecode, control=control)


@pytest.fixture
def project(new_project: Callable[[], MiniProject]) -> MiniProject:
    """An empty project for one test."""
    return new_project()
