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


LEFT = {
    "exits in a task": NOBODY_WAITS,
    "fails in a task": f"""
async def fail():
    raise ValueError("left alone")
{SAW}
left = asyncio.create_task(fail())
await asyncio.sleep(0.05)
""",
    "fails in a task of a task": f"""
async def fail():
    raise ValueError("left alone")
async def begin():
    asyncio.create_task(fail())
{SAW}
await asyncio.create_task(begin())
await asyncio.sleep(0.05)
""",
    "fails in a thread": f"""
import threading
def fail():
    raise ValueError("left alone")
{SAW}
thread = threading.Thread(target=fail)
thread.start()
while thread.is_alive():
    await asyncio.sleep(0.01)
""",
    "waits with asyncio.wait and never looks": f"""
async def fail():
    raise ValueError("left alone")
{SAW}
await asyncio.wait([asyncio.create_task(fail())])
""",
}
HEARD = {
    "catches what its task raises": f"""
async def fail():
    raise ValueError("expected")
{SAW}
with pytest.raises(ValueError):
    await asyncio.create_task(fail())
""",
    "gathers exceptions": """
async def fail():
    raise ValueError("expected")
found = await asyncio.gather(fail(), return_exceptions=True)
evidence.note("saw it", kind=type(found[0]).__name__)
""",
    "ends its task": f"""
{SAW}
task = asyncio.create_task(asyncio.sleep(30))
await asyncio.sleep(0)
task.cancel()
""",
    "waits for a shielded task": f"""
async def fail():
    raise ValueError("expected")
{SAW}
try:
    await asyncio.shield(asyncio.create_task(fail()))
except ValueError:
    pass
""",
    "looks at a thread's own words": """
import threading
said = []
thread = threading.Thread(target=said.append, args=("well",))
thread.start()
thread.join()
evidence.note("saw it", said=said)
""",
}
BESIDE = f"await asyncio.sleep(0.5)\n{SAW}"


@pytest.mark.parametrize("kind", LEFT)
def test_what_fails_and_nobody_waits_for_is_the_checks_own(kind, project):
    """It is an error of the check that started it, and ends nothing else."""
    project.lines("a", "b", "c").checks(check("b", BESIDE), check("a", LEFT[kind]), check("c"))
    run = project.run()
    assert run.states == {"a": "unknown", "b": "verified", "c": "verified"}
    assert "a task or thread that it did not wait for failed: " in run.reasons["a"]
    assert ("left alone" in run.reasons["a"]) == ("exits" not in kind)


@pytest.mark.parametrize("kind", HEARD)
def test_what_somebody_waited_for_is_no_error(kind, project):
    """Also where what was waited for had failed, or was ended."""
    project.lines("a", "b").checks(check("a", HEARD[kind]), check("b", BESIDE))
    assert project.run().states == {"a": "verified", "b": "verified"}


def test_a_thread_of_a_check_that_is_not_async_is_its_own_too(project):
    """Not of the check that pytest sets up next."""
    body = (
        f"import threading\n{SAW}\nleft = threading.Thread(target=lambda: 1 / 0)\nleft.start()\nleft.join()"
    )
    project.lines("a", "b").checks(check("a", body, sync=True), check("b", sync=True))
    run = project.run()
    assert run.states == {"a": "unknown", "b": "verified"}
    assert "ZeroDivisionError" in run.reasons["a"]
