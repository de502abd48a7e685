"""What earlier runs left is tried again by the next one, and never what a run left that is still going on."""

import asyncio
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from golive.api.afterwards.leftovers import left_by_earlier_runs, undo_what_earlier_runs_left
from golive.core.journal import UndoStep
from golive.net.access import Access
from golive.net.http import HttpProbe
from golive.profile.loading import load_profile
from golive.profile.redaction import Redactor
from golive.profile.secrets import Secret, Secrets
from golive.report.journal import Journal, left_behind
from selftests.examples import session_deployment as ways

NOW = datetime(2026, 11, 30, 14, tzinfo=UTC)
OWN = "20261130T135900Z-ffffff"
EARLIER = "20261130T120000Z-aaaaaa"
PROFILE = """
schema = 1
title = "Mini"
[release]
version = "1.0.0"
{start}
[targets.api]
url = "https://api.mini.test"
dependencies = ["database"]
[authentication]
strategy = "token"
[accounts]
listener = {{ email = "listener@mini.test", token = "listener" }}
friend = {{ email = "friend@mini.test", token = "friend" }}
[secrets]
listener = {{ variable = "A" }}
friend = {{ variable = "B" }}
[control]
targets = ["127.0.0.1:1"]
[allow]
effects = ["read", "write"]
[allow.hosts]
"{host}" = {{ methods = ["GET", "POST", "DELETE"] }}
"""
SECRETS = Secrets({"listener": Secret("token-of-listener"), "friend": Secret("token-of-friend")}, {})


def folder_of(root: Path, run: str, version: str = "1.0.0") -> Path:
    folder = root / "reports" / "mini" / version / run
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def left(root: Path, run: str, url: str, session: str = "s1", *, ended: bool = True) -> Journal:
    """The journal of a run that left a session with two members."""
    folder = folder_of(root, run, "0.9.0")
    journal = Journal(folder / "created.jsonl", run)
    entry = journal.begin("group session", f"golive {run}")
    entry.name = session
    for role in ("listener", "friend"):
        entry.note(
            "created",
            undo=UndoStep(method="DELETE", url=f"{url}/sessions/{session}/leave", account=role),
            read_back=UndoStep(method="GET", url=f"{url}/sessions/{session}", account=role),
        )
    entry.note("left behind", why="it was still there")
    if ended:
        (folder / "summary.json").write_text("{}", encoding="utf-8")
    else:
        os.utime(journal.file, (NOW.timestamp(), NOW.timestamp() - 60))
    return journal


def next_run(root: Path, deployment: ways.Deployment, *, start: str = "") -> Path:
    file = root / "mini.toml"
    host = deployment.url.removeprefix("http://")
    file.write_text(PROFILE.format(host=host, start=start), encoding="utf-8")
    profile = load_profile(file)
    own = folder_of(root, OWN)

    async def acting() -> None:
        http = HttpProbe(Access.of(profile))
        journal = Journal(own / "created.jsonl", OWN, clock=lambda: NOW)
        await undo_what_earlier_runs_left(journal, http, profile, secrets=SECRETS, redactor=Redactor())
        await http.aclose()

    asyncio.run(acting())
    return own


def test_what_an_earlier_run_left_is_removed_and_noted_in_its_journal(tmp_path: Path) -> None:
    with ways.deployed(ways.ENDS_WITH_THE_LAST) as deployment:
        deployment.open("listener", "friend")
        earlier = left(tmp_path, EARLIER, deployment.url)
        own = next_run(tmp_path, deployment)
        assert deployment.sessions == {}
    assert left_behind(earlier.file.parent, run=EARLIER, stays=True) == ()
    assert left_behind(own, run=OWN, stays=True) == ()
    assert "removed" in (own / "created.jsonl").read_text(encoding="utf-8")


@pytest.mark.parametrize("way", [ways.STAYS, ways.REFUSES_TO_LET_GO])
def test_what_stays_again_is_said_again_with_the_run_that_left_it(tmp_path: Path, way: str) -> None:
    with ways.deployed(way) as deployment:
        deployment.open("listener", "friend")
        earlier = left(tmp_path, EARLIER, deployment.url)
        for _ in range(2):
            own = next_run(tmp_path, deployment)
    said, *_ = left_behind(own, run=OWN, stays=True)
    assert said.startswith(f"left behind: group session of the run {EARLIER} s1 — it is still there")
    assert left_by_earlier_runs(own, NOW).keys() == {earlier.file.parent}


def test_a_run_that_may_be_going_on_is_left_alone(tmp_path: Path) -> None:
    with ways.deployed(ways.ENDS_WITH_THE_LAST) as deployment:
        deployment.open("listener", "friend")
        left(tmp_path, EARLIER, deployment.url, ended=False)
        own = next_run(tmp_path, deployment)
        assert deployment.seen == []
    assert left_by_earlier_runs(own, NOW + timedelta(hours=2)) != {}


def test_what_the_run_started_itself_ended_with_it(tmp_path: Path) -> None:
    start = '[start]\ncommand = ["true"]\nready_within = "1 s"'
    with ways.deployed(ways.ENDS_WITH_THE_LAST) as deployment:
        deployment.open("listener", "friend")
        left(tmp_path, EARLIER, deployment.url)
        next_run(tmp_path, deployment, start=start)
        assert deployment.seen == []


def test_a_journal_that_cannot_be_read_keeps_nobody_from_the_others(tmp_path: Path) -> None:
    with ways.deployed(ways.ENDS_WITH_THE_LAST) as deployment:
        deployment.open("listener", "friend")
        left(tmp_path, EARLIER, deployment.url)
        broken = left(tmp_path, "20261130T130000Z-bbbbbb", deployment.url, "s2")
        broken.file.write_text("no journal\n{}\n", encoding="utf-8")
        next_run(tmp_path, deployment)
        assert deployment.sessions == {}
