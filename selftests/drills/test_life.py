"""The rehearsal ends with the run, whatever happens to it."""

import signal
import subprocess
import sys
import time

import psutil

from selftests.drills.drill import ROOT

READY_SECONDS = 120
GONE_SECONDS = 30


def test_killed_pytest_leaves_no_process_behind(tmp_path):
    """After ``kill -9`` of pytest in the middle of its checks every process of the rehearsal ends."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-m",
        "smoke",
        "--env=rehearsal",
        "-o",
        f"golive_reports={tmp_path}",
    ]
    run = subprocess.Popen(
        [*command, "-p", "no:html", "-p", "no:allure_pytest"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for_a_record(tmp_path, run)
        started = psutil.Process(run.pid).children(recursive=True)
        assert len(started) > 5, "the rehearsal has a database, a cache, an edge, replicas …"
    finally:
        run.send_signal(signal.SIGKILL)
        run.wait()
    _, alive = psutil.wait_procs(started, timeout=GONE_SECONDS)
    assert not alive, f"still alive: {[process.cmdline()[:4] for process in alive]}"


def _wait_for_a_record(folder, run):
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        assert run.poll() is None, "the run ended before its first check"
        if any('"check-finished"' in path.read_text() for path in folder.rglob("events.jsonl")):
            return
        time.sleep(0.1)
    raise AssertionError("no check finished in time")
