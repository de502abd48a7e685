"""A check that tries to end the process, or the loop that all checks share, ends itself and no other."""

import pytest

from selftests.plugin.mini_project import SAW, check

TASK = f"""
async def leave():
    raise SystemExit(0)
{SAW}
await asyncio.create_task(leave())
"""
GROUP = f"""
async def leave():
    raise SystemExit(0)
{SAW}
async with asyncio.TaskGroup() as group:
    group.create_task(leave())
"""
NOBODY_WAITS = f"""
async def leave():
    raise SystemExit(0)
{SAW}
left = asyncio.create_task(leave())
await asyncio.sleep(0.1)
assert left.done()
"""
FIXTURE = """
@pytest.fixture(scope="session")
async def leaves():
    raise SystemExit(0)
"""

ENDINGS = {
    "raises SystemExit": (
        check("a", f"{SAW}\nraise SystemExit(0)"),
        "CheckExitError: the check raised SystemExit(0)",
    ),
    "calls sys.exit": (check("a", f"{SAW}\nimport sys\nsys.exit('enough')"), "SystemExit('enough')"),
    "raises KeyboardInterrupt": (check("a", f"{SAW}\nraise KeyboardInterrupt"), "KeyboardInterrupt()"),
    "stops the loop": (
        check("a", f"{SAW}\nasyncio.get_running_loop().stop()\nawait asyncio.sleep(0.1)"),
        "RuntimeError: a check must not stop the event loop",
    ),
    "closes the loop": (
        check("a", f"{SAW}\nasyncio.get_running_loop().close()"),
        "RuntimeError: Cannot close",
    ),
    "exits in a task": (check("a", TASK), "SystemExit(0)"),
    "exits in a group of tasks": (check("a", GROUP), "SystemExit(0)"),
    "cancels itself": (
        check("a", f"{SAW}\nasyncio.current_task().cancel()\nawait asyncio.sleep(1)"),
        "CancelledError",
    ),
    "has a fixture that exits": (FIXTURE + check("a", uses="evidence, leaves"), "SystemExit"),
    "exits, not async": (check("a", f"{SAW}\nraise SystemExit(0)", sync=True), "SystemExit"),
}


@pytest.mark.parametrize("kind", ENDINGS)
def test_a_check_that(kind, project):
    """It is an error; what runs beside it and after it is verified."""
    source, words = ENDINGS[kind]
    beside = check("b", f"await asyncio.sleep(0.3)\n{SAW}")
    project.lines("a", "b", "c").checks(source, beside, check("c", marks="@pytest.mark.serial"))
    run = project.run()
    assert run.states == {"a": "unknown", "b": "verified", "c": "verified"}
    assert (run.exit_code, run.decision) == (6, "INCONCLUSIVE")
    assert words in run.reasons["a"]
    assert not run.record.footer.interruption


def test_a_task_that_nobody_waits_for_ends_nothing_else(project):
    """It is lost, as any of its errors would be."""
    project.lines("a", "b").checks(check("a", NOBODY_WAITS), check("b", f"await asyncio.sleep(0.5)\n{SAW}"))
    assert project.run().states == {"a": "verified", "b": "verified"}
