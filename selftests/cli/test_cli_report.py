"""golive report after people decided: what lay before them stays, and nobody is made to say anything else."""

import hashlib

import pytest

from selftests.cli.test_cli_people import ADA, GRACE, golive, project, report, signers
from selftests.examples.gate_examples import record
from selftests.examples.recorded import chained, events_of

__all__ = ["golive", "project", "report", "signers"]
FILES = ("checklist.html", "checklist.md", "summary.json", "junit.xml")
ROLES = {ADA: "Deployment Lead", GRACE: "Technical Director"}


@pytest.fixture
def decide(golive, report):
    """Decides on the report as somebody; for Ada where nobody is named."""

    def say(by=ADA):
        code, said = golive("sign", str(report), "--role", ROLES[by], "--decision", "go", by=by)
        assert code == 0, said

    return say


def contents(folder) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "events.jsonl"}


def edit_record(folder) -> None:
    """Put a failed check into the record; its verdict is NO-GO from then on."""
    path = folder / "events.jsonl"
    *events, end = events_of(path.read_text(encoding="utf-8"))
    started = events[0]["data"]["started"]
    failed = record("plan", outcome="failed").model_dump(mode="json") | {"started": started}
    event = {"event": "check-finished", "data": failed}
    path.write_text(chained([*events, event, end]), encoding="utf-8")


def test_what_people_decided_on_is_never_written_again(golive, report, decide):
    """To the byte, all four files; the decision stands beside them."""
    decide()
    before = contents(report)
    code, said = golive("report", str(report))
    after = contents(report)
    assert code == 6
    assert {name: after[name] for name in before} == before
    assert set(after) - set(before) == {"checklist-signed.html", "checklist-signed.md"}
    assert "checklist.html: left as it is, because people decided on it" in said


def test_a_record_that_says_something_else_since_is_refused(golive, report, decide):
    """Nobody's go or no-go is shown under another verdict, and nothing is written."""
    decide()
    edit_record(report)
    before = contents(report)
    code, said = golive("report", str(report))
    assert (code, contents(report)) == (4, before)
    assert "says NO-GO, and Ada decided on a report of it that says INCONCLUSIVE" in said


def test_a_record_on_which_nobody_decided_is_rendered_as_it_lies_there(golive, report):
    """And says that it may have been edited."""
    edit_record(report)
    code, said = golive("report", str(report))
    assert (code, "NO-GO for pre_deploy, 2 of 3 lines: 1 required line failed: plan" in said) == (1, True)
    assert "could have edited it" in said
    assert "could have edited it" in (report / "checklist.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("state", ["altered", "gone"])
def test_a_decision_is_shown_on_no_other_bytes_than_its_own(golive, report, decide, state):
    """A report that was altered is left for whoever looks into it; one that is gone is rendered."""
    decide()
    page = report / "checklist.html"
    digest = hashlib.sha256(page.read_bytes()).hexdigest()
    page.unlink()
    if state == "altered":
        page.write_text("<title>GO for pre_deploy, 3 lines: all is well", encoding="utf-8")
    code, said = golive("report", str(report))
    assert code == 6
    assert f"Ada decided on a checklist.html whose SHA-256 is {digest[:12]}…" in said
    assert not (report / "checklist-signed.html").exists()
    assert ("all is well" in page.read_text(encoding="utf-8")) is (state == "altered")


def test_two_who_decided_on_the_same_report_are_both_shown(golive, report, decide):
    """The second read what the first read."""
    decide()
    decide(GRACE)
    assert golive("report", str(report))[0] == 6
    signed = (report / "checklist-signed.html").read_text(encoding="utf-8")
    assert "Ada" in signed
    assert "Grace" in signed


@pytest.mark.parametrize("harm", ["unsigned", "altered"])
def test_a_decision_that_is_not_accepted_still_holds_the_report(golive, project, report, decide, harm):
    """It may be genuine, and only not verifiable here; to overwrite what it was made on would settle that."""
    decide()
    (path,) = (project / "attestations" / "mini" / "1.0.0").glob("decision-*.json")
    if harm == "unsigned":
        path.with_name(path.name + ".sig").unlink()
    else:
        path.write_text(path.read_text(encoding="utf-8").replace('"go"', '"no-go"'), encoding="utf-8")
    before = contents(report)
    assert golive("report", str(report))[0] == 6
    assert contents(report) == before


@pytest.mark.parametrize("content", ["{}", "not json", ""])
def test_what_is_no_decision_holds_nothing(golive, project, report, content):
    """A file that says nothing about the run keeps nobody from rendering it."""
    folder = project / "attestations" / "mini" / "1.0.0"
    folder.mkdir(parents=True)
    (folder / "decision-king--x.json").write_text(content, encoding="utf-8")
    (report / "checklist.md").unlink()
    assert golive("report", str(report))[0] == 6
    assert (report / "checklist.md").exists()


def test_a_decision_on_another_run_holds_nothing(golive, report, decide):
    """Each run has its own."""
    decide()
    other = report.with_name("run-2")
    text = (report / "events.jsonl").read_text(encoding="utf-8").replace('"run-1"', '"run-2"')
    other.mkdir()
    (other / "events.jsonl").write_text(chained(events_of(text)), encoding="utf-8")
    assert golive("report", str(other))[0] == 6
    assert set(FILES) <= set(contents(other))
