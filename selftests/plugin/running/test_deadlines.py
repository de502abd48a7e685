"""A check's own deadline: the check's doing alone, neither the machine's nor that of checks before it."""

import pytest

from selftests.plugin.mini_project import SAW, check

QUEUE = """
from golive.net.deadline import own_time

TURN = asyncio.Lock()

async def visit(seconds):
    with own_time():
        await TURN.acquire()
    try:
        await asyncio.sleep(seconds)
    finally:
        TURN.release()
"""


@pytest.fixture(scope="module")
def mixed(new_project):
    """Nine checks in a queue, beside one that is really too slow, and one that the machine is late for."""
    return (
        new_project()
        .profile(deadline="1 s")
        .lines("a", "b", "c")
        .checks(
            QUEUE,
            check(
                "a",
                f"await visit(0.3)\n{SAW}",
                marks='@pytest.mark.parametrize("n", range(9))',
                uses="evidence, n",
            ),
            check("b", f"{SAW}\nawait visit(30)", name="test_slow"),
            check("c", f"time.sleep(1.5)\nawait asyncio.sleep(0.2)\n{SAW}", marks="@pytest.mark.serial"),
        )
        .run()
    )


def test_queueing_for_what_the_suite_has_one_of_is_no_part_of_it(mixed):
    """Nine times 0.3 s in a deadline of one second."""
    assert mixed.states["a"] == "verified"


def test_a_check_that_does_not_end_is_still_ended(mixed):
    """It holds the turn for longer than its deadline, and nobody else is to blame."""
    assert mixed.states["b"] == "unknown"
    assert "CheckDeadlineError: the check did not end within 1 s" in mixed.reasons["b"]


def test_a_machine_that_is_late_prolongs_it(mixed):
    """The loop stood still for longer than the deadline; afterwards the check had its time."""
    assert mixed.states["c"] == "verified"


def test_a_check_that_was_cut_off_by_the_suites_own_lateness_is_blind(project):
    """It never had its time: the machine was away for most of it, over and over."""
    away = "for _ in range(100):\n    time.sleep(0.5)\n    await asyncio.sleep(0.05)\n" + SAW
    project.profile(deadline="1 s").lines("a").checks(check("a", away))
    run = project.run()
    assert (run.exit_code, run.states) == (6, {"a": "unknown"})
    assert "could not see: the suite itself was late: its event loop stood still for " in run.reasons["a"]


STUBBORN = """
while not os.path.exists("over"):
    try:
        await asyncio.sleep(0.1)
    except asyncio.CancelledError:
        pass
"""


def test_a_check_that_will_not_be_cancelled_holds_nobody_up(project):
    """It is given up, and the next one runs."""
    project.profile(deadline="1 s").lines("a", "b").write(
        "conftest.py", "from golive.plugin.running import look_ahead\nlook_ahead._QUIET_SECONDS = 1.0\n"
    )
    project.checks(check("a", f"{SAW}\n{STUBBORN}"), check("b"))
    run = project.run()
    assert run.states == {"a": "unknown", "b": "verified"}
    assert "LoopUnresponsiveError" in run.reasons["a"]


def test_a_loop_that_stands_is_waited_for_once(project):
    """A check that blocks it for ever costs the others a moment each, and they say why."""
    project.profile(deadline="1 s").lines("a", "b", "c").write(
        "conftest.py",
        "from golive.plugin.running import look_ahead\nlook_ahead._QUIET_SECONDS = 2.0\n"
        "look_ahead._GRACE_SECONDS = 0.5\n",
    )
    project.checks(check("a", f"{SAW}\ntime.sleep(45)"), check("b"), check("c", marks="@pytest.mark.serial"))
    run = project.run()
    assert run.states == dict.fromkeys("abc", "unknown")
    assert all("LoopUnresponsiveError" in reason for reason in run.reasons.values())


def test_a_run_that_saw_its_own_loop_late_says_so(project):
    """In the record and on the terminal, although every line is verified."""
    run = project.lines("a").checks(check("a", f"time.sleep(5.5)\nawait asyncio.sleep(0.2)\n{SAW}")).run()
    assert run.states == {"a": "verified"}
    (note,) = [note for note in run.record.footer.notes if "this machine was busy" in note]
    assert "latencies in the evidence may be longer for it" in note
    assert note in run.output


def test_a_run_that_was_hardly_late_says_nothing_of_it(mixed):
    """What any machine has."""
    assert not [note for note in mixed.record.footer.notes if "busy" in note]
