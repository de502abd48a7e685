"""Attempts within one run: what a later one says never covers what an earlier one saw."""

import json

import pytest

from selftests.plugin.mini_project import SAW, check

RERUNS = """
import pytest
from _pytest.runner import runtestprotocol


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item, nextitem):
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    for left in (2, 1, 0):
        reports = runtestprotocol(item, nextitem=nextitem, log=False)
        again = left and any(report.failed for report in reports)
        for report in reports:
            report.outcome = "rerun" if again else report.outcome
            item.ihook.pytest_runtest_logreport(report=report)
        if not again:
            break
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True
"""
"""Does what ``--reruns 2`` of pytest-rerunfailures does."""
COUNT = """
from pathlib import Path
count = Path("count")
n = len(count.read_text()) if count.exists() else 0
count.write_text("x" * (n + 1))
"""
BLIND = """
from golive.core.outcome import Blind
if n < 1:
    raise Blind("no browser here", remedy="install one")
"""


def flaky(line: str, body: str, **options) -> str:
    """A check that does not pass at its first attempt."""
    return check(line, f"{COUNT}{SAW}\n{body}", **options)


@pytest.mark.parametrize("sync", [False, True], ids=["async", "sync"])
@pytest.mark.parametrize(
    ("body", "decision", "code", "state"),
    [
        ("assert n >= 1, 'not yet'", "NO-GO", 1, "failed"),
        ("assert n >= 2, 'not yet'", "NO-GO", 1, "failed"),
        (BLIND, "INCONCLUSIVE", 6, "unknown"),
        ("[][0] if n < 1 else None", "INCONCLUSIVE", 6, "unknown"),
    ],
    ids=["fails once", "fails twice", "is blind once", "breaks once"],
)
def test_an_attempt_that_passed_does_not_cover_one_that_did_not(project, body, decision, code, state, sync):
    """Verdict, exit code, line, and every rendering of the check."""
    project.lines("a", "b").checks(flaky("a", body, sync=sync), check("b")).write("conftest.py", RERUNS)
    run = project.run()
    assert (run.decision, run.exit_code) == (decision, code)
    assert run.states == {"a": state, "b": "verified"}
    assert "the worst of" in run.reasons["a"]
    (shown,) = [entry for entry in run.summary["checks"] if entry["check"].endswith("::test_a")]
    assert shown["outcome"] != "passed"
    assert shown["attempts"][-1] == "passed"
    events = (run.folder / "events.jsonl").read_text(encoding="utf-8").splitlines()
    kept = [json.loads(line)["data"] for line in events if '"check-finished"' in line]
    assert [entry["outcome"] for entry in kept if entry["items"] == ["a"]] == shown["attempts"]


def test_a_check_that_passes_at_once_is_a_pass(project):
    """Where nothing was attempted again, nothing is said of attempts."""
    run = project.lines("a").checks(check("a")).write("conftest.py", RERUNS).run()
    assert (run.decision, run.summary["checks"][0]["attempts"]) == ("GO", [])
