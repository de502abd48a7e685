"""The environment that a run starts begins before anything else of the run, and never without it."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from selftests.plugin.mini_project import MiniProject, check

PROGRAM = """\
import argparse, json, pathlib, sys
parser = argparse.ArgumentParser()
parser.add_argument("--facts", type=pathlib.Path)
parser.add_argument("--fault", action="append", default=[])
options = parser.parse_args()
with open("begun", "a") as begun:
    begun.write(" ".join(["began", *options.fault]) + "\\n")
print("the shop is coming up", file=sys.stderr, flush=True)
draft = options.facts.with_suffix(".draft")
draft.write_text(json.dumps({"profile": {"title": "Mini, started"}}))
draft.replace(options.facts)
sys.stdin.read()
with open("ended", "a") as ended:
    ended.write("ended\\n")
"""
START = '[start]\ncommand = ["python", "shop.py"]\nready_within = "30 s"\n'
GOES_DOWN_AFTER_THE_REPORT = """\
import time
until = time.monotonic() + 10
reports = []
while not reports and time.monotonic() < until:
    reports = list(pathlib.Path("reports").glob("*/*/*/checklist.html"))
    time.sleep(0.01)
pathlib.Path("rendered").write_text(str(bool(reports)))
"""
SEES_IT_BEGUN = """\
import pathlib, time
until = time.monotonic() + 20
while not pathlib.Path("begun").exists() and time.monotonic() < until:
    time.sleep(0.01)
pathlib.Path("imported").write_text(str(pathlib.Path("begun").exists()))
"""


@pytest.fixture
def shop(project: MiniProject) -> MiniProject:
    """A project whose environment the run starts."""
    project.lines("a.b").checks(check("a.b")).write("shop.py", PROGRAM)
    profile = project.folder / "environments" / "mini.toml"
    profile.write_text(profile.read_text(encoding="utf-8") + START, encoding="utf-8")
    return project


def lines_of(project: MiniProject, name: str) -> Sequence[str]:
    path = Path(project.folder, name)
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


UNPACKED = """\
import pathlib
from golive.profile import own_programs
here = pathlib.Path(__file__).parent / "unpacked"
(here / "system").mkdir(parents=True, exist_ok=True)
own_programs.own_root = lambda prefix=None: here / "system"
own_programs.own_programs = lambda prefix=None: here / "bin"
"""


def test_it_finds_the_programs_that_were_unpacked_for_this_machine(shop):
    shop.write("unpacked_here.py", UNPACKED)
    told = 'import os\npathlib.Path("path").write_text(os.environ["PATH"])\n'
    shop.write("shop.py", PROGRAM.replace("sys.stdin.read()", f"{told}sys.stdin.read()"))
    shop.run("-p", "unpacked_here", PYTHONPATH=str(shop.folder))
    assert lines_of(shop, "path")[0].split(":")[0] == str(shop.folder / "unpacked" / "bin")


def test_it_has_begun_when_the_project_is_imported(shop):
    shop.write("conftest.py", SEES_IT_BEGUN)
    run = shop.run()
    assert run.decision == "GO"
    assert lines_of(shop, "imported") == ["True"]
    assert lines_of(shop, "begun") == ["began"], "once"
    assert lines_of(shop, "ended") == ["ended"]
    assert run.record.header.environment_title == "Mini, started"
    assert [step.name for step in run.record.footer.steps][:1] == ["environment"]


def test_it_begins_with_the_faults_that_are_asked_for(shop):
    shop.run("--fault", "slow", "--fault=late")
    assert lines_of(shop, "begun") == ["began slow late"]


def test_workers_join_the_one_that_has_begun(shop):
    run = shop.run("-n", "2")
    assert run.decision == "GO"
    assert lines_of(shop, "begun") == ["began"]
    assert lines_of(shop, "ended") == ["ended"]


def test_it_goes_down_while_the_report_is_rendered(shop):
    """Neither waits for the other: a stack takes its time to end."""
    shop.write("shop.py", PROGRAM + GOES_DOWN_AFTER_THE_REPORT)
    shop.run()
    assert lines_of(shop, "rendered") == ["True"]
    assert lines_of(shop, "ended") == ["ended"]


@pytest.mark.parametrize(
    "arguments",
    [("--collect-only",), ("--help",), ("--markers",), ("--checklist-coverage",), ("--version", "--version")],
    ids=" ".join,
)
def test_it_does_not_begin_where_nothing_is_verified(shop, arguments):
    shop.run(*arguments)
    assert lines_of(shop, "begun") == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("-m", "smok"), "no marker 'smok'"),
        (("--release", ".."), "not a version"),
        (("--checklist", "nowhere.md"), "nowhere.md"),
    ],
    ids=["marker", "release", "checklist"],
)
def test_it_ends_with_a_run_that_is_refused(shop, arguments, said):
    run = shop.run(*arguments)
    assert run.exit_code == 4
    assert said in run.output
    assert lines_of(shop, "ended") == ["ended"] * len(lines_of(shop, "begun"))


@pytest.mark.parametrize(
    ("start", "said"),
    [
        ('[start]\ncommand = "python shop.py"\n', "start.command"),
        ("[start]\ncommand = []\n", "start.command"),
        ('[start]\ncommand = ["python", 3]\n', "start.command"),
        ('[start]\ncommand = ["python", "shop.py"]\nready_within = 30\n', "start.ready_within"),
        ("start = 3\n[start\n", "cannot be read"),
    ],
    ids=["text", "empty", "number", "no-unit", "no-toml"],
)
def test_what_is_wrong_with_its_profile_is_said_as_ever(shop, start, said):
    profile = shop.folder / "environments" / "mini.toml"
    profile.write_text(profile.read_text(encoding="utf-8").replace(START, start), encoding="utf-8")
    run = shop.run()
    assert run.exit_code == 4
    assert said in run.output
    assert "Traceback" not in run.output
    assert lines_of(shop, "begun") == []


@pytest.mark.parametrize("name", ["../mini", "nowhere", "/etc/passwd"])
def test_a_name_that_is_no_environment_starts_nothing(shop, name):
    run = shop.run(env=name)
    assert run.exit_code == 4
    assert "there is no such environment" in run.output
    assert lines_of(shop, "begun") == []


def test_a_program_that_ends_at_once_is_named_with_what_it_said(shop):
    shop.write("shop.py", "import sys\nsys.exit('no room for a shop')\n")
    run = shop.run()
    assert run.exit_code == 4
    assert "the environment did not start" in run.output
    assert "no room for a shop" in run.output


def test_a_program_that_is_not_there_is_a_plain_error(shop):
    profile = shop.folder / "environments" / "mini.toml"
    text = profile.read_text(encoding="utf-8").replace('"python", "shop.py"', '"no-such-program"')
    profile.write_text(text, encoding="utf-8")
    run = shop.run()
    assert run.exit_code == 4
    assert "start.command: 'no-such-program' cannot be started (No such file or directory)" in run.output
    assert "Traceback" not in run.output
