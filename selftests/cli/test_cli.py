"""The command ``golive``: records rendered anew, and errors in words."""

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from golive.cli import main
from golive.report.events import EventWriter, read_run
from selftests.examples import report_examples

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def recorded(tmp_path):
    """A run's folder with a record, and the checklist that it was judged by."""
    checklist, run, _ = report_examples.healthy()
    text = checklist.text
    (tmp_path / "checklist.md").write_text(text, encoding="utf-8")
    digest = hashlib.sha256(text.encode()).hexdigest()
    writer = EventWriter(tmp_path)
    writer.write(run.header.model_copy(update={"checklist_digest": digest}))
    for record in run.records:
        writer.write(record)
    writer.write(run.footer)
    writer.close()
    return tmp_path


def test_report_is_rendered_anew_from_the_record_alone(recorded, capsys):
    """All four renderings are there, and the exit code is the verdict's."""
    checklist = str(recorded / "checklist.md")
    shutil.copy(checklist, recorded / "given.md")
    code = main(["report", str(recorded), "--checklist", str(recorded / "given.md")])
    summary = json.loads((recorded / "summary.json").read_text(encoding="utf-8"))
    assert code == summary["exit_code"]
    assert summary["decision"] in capsys.readouterr().out
    assert read_run(recorded / "events.jsonl").footer is not None
    for name in ("checklist.html", "checklist.md", "summary.json", "junit.xml"):
        assert (recorded / name).stat().st_size


def test_another_checklist_than_the_run_was_judged_by_is_refused(recorded, capsys):
    """A report over other lines than those that were verified would say what nobody saw."""
    other = recorded / "other.md"
    other.write_text((recorded / "checklist.md").read_text(encoding="utf-8") + "\nmore\n", encoding="utf-8")
    assert main(["report", str(recorded), "--checklist", str(other)]) == 4
    assert "SHA-256" in capsys.readouterr().err


def test_report_without_a_record_is_an_error_in_words(tmp_path, capsys):
    """A folder that holds no run is named, without a stack trace."""
    assert main(["report", str(tmp_path)]) == 4
    assert "events.jsonl" in capsys.readouterr().err


def test_corrupt_record_is_named_by_line(tmp_path, capsys):
    """The line that is no event is named, and nothing is overwritten."""
    record = tmp_path / "events.jsonl"
    record.write_text('{"event": "run-started"}\n{"event": "run-finished", "data": {}}\n', encoding="utf-8")
    assert main(["report", str(tmp_path)]) == 4
    assert "events.jsonl:1" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["events.jsonl"]


def test_schema_is_the_published_one(capsys):
    """docs/summary.schema.json is what the command prints."""
    assert main(["schema"]) == 0
    published = json.loads((ROOT / "docs" / "summary.schema.json").read_text(encoding="utf-8"))
    assert json.loads(capsys.readouterr().out) == published


def test_help_is_offered_for_a_mistyped_command():
    """A command that there is not ends with usage, exit code 2."""
    command = [sys.executable, "-m", "golive.cli", "reprot"]
    finished = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert finished.returncode == 2
    assert "invalid choice" in finished.stderr
