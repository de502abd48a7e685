"""A run that is stopped from outside: nothing that had finished is lost, and nothing is made up."""

import os
import signal

import pytest
from mini_project import SAW, check

from golive.report.events import read_run

SLEEPS = f"{SAW}\nopen('sleeping', 'w').close()\nawait asyncio.sleep(60)"


@pytest.fixture
def sleeping(project):
    """A project whose second check sleeps, started, with the first check on record."""
    project.lines("a", "b", "c").checks(
        check("a"), check("b", SLEEPS), check("c", marks="@pytest.mark.serial")
    )
    process = project.start()

    def first_is_recorded() -> bool:
        folder = project.newest_run()
        events = folder / "events.jsonl" if folder else None
        return bool(
            events
            and events.exists()
            and "::test_a" in events.read_text()
            and (project.folder / "sleeping").exists()
        )

    project.wait_for(first_is_recorded, process)
    yield project, process
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_ctrl_c_keeps_its_code_and_what_had_finished(sleeping):
    """Exit code 2; the record names the interruption, the other lines are not run."""
    project, process = sleeping
    process.send_signal(signal.SIGINT)
    run = project.finish(process)
    assert run.exit_code == 2
    assert run.states == {"a": "verified", "b": "not run", "c": "not run"}
    assert run.record.footer.interruption == "interrupted: KeyboardInterrupt"
    assert run.decision == "INCONCLUSIVE"


def test_a_killed_run_can_be_read_as_far_as_it_got(sleeping):
    """No footer, and the finished check whole."""
    project, process = sleeping
    process.kill()
    process.communicate()
    run = read_run(project.newest_run() / "events.jsonl")
    assert [entry.function for entry in run.records] == ["tests/test_mini.py::test_a"]
    assert run.records[0].evidence[0].title == "saw it"
    assert run.footer is None
