"""``golive report``: a run is judged by what was known when it ended, and by nothing that came later."""

import json
import os
import re
import shutil
from datetime import UTC, datetime, timedelta

import pytest

from golive.cli import main
from selftests.examples.recorded import chained, events_of
from selftests.plugin.mini_project import SAW, check

WAIVER = """
[[waiver]]
item = "a"
reason = "the fix is in review; the key is {reason}"
owner = "QA"
ticket = "AUD-7"
expires = {expires:%Y-%m-%dT%H:%M:%SZ}
"""
FILES = ("checklist.html", "checklist.md", "summary.json", "junit.xml")
FAILS = f"{SAW}\nassert False, 'too slow'"


def waiver(reason: str = "elsewhere") -> str:
    return WAIVER.format(reason=reason, expires=datetime.now(UTC) + timedelta(days=1))


@pytest.fixture(scope="module")
def ran(new_project):
    """A run that came to NO-GO."""
    project = new_project().lines("a", "b").checks(check("a", FAILS), check("b"))
    run = project.run("-m", "smoke")
    assert run.decision == "NO-GO"
    return project, run


@pytest.fixture
def copied(ran, tmp_path, monkeypatch):
    """That run in a project of its own, so that it may be tampered with; returns its folder."""
    folder = tmp_path / "mini"
    shutil.copytree(ran[0].folder, folder)
    monkeypatch.chdir(folder)
    return folder / ran[1].folder.relative_to(ran[0].folder)


def report(folder, capsys):
    """Render anew; returns the exit code, what was said, and the summary."""
    capsys.readouterr()
    code = main(["report", os.path.relpath(folder)])
    said = capsys.readouterr()
    return code, said.out + said.err, json.loads((folder / "summary.json").read_text(encoding="utf-8"))


def edit(folder, change) -> None:
    """Change the events, one by one; an event that becomes None is left out."""
    path = folder / "events.jsonl"
    events = [change(event) for event in events_of(path.read_text(encoding="utf-8"))]
    path.write_text(chained(event for event in events if event), encoding="utf-8")


def test_it_comes_to_what_the_run_came_to(copied, capsys):
    """The same verdict in the same words, and says what it was made from."""
    before = json.loads((copied / "summary.json").read_text(encoding="utf-8"))
    code, said, after = report(copied, capsys)
    assert (code, after["decision"], after["reason"]) == (1, "NO-GO", before["reason"])
    assert "NO-GO for smoke, 2 lines: 1 required line failed: a" in said
    assert "it is not sealed, and whoever could write to its folder could have edited it" in said
    assert (before["run"]["rendered_anew"], after["run"]["rendered_anew"]) == (False, True)
    page = (copied / "checklist.html").read_text(encoding="utf-8")
    assert "A record may have been edited." in page


@pytest.mark.parametrize("text", [waiver(), "[[waiver]]\nitem = 'gone'\n", "not toml"])
def test_todays_waivers_say_nothing_about_it(copied, capsys, text):
    """Neither one that was added after the run, nor a file that nobody can use any more."""
    (copied.parents[3] / "waivers.toml").write_text(text, encoding="utf-8")
    code, _, summary = report(copied, capsys)
    assert (code, summary["decision"]) == (1, "NO-GO")


@pytest.mark.parametrize("afterwards", ["taken away", "ended since"])
def test_waivers_that_applied_stand_in_the_record(project, capsys, monkeypatch, afterwards):
    """What people accepted when the run was made counts for it, also when it is over; secrets stay out."""
    project.lines("a", "b").checks(check("a", FAILS), check("b"))
    project.write("waivers.toml", waiver("canary-4711-canary"))
    run = project.run(MINI_CANARY="canary-4711-canary")
    assert run.decision == "CONDITIONAL GO"
    (kept,) = run.record.header.waivers
    assert (kept.item, kept.owner, kept.ticket) == ("a", "QA", "AUD-7")
    assert "canary-4711" not in (run.folder / "events.jsonl").read_text(encoding="utf-8")
    path = project.folder / "waivers.toml"
    if afterwards == "taken away":
        path.unlink()
    else:
        path.write_text(re.sub(r"expires = \d+", "expires = 2020", path.read_text()), encoding="utf-8")
    monkeypatch.chdir(project.folder)
    code, _, summary = report(run.folder, capsys)
    assert (code, summary["decision"], summary["reason"]) == (0, "CONDITIONAL GO", run.summary["reason"])


def test_passes_without_evidence_are_errors_on_reading_too(copied, capsys):
    """Whoever makes a failure a pass, or adds one, has to make up what was seen as well."""

    def passed(event):
        if event["data"].get("items") == ["a"]:
            event["data"] |= {"outcome": "passed", "evidence": []}
        return event

    edit(copied, passed)
    code, _, summary = report(copied, capsys)
    (line,) = [entry for entry in summary["items"] if entry["id"] == "a"]
    assert (code, summary["decision"], line["state"]) == (6, "INCONCLUSIVE", "unknown")
    assert "recorded as passed without any evidence" in line["reason"]


def test_a_pass_that_is_appended_takes_nothing_back(copied, capsys):
    """The worst record of a check counts, wherever the other stands."""
    found = []

    def twice(event):
        found.append(event)
        return event

    edit(copied, twice)
    (failed,) = [event for event in found if event["data"].get("items") == ["a"]]
    better = json.loads(json.dumps(failed))
    better["data"] |= {"outcome": "passed", "reason": "passed"}
    text = chained([*found[:-1], better, found[-1]])
    (copied / "events.jsonl").write_text(text, encoding="utf-8")
    assert report(copied, capsys)[0] == 1


@pytest.mark.parametrize("event", ["run-started", "run-finished", "check-finished"])
def test_a_second_start_or_end_is_refused(copied, capsys, event):
    """It would cover the first one's scope, waivers and interruption; nothing is written."""
    path = copied / "events.jsonl"
    events = events_of(path.read_text(encoding="utf-8"))
    again = next(entry for entry in events if entry["event"] == event)
    path.write_text(chained([*events, again]), encoding="utf-8")
    before = {name: (copied / name).read_bytes() for name in FILES}
    code, said, _ = report(copied, capsys)
    assert code == 4
    assert f"events.jsonl:{len(events) + 1}: {event} " in said
    assert {name: (copied / name).read_bytes() for name in FILES} == before


def test_a_killed_run_is_judged_at_its_last_event(copied, capsys):
    """Rendered days later it says what it said at once; what people signed since is none of it."""
    edit(copied, lambda event: None if event["event"] == "run-finished" else _older(event))
    code, _, summary = report(copied, capsys)
    states = {entry["id"]: entry["state"] for entry in summary["items"]}
    assert (code, states) == (1, {"a": "failed", "b": "verified"})


def _older(event):
    """The same event three days ago, which is beyond what the lines accept."""
    for key in ("started", "at"):
        if key in event["data"]:
            moment = datetime.fromisoformat(event["data"][key]) - timedelta(days=3)
            event["data"][key] = moment.isoformat()
    return event


def test_a_checklist_that_was_edited_since_is_refused(copied, capsys):
    """By its digest: the lines of today were not verified."""
    with (copied.parents[3] / "checklist.md").open("a", encoding="utf-8") as document:
        document.write("\n- [ ] one more `c`\n")
    code, said, _ = report(copied, capsys)
    assert code == 4
    assert "give that one with --checklist" in said
