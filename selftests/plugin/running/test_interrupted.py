"""A run that is stopped from outside: nothing that had finished is lost, and nothing is made up."""

import os
import signal
from pathlib import Path

import pytest

from golive.report.events import read_run
from selftests.plugin.mini_project import SAW, check

ACCOUNT = """
@pytest.fixture(scope="session")
async def account():
    yield "account"
    await asyncio.sleep(0.2)
    open("undone", "w").close()
"""
SLEEPS = f"{SAW}\nopen('sleeping', 'w').close()\nawait asyncio.sleep(60)"
SLEEPS_ALONE = f"{SAW}\nopen('sleeping', 'w').close()\ntime.sleep(60)"
STARTED = """
import json, os, pathlib, sys
facts = pathlib.Path(sys.argv[sys.argv.index("--facts") + 1])
pathlib.Path("facts-at").write_text(str(facts))
draft = facts.with_suffix(".draft")
draft.write_text(json.dumps({"secrets": {"MINI_CANARY": "canary-7c1e"}}))
draft.rename(facts)
sys.stdin.read()
"""


def recorded(project):
    """The functions that are on record so far."""
    folder = project.newest_run()
    events = folder / "events.jsonl" if folder else None
    if events is None or not events.exists() or not events.read_text().strip():
        return []
    return [entry.function.partition("::")[2] for entry in read_run(events).records]


@pytest.fixture
def started():
    """Starts a project's run, and kills it where a test leaves it alive."""
    processes = []

    def start(project, *arguments, **variables):
        processes.append(project.start(*arguments, **variables))
        return processes[-1]

    yield start
    for process in processes:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture(params=["side by side", "alone"])
def sleeping(project, started, request):
    """A project whose second check sleeps, in the loop or in pytest's own thread; the first is on record."""
    sync = request.param == "alone"
    project.lines("a", "b", "c").checks(
        ACCOUNT,
        check("a", uses="evidence, account"),
        check("b", SLEEPS_ALONE if sync else SLEEPS, uses="evidence, account", sync=sync),
        check("c", marks="@pytest.mark.serial"),
    )
    process = started(project)
    project.wait_for(
        lambda: "test_a" in recorded(project) and (project.folder / "sleeping").exists(), process
    )
    return project, process


@pytest.mark.parametrize(
    ("number", "name"),
    [(signal.SIGINT, "KeyboardInterrupt"), (signal.SIGTERM, "SIGTERM"), (signal.SIGHUP, "SIGHUP")],
)
def test_a_signal_ends_a_run_in_good_order(sleeping, number, name):
    """Exit code 2; what was made is undone, the record names the interruption, the rest is not run."""
    project, process = sleeping
    process.send_signal(number)
    run = project.finish(process)
    assert run.exit_code == 2
    assert (project.folder / "undone").exists()
    assert run.states == {"a": "verified", "b": "not run", "c": "not run"}
    assert run.record.footer.interruption == f"interrupted: {name}"
    assert run.decision == "INCONCLUSIVE"
    assert "INCONCLUSIVE" in run.output


def test_a_second_signal_does_not_disturb_the_end(project, started):
    """Whoever is impatient gets the verdict all the same."""
    slow_end = ACCOUNT.replace("asyncio.sleep(0.2)", "asyncio.sleep(2)").replace(
        "    await", "    open('ending', 'w').close()\n    await"
    )
    project.lines("a", "b").checks(
        slow_end, check("a", uses="evidence, account"), check("b", SLEEPS, uses="evidence, account")
    )
    process = started(project)
    project.wait_for((project.folder / "sleeping").exists, process)
    process.terminate()
    project.wait_for((project.folder / "ending").exists, process)
    process.terminate()
    run = project.finish(process)
    assert (run.exit_code, run.record.footer.interruption) == (2, "interrupted: SIGTERM")
    assert (project.folder / "undone").exists()


def test_a_signal_that_was_to_be_ignored_is_ignored(project, started):
    """As nohup asks for."""
    body = "os.kill(os.getpid(), 1)\nawait asyncio.sleep(0.3)\n" + SAW
    project.lines("a").checks(check("a", body))
    project.write("sitecustomize.py", "import signal\nsignal.signal(signal.SIGHUP, signal.SIG_IGN)\n")
    run = project.finish(started(project, PYTHONPATH=str(project.folder)))
    assert run.decision == "GO"


def test_a_worker_that_is_terminated_undoes_what_it_made(project, started):
    """A service manager ends the whole group: controller and workers."""
    project.lines("a").checks(ACCOUNT, check("a", SLEEPS, uses="evidence, account"))
    process = started(project, "-n", "1")
    project.wait_for((project.folder / "sleeping").exists, process)
    os.killpg(process.pid, signal.SIGTERM)
    run = project.finish(process)
    assert (run.exit_code, run.states) == (2, {"a": "not run"})
    assert (project.folder / "undone").exists()


def test_a_killed_run_can_be_read_as_far_as_it_got(sleeping):
    """No footer, and the finished check whole."""
    project, process = sleeping
    process.kill()
    process.communicate()
    run = read_run(project.newest_run() / "events.jsonl")
    assert [entry.function for entry in run.records] == ["tests/test_mini.py::test_a"]
    assert run.records[0].evidence[0].title == "saw it"
    assert run.footer is None


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM])
def test_checks_are_recorded_when_they_end(project, started, ending):
    """Not when pytest comes to them: the first sleeps, all others have ended, and so they are on record."""
    body = f"{SAW}\nassert n, 'expected another'"
    others = check("b", body, marks='@pytest.mark.parametrize("n", range(20))', uses="evidence, n")
    project.lines("a", "b").checks(check("a", SLEEPS), others)
    process = started(project)
    project.wait_for(lambda: recorded(project).count("test_b") == 20, process)
    process.send_signal(ending)
    run = project.finish(process) if ending is signal.SIGTERM else process.wait()
    record = read_run(project.newest_run() / "events.jsonl")
    outcomes = [entry.outcome for entry in record.records if entry.function.endswith("test_b")]
    assert sorted(outcomes) == ["failed"] + 19 * ["passed"]
    assert len(record.records) == 20 + (ending is signal.SIGTERM)
    if ending is signal.SIGTERM:
        assert run.states == {"a": "not run", "b": "failed"}


def test_a_check_is_recorded_once(project):
    """Not again when pytest comes to it, unless it is worse by then: then that counts."""
    failing = "\n@pytest.fixture(scope='session')\ndef leaves():\n    yield\n    raise RuntimeError('left')\n"
    project.lines("a", "b").checks(failing, check("a"), check("b", uses="evidence, leaves"))
    run = project.run()
    events = (run.folder / "events.jsonl").read_text().splitlines()
    assert sum('"check-finished"' in line for line in events) == 3
    assert [entry.function[-6:] for entry in run.record.records] == ["test_a", "test_b"]
    assert [entry.outcome for entry in run.record.records] == ["passed", "error"]
    assert run.states == {"a": "verified", "b": "unknown"}


@pytest.fixture
def started_environment(project):
    """A project whose environment is started by the run, and gives it a secret."""
    project.write("env.py", STARTED)
    profile = project.folder / "environments/mini.toml"
    start = '[start]\ncommand = ["python", "env.py"]\nready_within = "30 s"\n'
    profile.write_text(profile.read_text() + start, encoding="utf-8")
    return project.lines("a").checks(check("a", SLEEPS))


def facts_of(project, process):
    project.wait_for((project.folder / "sleeping").exists, process)
    return Path((project.folder / "facts-at").read_text()).parent


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_run_that_ends_takes_its_secrets_along(started_environment, started, number):
    """The folder of the started environment's facts is gone."""
    process = started(started_environment)
    folder = facts_of(started_environment, process)
    assert folder.exists()
    process.send_signal(number)
    assert started_environment.finish(process).exit_code == 2
    assert not folder.exists()


def test_the_next_run_removes_the_secrets_of_one_that_was_killed(started_environment, started, tmp_path):
    """Those of one that lives, of others and of other things stay."""
    project = started_environment
    killed = started(project, TMPDIR=str(tmp_path))
    left = facts_of(project, killed)
    (project.folder / "sleeping").unlink()
    killed.kill()
    killed.wait()
    alive = started(project, TMPDIR=str(tmp_path))
    kept = facts_of(project, alive)
    old, young, link = (tmp_path / f"golive-facts-{name}" for name in ("old", "young", "link"))
    for folder in (old, young, tmp_path / "others"):
        folder.mkdir()
        (folder / "facts.json").write_text("{}")
    os.utime(old, (0, 0))
    link.symlink_to(tmp_path / "others")
    project.checks(check("a"))
    third = project.finish(started(project, TMPDIR=str(tmp_path)))
    assert third.decision == "GO"
    assert not left.exists()
    assert (kept / "facts.json").exists()
    assert not old.exists()
    assert (young / "facts.json").exists()
    assert (tmp_path / "others" / "facts.json").exists()
