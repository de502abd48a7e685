"""``golive status`` and ``golive report --release``: a release from all of its runs."""

import json

import pytest

from golive.cli import main
from golive.ledger.document import HTML, MARKDOWN
from selftests.examples.recorded import chained, events_of
from selftests.examples.release_examples import run_of, saw, write

CHECKLIST = """\
# Shop

<!-- golive: max-age="36500 d" owner=QA -->

- [ ] a holds `a` <!-- golive: phase=pre_deploy -->
- [ ] b holds `b` <!-- golive: phase=smoke -->
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project whose release has two runs, one for each line."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "checklist.md").write_text(CHECKLIST, encoding="utf-8")
    checks = {name: [f"tests/test_shop.py::test_{name}"] for name in ("a", "b")}
    (tmp_path / "checklist.lock").write_text(json.dumps({"checks": checks}), encoding="utf-8")
    (tmp_path / "roster.toml").write_text("", encoding="utf-8")
    folder = tmp_path / "reports" / "prod" / "1.0.0"
    write(folder, run_of("run-1", saw("a", minutes=29), scope=("a",), watermark=None))
    write(folder, run_of("run-2", saw("b", minutes=5), scope=("b",), watermark=None))
    return tmp_path


def said(capsys, *arguments: str) -> tuple[int, str]:
    capsys.readouterr()
    code = main(list(arguments))
    captured = capsys.readouterr()
    return code, captured.out + captured.err


def test_release_is_go_by_what_different_runs_saw(project, capsys):
    code, words = said(capsys, "status", "--env", "prod")
    assert code == 0
    assert "GO for everything: 2 lines in scope, each answered by fresh evidence" in words
    assert "2 runs, SHA-256 of each record" in words


def test_document_has_the_evidence_of_both(project, capsys):
    code, words = said(capsys, "report", "--release", "reports/prod/1.0.0")
    folder = project / "reports" / "prod" / "1.0.0"
    page = (folder / HTML).read_text(encoding="utf-8")
    assert code == 0
    assert "GO for the whole release, 2 runs" in words
    assert "2 runs from run-1 to run-2" in page
    assert "SHA-256 of its record" in page
    assert (folder / MARKDOWN).read_text(encoding="utf-8").count("[x]") == 2


def test_edited_record_counts_for_nothing_and_is_named(project, capsys):
    path = project / "reports" / "prod" / "1.0.0" / "run-2" / "events.jsonl"
    path.write_text(path.read_text(encoding="utf-8").replace('"b"', '"a"'), encoding="utf-8")
    code, words = said(capsys, "status", "--env", "prod")
    assert code == 6
    assert "run-2/events.jsonl: " in words
    assert "does not follow the line before it" in words
    assert "not run  b [QA]" in words


def test_screenshot_of_each_run_is_its_own(project, capsys):
    folder = project / "reports" / "prod" / "1.0.0"
    for run in ("run-1", "run-2"):
        path = folder / run / "events.jsonl"
        events = events_of(path.read_text(encoding="utf-8"))
        for event in events:
            for entry in event["data"].get("evidence", ()):
                entry["attachment"] = "home.png"
        path.write_text(chained(events), encoding="utf-8")
    (folder / "run-1" / "home.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"first")
    code, _ = said(capsys, "report", "--release", "reports/prod/1.0.0")
    page = (folder / HTML).read_text(encoding="utf-8")
    assert code == 0
    assert page.count("home.png") >= 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("status", "--env", "nowhere"), "holds no record of a run: run pytest --env=nowhere first"),
        (("status", "--env", "prod", "--release", "9.9.9"), "there is no such release"),
        (("report", "reports/prod/1.0.0"), "is a release's folder, and no run's: add --release"),
        (("report", "--release", "reports/prod/1.0.0/run-1"), "--release takes the folder of a release"),
        (("report", "--release", "reports/prod/2.0.0"), "--release takes the folder of a release"),
    ],
)
def test_mistake_is_answered_with_its_remedy(project, capsys, arguments, words):
    code, answer = said(capsys, *arguments)
    assert code == 4
    assert words in answer


def test_release_of_which_no_record_counts_is_none(project, capsys):
    for path in (project / "reports").rglob("events.jsonl"):
        path.write_text("", encoding="utf-8")
    code, words = said(capsys, "status", "--env", "prod")
    assert code == 4
    assert "no record there counts" in words
    assert "run-1/events.jsonl: is empty" in words


def test_manifest_that_is_missing_is_named(project, capsys):
    (project / "checklist.lock").unlink()
    assert "checklist.lock: missing" in said(capsys, "status", "--env", "prod")[1]
