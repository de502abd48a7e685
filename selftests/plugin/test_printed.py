"""What a check prints is in its own report, without secrets, and never on the terminal by accident."""

import json

import pytest

from selftests.plugin.mini_project import SAW, check

CANARY = "canary-7b1d93-of-the-printer"
BETWEEN_PHASES = """
import os, time, pytest
from pathlib import Path

def wait_for(name):
    until = time.monotonic() + 30
    while not Path(name).exists():
        assert time.monotonic() < until, name
        time.sleep(0.01)

@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item, call):
    # Between two phases of the first check pytest captures nothing.
    if item.name == "test_a" and call.when == "setup":
        Path("let go").touch()
        for number in range(8):
            wait_for(f"printed {number}")
    return (yield)
"""
WAITS = """
while not os.path.exists("let go"):
    await asyncio.sleep(0.01)
"""
WAYS = {
    "print": "print('say', os.environ['MINI_CANARY'])",
    "stderr": "import sys\nprint('say', os.environ['MINI_CANARY'], file=sys.stderr)",
    "pieces": "secret = os.environ['MINI_CANARY']\nprint('say', secret[:9], end='')\nprint(secret[9:])",
    "writelines": "import sys\nsys.stdout.writelines(['say ', os.environ['MINI_CANARY'], '\\n'])",
    "thread": "import threading\nsaid = 'say ' + os.environ['MINI_CANARY']\n"
    "say = threading.Thread(target=print, args=(said,))\nsay.start()\nsay.join()",
    "to_thread": "await asyncio.to_thread(print, 'say', os.environ['MINI_CANARY'])",
    "executor": "said = 'say ' + os.environ['MINI_CANARY']\n"
    "await asyncio.get_running_loop().run_in_executor(None, print, said)",
    "task": "async def say():\n    print('say', os.environ['MINI_CANARY'])\nawait asyncio.create_task(say())",
}


def sections(run, name):
    """What Allure keeps of a check's output."""
    for path in (run.folder / "allure-results").glob("*-result.json"):
        found = json.loads(path.read_text(encoding="utf-8"))
        if found["name"] == name:
            return "".join(
                (run.folder / "allure-results" / entry["source"]).read_text(encoding="utf-8")
                for entry in found.get("attachments", ())
            )
    raise AssertionError(f"no result of {name}")


@pytest.mark.parametrize("capture", ["fd", "sys", "no"])
def test_what_is_printed_while_pytest_captures_nothing_tells_no_secret(project, capture):
    """It is the check's own, scrubbed; with -s it is on the terminal, scrubbed too."""
    printing = [
        check("b", f"{WAITS}{way}\nopen('printed {number}', 'w').close()\n{SAW}", name=f"test_{number}")
        for number, way in enumerate(WAYS.values())
    ]
    project.lines("a", "b").write("conftest.py", BETWEEN_PHASES).checks(check("a"), *printing)
    run = project.run(f"--capture={capture}", MINI_CANARY=CANARY)
    assert run.states == {"a": "verified", "b": "verified"}
    assert run.output.count("say") == (len(WAYS) if capture == "no" else 0)
    for number in range(len(WAYS)):
        assert "say" in sections(run, f"test_{number}")
    for text in (CANARY, CANARY[:9], CANARY[9:]):
        assert text not in run.output
        for path in run.folder.rglob("*"):
            assert path.is_dir() or text.encode() not in path.read_bytes(), path


def test_a_print_is_in_the_report_of_the_check_that_printed(project):
    """Although all of them run at the same time."""
    body = "await asyncio.sleep(0.02 * (5 - n))\nprint(f'word of {n}')\nevidence.note('saw', n=n)"
    many = check("a", body, marks='@pytest.mark.parametrize("n", range(5))', uses="evidence, n")
    run = project.lines("a", "b").checks(many, check("b", f"print('not async')\n{SAW}", sync=True)).run()
    for number in range(5):
        assert sections(run, f"test_a[{number}]").split() == ["word", "of", str(number)]
    assert sections(run, "test_b").split() == ["not", "async"]
