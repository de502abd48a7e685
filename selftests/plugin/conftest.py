"""Tiny projects for the plugin's tests, and a control target that answers."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from mini_project import MiniProject


@pytest.fixture(scope="session")
def control() -> Iterator[str]:
    """host:port of a listener on loopback; the kernel accepts for it."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


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
