"""Runs in forks of the warm process are what runs in new interpreters are."""

import json
import os
import signal
import subprocess
import time

import psutil
import pytest

from selftests.plugin.mini_project import SAW, check
from selftests.plugin.warm_pytest import WarmPytest

SEES = """
import json, pathlib, random, signal, sys, threading
{body}
pathlib.Path("seen").write_text(json.dumps([
    os.getcwd(), sorted(os.environ), [threading.current_thread().name], sys.argv[1:], random.random(),
    [getattr(signal.getsignal(number), "__qualname__", "")
     for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)],
    os.getpgrp() == os.getpid(), sorted(os.listdir("/proc/self/fd")),
]))
"""


def seen(project):
    return (project.folder / "seen").read_text()


def test_each_run_has_chance_folder_and_variables_of_its_own(project, new_project):
    """Nothing of what the warm process is, or a run before was, reaches the next."""
    other = new_project()
    for one in (project, other, other):
        one.lines("a").checks(check("a", SEES.format(body="") + SAW, sync=True))
    told = [
        one.run(**variables) and seen(one)
        for one, variables in ((project, {"MINI_ONLY_HERE": "1"}), (other, {}), (other, {}))
    ]
    assert "MINI_ONLY_HERE" in told[0]
    assert "MINI_ONLY_HERE" not in told[1]
    assert str(project.folder) in told[0]
    assert str(other.folder) in told[1]
    assert told[1] != told[2]


def test_a_fork_is_what_a_new_interpreter_is(project):
    """Exit code, verdict, signals, and how many files are open."""
    body = SEES.format(body="") + SAW
    project.lines("a", "b").checks(check("a", body, sync=True), check("b", "assert False"))
    forked, of_fork = project.run(), seen(project)
    new, of_new = project.run(PYTHONHASHSEED="7"), seen(project)
    assert (forked.exit_code, forked.states) == (new.exit_code, new.states)
    parts = [json.loads(text) for text in (of_fork, of_new)]
    assert parts[0][5:7] == parts[1][5:7]
    assert len(parts[0][7]) == len(parts[1][7])
    assert set(parts[1][1]) - set(parts[0][1]) <= {"PYTHONHASHSEED"}


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
def test_a_fork_that_a_signal_ends_is_known_by_it(project, number):
    """As a process that was started by itself is; the next one is not harmed."""
    project.lines("a").checks(check("a", f"os.kill(os.getpid(), {int(number)})", sync=True))
    assert project.finish(project.start()).exit_code == -number
    project.checks(check("a"))
    assert project.run().decision == "GO"


def test_what_its_exit_functions_do_is_done(project):
    """Threads that are no daemons are waited for, exit functions run."""
    body = """
        import atexit, pathlib, threading
        threading.Thread(target=lambda: (time.sleep(0.3), pathlib.Path("waited").touch())).start()
        atexit.register(pathlib.Path("left").touch)
    """
    project.lines("a").checks(check("a", f"{body}\n{SAW}".replace("\n        ", "\n"), sync=True))
    assert project.run().decision == "GO"
    assert (project.folder / "waited").exists()
    assert (project.folder / "left").exists()


def test_a_run_that_hangs_is_seen_to_hang(project):
    """Its output so far is kept, and it can be ended."""
    project.lines("a").checks(check("a", "open('sleeping', 'w').close()\ntime.sleep(60)", sync=True))
    process = project.start()
    project.wait_for((project.folder / "sleeping").exists, process)
    written = b""

    def has_said_what_it_verifies():
        nonlocal written
        with pytest.raises(subprocess.TimeoutExpired) as still_running:
            process.communicate(timeout=0.1)
        written = still_running.value.output
        return b"golive: Mini" in written

    project.wait_for(has_said_what_it_verifies, process)
    os.killpg(process.pid, signal.SIGKILL)
    said, _ = process.communicate()
    assert said.encode().startswith(written)
    assert process.poll() == -signal.SIGKILL


def test_nothing_outlives_whoever_holds_the_warm_process(project, warm):
    """Its forks end with it, though nobody told them."""
    held = WarmPytest(warm.variables)
    project.lines("a").checks(check("a", "open('sleeping', 'w').close()\ntime.sleep(60)", sync=True))
    project.lock()
    run = held.start(["--env=mini"], folder=project.folder, variables=held.variables)
    project.wait_for((project.folder / "sleeping").exists, run)
    process = psutil.Process(run.pid)
    held.close()
    until = time.monotonic() + 10
    while process.is_running() and time.monotonic() < until:
        time.sleep(0.02)
    assert not process.is_running()
