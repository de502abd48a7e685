"""Evidence after the deployment is about the build that is deployed, whatever its version is called."""

from datetime import datetime, timedelta

import pytest

from golive.core.run import BuildsSeen, Ledger, Run, RunFooter, RunHeader
from golive.core.verdict import ItemState
from golive.gate.decide import decide
from selftests.examples.gate_examples import NOW, RELEASE, checklist, line, record

OLD, NEW = "1.0.0 (aaaaaaaaaa)", "1.0.0 (bbbbbbbbbb)"
SMOKE = line("a")
BEFORE = line("b", phases=("pre_deploy",))


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


def run(name: str, *builds: tuple[float, dict[str, str]], seen: float = 0) -> Run:
    """A run that saw both lines hold ``seen`` minutes ago, where that is given, and these builds."""
    start = ago(max([seen, *(at for at, _ in builds)]) + 1)
    header = RunHeader(
        run_id=name,
        environment="shop",
        environment_title="Shop",
        watermark=None,
        release=RELEASE,
        vantage="here",
        started=start,
        golive_version="0",
        checklist_source="checklist.md",
        checklist_digest="0" * 64,
        marker_expression="",
        scope=("a", "b"),
    )
    records = (record("a", "b", age=timedelta(minutes=seen)),) if seen else ()
    return Run(
        header=header,
        records=records,
        footer=RunFooter(finished=ago(0), pytest_exit_code=0),
        builds=tuple(BuildsSeen(at=ago(at), builds=builds) for at, builds in builds),
    )


def judged(*runs: Run):
    """State and reason of the smoke line, and the state of the line before the deployment."""
    verdict = decide(checklist(SMOKE, BEFORE), Ledger.of(runs), now=NOW)
    smoke, before = verdict.items
    return smoke.state, smoke.reason, before.state


def test_one_build_throughout_counts():
    state, _, _ = judged(run("1", (12, {"api-1": OLD}), (9, {"api-1": OLD}), seen=10))
    assert state is ItemState.VERIFIED


def test_build_that_changes_during_a_run_is_named_and_takes_its_evidence():
    state, reason, before = judged(run("1", (12, {"api-1": OLD}), (9, {"api-1": NEW}), seen=10))
    assert state is ItemState.STALE
    assert "the build changed while it was verified: api-1 ran 1.0.0 (aaaaaaaaaa) at 14:48Z" in reason
    assert before is ItemState.VERIFIED


def test_build_of_the_same_version_that_came_later_takes_the_older_evidence():
    state, reason, before = judged(run("1", (30, {"api-1": OLD}), seen=29), run("2", (5, {"api-1": NEW})))
    assert state is ItemState.STALE
    assert "another build: api-1 ran 1.0.0 (aaaaaaaaaa) then, and runs 1.0.0 (bbbbbbbbbb) now" in reason
    assert before is ItemState.VERIFIED


def test_one_replica_of_several_is_enough():
    runs = run("1", (30, {"api-1": OLD, "api-2": OLD}), seen=29), run("2", (5, {"api-1": OLD, "api-2": NEW}))
    state, reason, _ = judged(*runs)
    assert state is ItemState.STALE
    assert "api-2 ran" in reason


def test_evidence_of_the_newer_build_counts_whatever_was_there_before():
    runs = run("1", (30, {"api-1": OLD}), seen=29), run("2", (6, {"api-1": NEW}), (4, {"api-1": NEW}), seen=5)
    assert judged(*runs)[0] is ItemState.VERIFIED


@pytest.mark.parametrize(
    "later",
    [
        pytest.param((), id="nothing was to be seen"),
        pytest.param(((5, {"api-2": NEW}),), id="another instance alone"),
    ],
)
def test_what_was_not_seen_takes_nothing_away(later):
    assert judged(run("1", (30, {"api-1": OLD}), seen=29), run("2", *later))[0] is ItemState.VERIFIED
