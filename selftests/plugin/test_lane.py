"""A warm lane: each order is a real run of chosen checks, under exactly the faults that it names."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from golive.report.events import read_run
from golive.testing import (
    AnotherLineFailedError,
    CaseNotNamedError,
    Checks,
    DidNotFailError,
    EnvironmentDiedError,
    Lane,
    LaneError,
    NamesNoCheckError,
    NoSuchCheckError,
    NotRestoredError,
    OrderFailedError,
    OverdueError,
    Proving,
    SwitchRefusedError,
    UnprovenChecksError,
)
from selftests.plugin.mini_project import MiniProject, check

PROGRAM = Path(__file__).with_name("switching_environment.py")
START = '[start]\ncommand = ["python", "{program}"{more}]\nready_within = "{ready_within}"\n'
BROKEN = """\
evidence.note("title", seen=profile.title)
assert "{fault}" not in profile.title.split(), "X01: expected {fault} off, observed on"
"""
MINI = "tests/test_mini.py::"
OTHER = "tests/test_other.py::"


@dataclass(frozen=True)
class Defect:
    """A fault, by form alone."""

    name: str
    expected_failures: tuple[str, ...] = ()
    proves: tuple[str, ...] = ()
    case: str = ""
    intermittent: bool = False
    description: str = "something is wrong"


def set_up(project: MiniProject, *, more: str = "", ready_within: str = "30 s") -> MiniProject:
    project.lines("a.one", "a.two", "b.slow", "b.dead", "b.secret", "b.spent", "b.stuck")
    project.checks(
        check("a.one", BROKEN.format(fault="one"), name="test_one", uses="evidence, profile"),
        check(
            "a.one",
            BROKEN.format(fault="one"),
            name="test_one_of_each",
            uses="evidence, profile, case",
            marks='@pytest.mark.parametrize("case", ["x", "y"])',
        ),
        check("a.two", BROKEN.format(fault="two"), name="test_two", uses="evidence, profile"),
    )
    hangs = (
        'evidence.note("saw it")\n'
        'time.sleep(60 if "hang" in profile.title else 1 if "later" in profile.title else 0)'
    )
    dies = 'evidence.note("saw it")\nif "kill" in profile.title:\n    os.kill(os.getpid(), 9)'
    blind = (
        'evidence.note("saw it")\nfrom golive.core.outcome import Blind\n'
        'if "dark" in profile.title:\n    raise Blind("it is dark", remedy="light")'
    )
    tells = (
        'secret = secrets.get("canary").reveal()\nevidence.note("secret", value=secret)\n'
        'assert "another-secret" not in profile.title, f"the secret is {secret}"'
    )
    project.checks(
        check("b.slow", hangs, name="test_slow", uses="evidence, profile"),
        check("b.dead", dies, name="test_dead", uses="evidence, profile"),
        check("b.stuck", BROKEN.format(fault="sticky"), name="test_stuck", uses="evidence, profile"),
        check("b.spent", blind, name="test_spent", uses="evidence, profile"),
        check("b.secret", tells, name="test_secret", uses="evidence, profile, secrets"),
        file="tests/test_other.py",
    )
    profile = project.folder / "environments/mini.toml"
    start = START.format(program=PROGRAM, more=more, ready_within=ready_within)
    profile.write_text(profile.read_text(encoding="utf-8") + start, encoding="utf-8")
    return project


def open_lane(project: MiniProject, **options: object) -> Lane:
    project.lock()
    return Lane("mini", root=project.folder, reports=project.folder / "reports", **options)


@pytest.fixture(scope="module")
def lane(new_project: Callable[[], MiniProject]) -> Iterator[Lane]:
    with open_lane(set_up(new_project())) as lane:
        yield lane


@pytest.fixture
def proving(lane: Lane) -> Proving:
    return Proving(lane, Checks.of(lane.ready.checks))


def test_lane_says_what_there_is_to_run(lane):
    assert lane.ready.checks[f"{MINI}test_one_of_each"] == (
        f"{MINI}test_one_of_each[x]",
        f"{MINI}test_one_of_each[y]",
    )
    assert lane.ready.lines[f"{MINI}test_two"] == ("a.two",)


def test_order_runs_what_it_names_and_nothing_else(lane):
    result = lane.run(checks=[f"{MINI}test_two", f"{MINI}test_one_of_each[y]"])
    assert {seen.case for cases in result.checks.values() for seen in cases} == {
        f"{MINI}test_two",
        f"{MINI}test_one_of_each[y]",
    }
    assert result.states["a.two"] == "verified"
    # Its other check, and the other case, must answer it too.
    assert result.states["a.one"] == "not run"
    assert result.answer.exit_code == 6


def test_order_without_names_runs_everything(lane):
    result = lane.run()
    assert set(result.states.values()) == {"verified"}
    assert (result.decision, result.answer.exit_code) == ("GO", 0)


def test_fault_is_on_for_its_order_alone(lane):
    red = lane.run(faults=["one"], checks=[f"{MINI}test_one", f"{MINI}test_two"])
    assert red.failed_lines == {"a.one"}
    assert red.said(f"{MINI}test_one") == ("X01: expected one off, observed on",)
    assert red.answer.touched == ("all of it",)
    assert red.answer.switch_seconds == 0.25
    assert red.answer.exit_code == 1
    green = lane.run(checks=[f"{MINI}test_one", f"{MINI}test_two"])
    assert not green.failed_lines


def test_every_order_is_a_run_of_its_own(lane):
    one, two = (lane.run(faults=["two"], checks=[f"{MINI}test_two"]) for _ in range(2))
    assert one.answer.folder != two.answer.folder
    first, second = (read_run(Path(result.answer.folder) / "events.jsonl") for result in (one, two))
    assert first.header.run_id != second.header.run_id
    assert first.header.started < second.header.started
    assert first.header.faults == ("two",)
    assert first.header.environment_title == "Mini two"
    assert first.footer.pytest_exit_code == 1
    assert {path.name for path in Path(one.answer.folder).iterdir()} == {
        "collected.json",
        "events.jsonl",
        "summary.json",
    }


def test_order_can_have_everything_rendered(lane):
    folder = Path(lane.run(checks=[f"{MINI}test_two"], whole_report=True).answer.folder)
    assert "a.two" in (folder / "checklist.html").read_text(encoding="utf-8")
    assert (folder / "junit.xml").exists()


def test_secret_that_a_fault_changes_stays_secret(lane):
    before = lane.run(checks=[f"{OTHER}test_secret"], whole_report=True)
    after = lane.run(faults=["another-secret"], checks=[f"{OTHER}test_secret"], whole_report=True)
    assert after.failed(f"{OTHER}test_secret")
    for result, value in ((before, "first-secret-value-33"), (after, "second-secret-value-77")):
        folder = Path(result.answer.folder)
        assert not [path.name for path in folder.iterdir() if value in path.read_text(encoding="utf-8")]


def test_check_that_hangs_is_killed_and_the_lane_goes_on(lane):
    with pytest.raises(OverdueError, match=r"hang did not end within 2 s.*terminal\.txt"):
        lane.run(faults=["hang"], checks=[f"{OTHER}test_slow"], deadline_seconds=2)
    assert lane.run(checks=[f"{OTHER}test_slow"]).passed(f"{OTHER}test_slow")


def test_process_that_is_killed_is_an_error_and_the_lane_goes_on(lane):
    with pytest.raises(OrderFailedError, match=r"kill ended without a report \(exit code -9\)"):
        lane.run(faults=["kill"], checks=[f"{OTHER}test_dead"])
    assert lane.run(checks=[f"{OTHER}test_dead"]).passed(f"{OTHER}test_dead")


def test_unknown_check_is_an_error_and_the_lane_goes_on(lane):
    with pytest.raises(OrderFailedError, match="no such checks were collected: tests/nowhere"):
        lane.run(checks=["tests/nowhere.py::test_nothing"])
    assert lane.run(checks=[f"{MINI}test_one"]).passed(f"{MINI}test_one")


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("dies", "ended as dies was asked for: exit code 7: out of memory"),
        ("dies-later", "ended while dies-later was on: exit code 9"),
    ],
    ids=["as it is switched", "while checks run"],
)
def test_environment_that_dies_is_named_and_comes_up_again(lane, fault, words):
    with pytest.raises(EnvironmentDiedError, match=words):
        lane.run(faults=[fault], checks=[f"{OTHER}test_slow"])
    healthy = lane.run(checks=[f"{MINI}test_one"])
    assert healthy.passed(f"{MINI}test_one")
    assert lane.run(faults=["one"], checks=[f"{MINI}test_one"]).failed(f"{MINI}test_one")


def test_switch_that_is_refused_is_named(lane):
    with pytest.raises(SwitchRefusedError, match="refused cannot be had: there is no fault 'refused'"):
        lane.run(faults=["refused"], checks=[f"{MINI}test_one"])
    assert lane.run(checks=[f"{MINI}test_one"]).passed(f"{MINI}test_one")


def test_environment_that_does_not_answer_in_time_is_named(new_project):
    with open_lane(set_up(new_project(), ready_within="2 s")) as lane:
        with pytest.raises(SwitchRefusedError, match="did not switch within 2 s"):
            lane.run(faults=["deaf"], checks=[f"{MINI}test_one"])
        assert lane.run(checks=[f"{MINI}test_one"]).passed(f"{MINI}test_one")


def test_environment_that_knows_no_switching_is_named(new_project):
    with open_lane(set_up(new_project(), more=', "--old"')) as lane:
        assert lane.run(checks=[f"{MINI}test_one"]).passed(f"{MINI}test_one")
        with pytest.raises(SwitchRefusedError, match="cannot switch faults"):
            lane.run(faults=["one"], checks=[f"{MINI}test_one"])


def test_lane_that_cannot_start_says_why(new_project):
    project = set_up(new_project()).checks("\nraise RuntimeError('broken module')\n")
    with open_lane(project) as lane, pytest.raises(LaneError, match="broken module"):
        lane.run()


def test_lane_that_is_terminated_ends_what_it_runs(new_project):
    """At once, not at the order's deadline; whoever waits for the answer is told."""
    with open_lane(set_up(new_project())) as lane, ThreadPoolExecutor() as pool:
        assert lane.ready
        before = _lanes_and_forks()
        answer = pool.submit(lane.run, faults=["hang"], checks=[f"{OTHER}test_slow"])
        while not (running := _lanes_and_forks() - before):
            assert not answer.done()
        lane.terminate()
        with pytest.raises(LaneError, match="the lane has ended"):
            answer.result(timeout=30)
    gone, alive = psutil.wait_procs(running, timeout=10)
    assert gone
    assert not alive


def test_environment_ends_with_the_lane(new_project):
    project = set_up(new_project())
    with open_lane(project) as lane:
        lane.run(faults=["one"], checks=[f"{MINI}test_one"])
        mine = [pid for pid in map(int, _numbers("/proc")) if str(project.folder) in _command(pid)]
    assert mine
    assert not [pid for pid in mine if _command(pid)]


def _lanes_and_forks() -> set[psutil.Process]:
    """A fork has the command line of its lane."""
    found = psutil.Process().children(recursive=True)
    return {process for process in found if "golive.testing.serving" in _command(process.pid)}


def _numbers(folder: str) -> list[str]:
    return [name for name in os.listdir(folder) if name.isdigit()]  # noqa: PTH208 - names are all that is wanted


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8")
    except OSError:
        return ""


def test_fault_is_proven_by_its_dedicated_checks(proving):
    fault = Defect(
        "one", expected_failures=("a.one",), proves=("test_one", "test_mini::test_one_of_each"), case="X01"
    )
    proof = proving.prove(fault, beside=[f"{MINI}test_two"])
    assert proof.checks == {f"{MINI}test_one", f"{MINI}test_one_of_each"}
    assert proof.with_faults.passed(f"{MINI}test_two")


@pytest.mark.parametrize(
    ("fault", "error", "words"),
    [
        (Defect("one", ("a.one",)), NamesNoCheckError, "one names no check"),
        (Defect("one", ("a.one",), ("test_on",)), NoSuchCheckError, "one: 'test_on' is no check"),
        (
            Defect("two", ("a.two",), ("test_one",)),
            DidNotFailError,
            "test_one must fail, and observed: passed",
        ),
        (Defect("dark", (), ("test_spent",)), DidNotFailError, r"observed: blind \(it is dark\)"),
        (Defect("one", ("a.one",), ("test_one",), "X02"), CaseNotNamedError, "no dedicated check names X02"),
        (
            Defect("one", (), ("test_one",)),
            AnotherLineFailedError,
            "a.one failed, which is not in `expected_failures`",
        ),
    ],
    ids=["names none", "misspelt", "passes", "blind", "another case", "another line"],
)
def test_what_is_no_proof_is_a_named_error(proving, fault, error, words):
    with pytest.raises(error, match=words):
        proving.prove(fault)
    good = Defect("one", expected_failures=("a.one",), proves=("test_one",))
    assert proving.prove(good).checks == {f"{MINI}test_one"}


def test_undo_that_does_not_restore_is_named_and_harms_no_later_fault(new_project):
    with open_lane(set_up(new_project())) as lane:
        proving = Proving(lane, Checks.of(lane.ready.checks))
        with pytest.raises(
            NotRestoredError, match=r"sticky: off again, and .*test_stuck must pass, but: failed"
        ):
            proving.prove(Defect("sticky", ("b.stuck",), ("test_stuck",)))
        proof = proving.prove(Defect("one", ("a.one",), ("test_one",)), beside=[f"{OTHER}test_stuck"])
        assert proof.with_faults.passed(f"{OTHER}test_stuck")


def test_check_that_no_fault_names_is_named():
    checks = Checks.of([f"{MINI}test_one", f"{MINI}test_two", f"{OTHER}test_secret"])
    with pytest.raises(
        UnprovenChecksError, match=r"no fault names tests/test_mini.py::test_two, tests/test_o"
    ):
        checks.proven_by([Defect("one", proves=("test_one",))])
    both = checks.proven_by(
        [Defect("one", proves=("test_one", "test_two")), Defect("s", proves=("test_secret",))]
    )
    assert [fault.name for fault in both[f"{MINI}test_two"]] == ["one"]


def test_name_that_is_several_checks_wants_its_module():
    checks = Checks.of(["tests/a/test_x.py::test_same", "tests/b/test_y.py::test_same"])
    with pytest.raises(NoSuchCheckError, match="'test_same' is 2 checks"):
        checks.named("test_same")
    assert checks.named("test_y::test_same") == "tests/b/test_y.py::test_same"
    assert checks.beside(["tests/a/test_x.py::test_same"]) == ()
