"""One running rehearsal for all tests of this directory that ask for it."""

from __future__ import annotations

import contextlib
import itertools
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 30.0
_PLACES = itertools.count()


@dataclass(frozen=True)
class Running:
    """Addresses of both replicas, and the secrets of the run."""

    replicas: tuple[str, str]
    secrets: dict[str, str]

    def client(self, replica: int = 0) -> httpx.Client:
        """A client of one replica; close it."""
        return httpx.Client(base_url=self.replicas[replica], timeout=10, trust_env=False)

    def password(self, role: str) -> str:
        return self.secrets[f"GOLIVE_{role.upper()}_PASSWORD"]

    def sign_in(self, role: str) -> dict[str, str]:
        """A fresh token pair of an account."""
        with self.client() as api:
            answer = api.post(
                "/auth/login",
                json={"email": f"golive-{role}@audotics.test", "password": self.password(role)},
                # As if from many places: the tests together sign in more often than one address may.
                headers={"X-Forwarded-For": f"198.51.100.{next(_PLACES) % 250}"},
            )
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def headers(self, role: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.sign_in(role)['accessToken']}"}


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The whole rehearsal, started once and ended by closing its standard input."""
    with started(tmp_path_factory.mktemp("rehearsal")) as rehearsal:
        yield rehearsal


@pytest.fixture(scope="session")
def running_v2(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The second deployment: other routes, words and real time."""
    with started(tmp_path_factory.mktemp("rehearsal-v2"), "--flavour", "v2") as rehearsal:
        yield rehearsal


@contextlib.contextmanager
def started(folder: Path, *options: str) -> Iterator[Running]:
    """A rehearsal of these options while the block runs."""
    facts = folder / "facts.json"
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "rehearsal", "serve", "--facts", str(facts), *options],
            stdin=subprocess.PIPE,
            stderr=log,
            cwd=ROOT,
        )
    assert process.stdin is not None
    try:
        deadline = time.monotonic() + START_SECONDS
        while not facts.exists():
            assert process.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < deadline, (folder / "log").read_text()
            time.sleep(0.05)
        content = json.loads(facts.read_text())
        first, second = (replica["url"] for replica in content["profile"]["targets"]["api"]["replicas"])
        yield Running((first, second), content["secrets"])
    finally:
        process.stdin.close()
        process.wait(20)
