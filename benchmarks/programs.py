"""Programs that make the same requests: each GETs every URL once; unless all are answered by 200 it fails."""

import json
import os
import shutil
import sys
from abc import ABC, abstractmethod
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from benchmarks.measured import Cost, run

AT_ONCE = 64
"""Requests side by side, of every program that can be told."""
_PATH = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin", "/sbin"))
_BARE = ("-q", "-p", "no:golive", "-p", "no:allure_pytest", "-p", "no:html", "-p", "no:cacheprovider")


@dataclass(frozen=True, slots=True)
class Work:
    """How many checks of one request each, and how long each request takes."""

    checks: int
    delay_ms: int

    @property
    def title(self) -> str:
        """In a table's head."""
        return f"{self.checks:,} at {self.delay_ms} ms"

    @property
    def seconds_in_turn(self) -> float:
        """How long the delays take, one after the other."""
        return self.checks * self.delay_ms / 1000


class Program(ABC):
    """One of those that are compared."""

    name: str
    lanes = AT_ONCE
    """How many requests it has under way at most."""

    def why_not(self, work: Work, longest: float) -> str:
        """Why it is not measured with this work; empty where it is."""
        took = work.seconds_in_turn / self.lanes
        return f"≥ {took:.0f} s" if took > longest else ""

    @abstractmethod
    def prepare(self, folder: Path, work: Work, port: int) -> None:
        """Write what it runs into an empty folder of its own."""

    @abstractmethod
    def measure(self, folder: Path) -> Cost:
        """Run it once."""


class Asyncio(Program):
    """The floor: connections that are kept, bytes written and read, nothing else."""

    name = "asyncio, standard library"

    def prepare(self, folder: Path, work: Work, port: int) -> None:
        """One program."""
        source = _FLOOR.format(port=port, checks=work.checks, delay=work.delay_ms, lanes=AT_ONCE)
        (folder / "floor.py").write_text(source, encoding="utf-8")

    def measure(self, folder: Path) -> Cost:
        """Run it."""
        return run([sys.executable, "floor.py"], folder)


class Golive(Program):
    """A suite of golive: a checklist, a profile, checks; all reports are written."""

    def __init__(self, name: str = "golive", *arguments: str) -> None:
        self.name = name
        self._arguments = arguments

    def prepare(self, folder: Path, work: Work, port: int) -> None:
        """A project."""
        write_project(folder, port, _CHECKS.format(checks=work.checks, delay=work.delay_ms))

    def measure(self, folder: Path) -> Cost:
        """Run it."""
        shutil.rmtree(folder / "reports", ignore_errors=True)
        return run([sys.executable, "-m", "pytest", "-q", "--env=loopback", *self._arguments], folder)


class Pytest(Program):
    """pytest with one client for the session, without golive and without reports."""

    def __init__(self, name: str, *arguments: str, lanes: int = 1, source: str = "") -> None:
        self.name = name
        self.lanes = lanes
        self._arguments = arguments
        self._source = source or _WITH_HTTPX

    def prepare(self, folder: Path, work: Work, port: int) -> None:
        """One module."""
        source = self._source.format(port=port, checks=work.checks, delay=work.delay_ms)
        (folder / "test_shop.py").write_text(source, encoding="utf-8")
        (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")

    def measure(self, folder: Path) -> Cost:
        """Run it."""
        return run([sys.executable, "-m", "pytest", *_BARE, *self._arguments], folder)


class EmptyTest(Pytest):
    """What pytest itself takes: one test that does nothing."""

    def __init__(self) -> None:
        super().__init__("pytest, one empty test", lanes=AT_ONCE, source="def test_nothing():\n    pass\n")


class Blackbox(Program):
    """prometheus-blackbox-exporter, asked for every probe side by side; its start counts, as all others'."""

    name = "blackbox_exporter"

    def prepare(self, folder: Path, work: Work, port: int) -> None:
        """Its configuration, and who asks it."""
        modules = "modules: {well: {prober: http, timeout: 5s}}\n"
        (folder / "blackbox.yml").write_text(modules, encoding="utf-8")
        source = _ASKS_BLACKBOX.format(
            program=shutil.which("prometheus-blackbox-exporter", path=_PATH),
            port=port,
            checks=work.checks,
            delay=work.delay_ms,
            lanes=AT_ONCE,
        )
        (folder / "asks.py").write_text(source, encoding="utf-8")

    def measure(self, folder: Path) -> Cost:
        """Run both."""
        return run([sys.executable, "asks.py"], folder)


def programs() -> tuple[list[Program], dict[str, str]]:
    """Return those that can be measured here, and of the others why not."""
    found: list[Program] = [
        EmptyTest(),
        Asyncio(),
        Golive(),
        Golive("golive -n 2", "-n", "2"),
        Golive("golive, no reports of others", "-p", "no:html", "-p", "no:allure_pytest"),
        Pytest("pytest and httpx, in turn"),
        Pytest("pytest-xdist -n 4", "-n", "4", lanes=4),
    ]
    absent = {"k6": "no package registry that this suite may use has it"}
    if find_spec("playwright") is not None:
        found.append(Pytest("Playwright API tests (Python)", source=_WITH_PLAYWRIGHT))
    else:
        absent["Playwright API tests (Python)"] = "playwright is not installed"
    if shutil.which("prometheus-blackbox-exporter", path=_PATH):
        found.append(Blackbox())
    else:
        absent[Blackbox.name] = "not installed (Debian: prometheus-blackbox-exporter)"
    return found, absent


def write_project(folder: Path, port: int, checks: str, *, network: str = "", hosts: str = "") -> None:
    """Write a project of golive, whose checks may ask ``127.0.0.1:port``."""
    texts = {
        "pytest.ini": "[pytest]\ntestpaths = tests\ngolive_checks = tests\naddopts = -p no:cacheprovider\n",
        "checklist.md": _CHECKLIST,
        "environments/loopback.toml": _PROFILE.format(port=port, network=network, hosts=hosts),
        "tests/test_shop.py": checks,
        "checklist.lock": json.dumps({"checks": {"shop": ["tests/test_shop.py::test_shop"]}}),
    }
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


_CHECKLIST = """\
# Shop

<!-- golive: phase=smoke owner=QA max-age="1 h" -->

- [ ] The shop answers `shop`
"""
_PROFILE = """\
schema = 1
title = "Loopback"
[release]
version = "0"
[limits.default]
connections = 64
requests_per_second = 1000
[control]
targets = ["127.0.0.1:{port}"]
{network}
[allow.hosts]
"127.0.0.1" = {{}}
{hosts}
"""
_CHECKS = '''\
import pytest

@pytest.mark.checklist("shop")
@pytest.mark.parametrize("number", range({checks}))
async def test_shop(number, http, profile, evidence):
    """It answers."""
    answer = evidence(await http.get(f"http://{{profile.control.targets[0]}}/{delay}/{{number}}"))
    assert answer.status == 200
'''
_WITH_HTTPX = """\
import httpx
import pytest

@pytest.fixture(scope="session")
def client():
    with httpx.Client(base_url="http://127.0.0.1:{port}") as client:
        yield client

@pytest.mark.parametrize("number", range({checks}))
def test_shop(number, client):
    assert client.get(f"/{delay}/{{number}}").status_code == 200
"""
_WITH_PLAYWRIGHT = """\
import pytest
from playwright.sync_api import sync_playwright

@pytest.fixture(scope="session")
def client():
    with sync_playwright() as playwright:
        context = playwright.request.new_context(base_url="http://127.0.0.1:{port}")
        yield context
        context.dispose()

@pytest.mark.parametrize("number", range({checks}))
def test_shop(number, client):
    assert client.get(f"/{delay}/{{number}}").status == 200
"""
_FLOOR = """\
import asyncio

async def lane(numbers):
    reader, writer = await asyncio.open_connection("127.0.0.1", {port})
    for number in numbers:
        writer.write(b"GET /{delay}/%d HTTP/1.1\\r\\nHost: 127.0.0.1\\r\\n\\r\\n" % number)
        head = await reader.readuntil(b"\\r\\n\\r\\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        await reader.readexactly(15)
    writer.close()

async def main():
    numbers = iter(range({checks}))
    await asyncio.gather(*[lane(numbers) for _ in range(min({lanes}, {checks}))])

asyncio.run(main())
"""
_ASKS_BLACKBOX = """\
import asyncio, socket, subprocess

with socket.socket() as holder:
    holder.bind(("127.0.0.1", 0))
    own = holder.getsockname()[1]
listen = f"--web.listen-address=127.0.0.1:{{own}}"
process = subprocess.Popen(["{program}", "--config.file=blackbox.yml", "--log.level=error", listen])

async def ask(path):
    reader, writer = await asyncio.open_connection("127.0.0.1", own)
    writer.write(f"GET {{path}} HTTP/1.0\\r\\nHost: 127.0.0.1\\r\\n\\r\\n".encode())
    answer = await reader.read()
    writer.close()
    return answer

async def lane(numbers):
    for number in numbers:
        answer = await ask(f"/probe?module=well&target=http://127.0.0.1:{port}/{delay}/{{number}}")
        assert b"probe_success 1" in answer, answer

async def main():
    for _ in range(500):
        try:
            await ask("/-/healthy")
            break
        except OSError:
            await asyncio.sleep(0.01)
    numbers = iter(range({checks}))
    await asyncio.gather(*[lane(numbers) for _ in range(min({lanes}, {checks}))])

try:
    asyncio.run(main())
finally:
    process.terminate()
    process.wait()
"""
