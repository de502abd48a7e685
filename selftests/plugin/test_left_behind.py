"""What a run leaves in its target is said in its report, and undone where the run was killed."""

import os
import signal
import subprocess
import sys

import pytest

from selftests.examples import session_deployment as ways
from selftests.plugin.mini_project import PROFILE, check

JOURNAL = "from golive.core.journal import UndoStep\nfrom golive.report.journal import Journal\n"
USES = "evidence, run_folder, run_id"
LEAVES = """
evidence.note("saw it", n=1)
entry = Journal(run_folder / "created.jsonl", run_id).begin("group session", f"golive {run_id}")
entry.note("left behind", why="it is still there, answered 200")
"""
OPENS = """
evidence.note("saw it", n=1)
entry = Journal(run_folder / "created.jsonl", run_id).begin("group session", f"golive {{run_id}}")
entry.name = "s1"
for role in ("listener", "friend"):
    entry.note("created",
        undo=UndoStep(method="DELETE", url="{url}/sessions/s1/leave", account=role),
        read_back=UndoStep(method="GET", url="{url}/sessions/s1", account="listener"))
open("opened", "w").close()
await asyncio.sleep(60)
"""
ACCOUNTS = """
"api.test" = {}
"127.0.0.1:PORT" = { methods = ["GET", "DELETE"] }
[targets.api]
url = "https://api.test"
dependencies = ["database"]
[authentication]
strategy = "token"
[accounts]
listener = { email = "listener@mini.test", token = "listener" }
friend = { email = "friend@mini.test", token = "friend" }
[secrets.listener]
variable = "MINI_LISTENER"
[secrets.friend]
variable = "MINI_FRIEND"
"""
SECRETS = {"MINI_LISTENER": "token-of-listener", "MINI_FRIEND": "token-of-friend"}


def test_what_stayed_is_said_at_the_end_with_what_removes_it(project):
    """On the terminal and in the record, although every line is verified."""
    run = project.lines("a").checks(JOURNAL, check("a", LEAVES, uses=USES)).run()
    name = f"golive {run.record.header.run_id}"
    assert run.states == {"a": "verified"}
    assert f"left behind: group session {name} — it is still there, answered 200" in run.record.footer.notes
    command = f"golive undo {run.folder.relative_to(project.folder)}"
    assert f"to remove what was left behind: {command}" in run.record.footer.notes
    assert command in run.output


def test_run_that_leaves_nothing_says_nothing(project):
    """Neither without a journal nor with one whose things are gone."""
    gone = LEAVES.replace("left behind", "removed")
    run = project.lines("a", "b").checks(JOURNAL, check("a"), check("b", gone, uses=USES)).run()
    assert "left behind" not in run.output + " ".join(run.record.footer.notes)


@pytest.fixture
def killed(project):
    """A run that was killed while a session was open, with the deployment that has it."""
    with ways.deployed(ways.ENDS_WITH_THE_LAST) as deployment:
        deployment.open("listener", "friend")
        project.write(
            "environments/mini.toml",
            PROFILE.format(control="127.0.0.1:1", deadline="30 s", effects='["read", "write"]')
            + ACCOUNTS.replace("PORT", deployment.url.rpartition(":")[2]),
        )
        project.lines("a").checks(JOURNAL, check("a", OPENS.format(url=deployment.url), uses=USES))
        process = project.start(**SECRETS)
        project.wait_for((project.folder / "opened").exists, process)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        yield project, deployment


def test_killed_run_is_undone_from_its_journal(killed):
    """By the command that a person types; every member leaves."""
    project, deployment = killed
    assert deployment.sessions
    done = subprocess.run(
        [sys.executable, "-m", "golive.cli", "undo", project.newest_run().relative_to(project.folder)],
        cwd=project.folder,
        env=os.environ | SECRETS,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stderr == ""
    assert "1 removed, 0 already gone, 0 left behind" in done.stdout
    assert done.returncode == 0
    assert deployment.sessions == {}
    assert [line for line in deployment.seen if "leave" in line] == [
        "DELETE /sessions/s1/leave friend",
        "DELETE /sessions/s1/leave listener",
    ]
