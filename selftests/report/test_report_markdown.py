"""The ticked checklist is the checklist."""

import re

from golive.core.checklist_markdown import parse_checklist
from golive.report.markdown import render_markdown
from selftests.examples.report_examples import SMALL, broken, healthy


def test_document_comes_back_line_by_line() -> None:
    """Without ticks and remarks it is the text that was written."""
    text = render_markdown(*broken())
    body = text[text.index("# Small") :]
    stripped = re.sub(r" — (\*\*[A-Z ]+\*\*|verified|attested):.*", "", body).replace("[x]", "[ ]")
    assert stripped.rstrip("\n") == SMALL.rstrip("\n")


def test_only_verified_and_attested_lines_are_ticked() -> None:
    """A waiver, a line that is not applicable, a stale one: none is a tick."""
    text = render_markdown(*healthy())
    assert (
        "- [x] SSL certificates installed and validated `infra.tls` — verified: 1 check passed 4 s ago"
        in text
    )
    assert (
        "- [ ] Content Delivery Network configured `infra.cdn` <!-- golive: part=cdn --> — **NOT APPLICABLE**"
        in text
    )
    assert "severity=advisory --> — attested: Ada Lead" in text
    assert render_markdown(*broken()).count("[x]") == 1


def test_quoted_lines_are_ticked_where_they_stand() -> None:
    """A line in an alert is a line like any other."""
    _, run, verdict = healthy()
    quoted = parse_checklist(SMALL.replace("- [ ] SSL", "> [!IMPORTANT]\n> - [ ] SSL"), source="small.md")
    text = render_markdown(quoted, run, verdict)
    assert (
        "> [!IMPORTANT]\n> - [x] SSL certificates installed and validated `infra.tls` — verified: 1" in text
    )


def test_states_are_said_after_the_text_in_words() -> None:
    """Also where the line goes on below."""
    text = render_markdown(*broken())
    assert (
        "also for new listeners `step.smoke.recommendations` — **FAILED**: p95 is 166 ms, budget 100 ms\n"
        in text
    )
    assert "**NOT RUN**: skipped: no signing key *To do:* Set AUDOTICS_JWT_KEY.\n" in text
    assert "- Data integrity problem `trigger.data-integrity`\n" in text


def test_head_says_verdict_release_environment_and_run() -> None:
    """The first line is the decision."""
    text = render_markdown(*broken(killed=True))
    assert text.startswith("> ✗ **NO-GO for smoke or infra, 8 of 9 lines** — 2 required lines failed")
    assert "Release: v1.0.0 (9f2c1e7ab0)" in text
    assert "Environment: Production (prod)" in text
    assert "20261122T140327Z-7f3a" in text
    assert "no end recorded" in text


def test_rehearsal_is_marked_at_both_ends() -> None:
    """Whatever is cut off, one mark stays."""
    text = render_markdown(*healthy())
    assert text.count("**REHEARSAL — not valid for sign-off**") == 2
    assert text.rstrip().endswith("**REHEARSAL — not valid for sign-off**")
