"""Tiny projects for the plugin's tests, and a control target that answers."""

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from selftests.plugin.mini_project import MiniProject
from selftests.plugin.warm_pytest import WarmPytest


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
def warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WarmPytest]:
    """A process that has imported pytest and golive once for all runs."""
    base = tmp_path_factory.getbasetemp()
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_"))}
    # All workers keep compiled modules in one place.
    bytecode = (base.parent if base.name.startswith("popen-") else base) / "bytecode"
    clean |= {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(bytecode), "COLUMNS": "200"}
    warm = WarmPytest(clean)
    yield warm
    warm.close()


@pytest.fixture(scope="session")
def new_project(
    tmp_path_factory: pytest.TempPathFactory, warm: WarmPytest, control: str
) -> Callable[[], MiniProject]:
    """Makes an empty project."""
    return lambda: MiniProject(tmp_path_factory.mktemp("mini"), warm=warm, control=control)


@pytest.fixture
def project(new_project: Callable[[], MiniProject]) -> MiniProject:
    """An empty project for one test."""
    return new_project()
