"""The sign-off table shows what its roles decided, in HTML and in Markdown, and nothing that nobody did."""

from golive.core.accepted import AcceptedDecision
from golive.core.attestation import Choice, SeenReport, StakeholderDecision
from golive.core.verdict import Decision
from golive.report.html import decision_shown, render_html
from golive.report.markdown import render_markdown
from selftests.examples import report_examples


def decided(role, name, choice=Choice.GO, reason=""):
    decision = StakeholderDecision(
        role=role,
        decision=choice,
        reason=reason,
        by="ada@mini.test",
        environment="prod",
        release=report_examples.broken()[1].header.release,
        reports=(SeenReport(run="run-1", sha256="b" * 64, verdict=Decision.GO),),
        at=report_examples.START,
    )
    return AcceptedDecision(decision=decision, name=name, key="SHA256:abc")


def html(decisions, example=report_examples.broken):
    return render_html(*example(), decisions, read_attachment=lambda _: None)


def test_decision_stands_in_the_row_of_its_role():
    """Name, signature with key and digest, date; the other role's row stays empty."""
    text = html([decided("Deployment Lead", "Ada")])
    for words in ("Ada", "SHA256:abc", "bbbbbbbbbbbb…", "2026-11-22 14:03:27 UTC"):
        assert words in text
    markdown = render_markdown(*report_examples.broken(), [decided("Deployment Lead", "Ada")])
    (signed,) = [line for line in markdown.splitlines() if line.startswith("| Deployment Lead")]
    (empty,) = [line for line in markdown.splitlines() if line.startswith("| Technical Director")]
    assert signed.startswith("| Deployment Lead | Ada |")
    assert empty == "| Technical Director | | | |"


def test_two_decisions_for_one_role_are_both_shown():
    """Neither hides the other; no-go is read last."""
    markdown = render_markdown(
        *report_examples.broken(),
        [decided("Deployment Lead", "Tim", Choice.NO_GO, "too early"), decided("Deployment Lead", "Ada")],
    )
    assert "| Deployment Lead | Ada; Tim |" in markdown


def test_hostile_names_are_text():
    """What people are called breaks neither page nor table."""
    name = "<script>alert(1)</script> | x"
    text = html([decided("Deployment Lead", name)])
    assert "<script>" not in text
    markdown = render_markdown(*report_examples.broken(), [decided("Deployment Lead", name)])
    (row,) = [line for line in markdown.splitlines() if line.startswith("| Deployment Lead")]
    assert row.replace("\\|", "").count("|") == 5


def test_decisions_of_a_rehearsal_are_marked_as_such():
    """They are shown, and valid for nothing else."""
    text = html([decided("Deployment Lead", "Ada")], report_examples.healthy)
    assert "This document cannot be signed" in text
    assert "Decisions of a rehearsal: valid for nothing else" in text


def test_verdict_is_read_back_from_the_page():
    """The word that a signer saw is part of the bytes that they sign."""
    assert decision_shown(html([]).encode()) is Decision.NO_GO
    for decision in Decision:
        for words in ("", " for smoke, 9 of 82 lines", " for CONDITIONAL GO: x, 1 of 2 lines"):
            assert decision_shown(f"<title>{decision}{words}: x".encode()) is decision
    assert decision_shown(b"<title>PERHAPS: x") is None
    assert decision_shown(b"") is None
