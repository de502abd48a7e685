"""The HTML report: one file, everything in it, in the document's order."""

import base64
import hashlib
import json
import re
from itertools import pairwise

import pytest

from golive.core.verdict import ItemState
from golive.gate.state import NOBODY_ANSWERS
from golive.report.headline import headline
from golive.report.html import render_html
from golive.report.images import Gallery
from golive.report.markdown import render_markdown
from golive.report.summary import render_summary
from selftests.examples.report_examples import Rendered, attachments, broken, healthy, hostile, picture
from selftests.examples.report_page import Page, page_of

EXAMPLES = {"healthy": healthy(), "broken": broken(), "killed": broken(killed=True), "hostile": hostile()}
every_example = pytest.mark.parametrize("example", EXAMPLES.values(), ids=list(EXAMPLES))


@every_example
def test_page_needs_neither_network_nor_script(example: Rendered) -> None:
    """Nothing is loaded, nothing runs, and the policy in the page forbids both."""
    page = page_of(example)
    policy = next(
        meta["content"] for meta in page.all("meta") if meta.get("http-equiv") == "Content-Security-Policy"
    )
    digest = base64.b64encode(hashlib.sha256(page.style.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:" in policy
    assert not page.all("script") + page.all("link") + page.all("iframe")
    assert all(value.startswith("#") for value in page.values("href"))
    assert all(value.startswith("data:image/png;base64,") for value in page.values("src"))
    assert not [
        name
        for _, attributes in page.elements
        for name in attributes
        if name.startswith("on") or name == "style"
    ]
    assert not re.search(r"url\(|@import", page.style)


@every_example
def test_page_can_be_walked_by_a_screen_reader(example: Rendered) -> None:
    """Ids are unique, references lead somewhere, no heading level is skipped, every image has its words."""
    page = page_of(example)
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    assert {word for value in page.values("aria-labelledby") for word in value.split()} <= set(ids)
    assert {value.removeprefix("#") for value in page.values("href")} <= set(ids)
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert all(image["alt"].startswith("Screenshot: ") for image in page.all("img"))
    assert all(svg.get("aria-hidden") == "true" or svg.get("role") == "img" for svg in page.all("svg"))
    assert [tag for tag, _ in page.elements].count("main") == 1


def test_lines_stand_in_document_order_with_state_owner_and_time() -> None:
    """Every line is there once, whether the run was about it or not."""
    checklist, run, verdict = broken()
    page = page_of((checklist, run, verdict))
    anchors = [value for value in page.values("id") if value.startswith("line-")]
    assert anchors == [f"line-{item}" for item in checklist.items]
    assert "failed SSL certificates installed and validated infra.tls certificate expires in 6 d" in page.text
    assert (
        "2:30 PM Conduct smoke tests step.smoke 1 of 3 lines under it failed QA QA Engineer planned 14:30"
        in page.text
    )
    assert (
        "out of scope Data integrity problem trigger.data-integrity rollback trigger DBA Database"
        in page.text
    )
    assert "stale 3:00 PM Announce step.launch advisory newest evidence is 26 h old" in page.text


def test_verdict_comes_first_and_then_what_to_do_by_owner() -> None:
    """The owner of the worst line comes first; a line that its children explain is not repeated."""
    text = page_of(broken()).text
    decision = text.index(
        "Verdict: NO-GO for smoke or infra, 8 of 9 lines 2 required lines failed, and 2 more are open."
    )
    todo = text.index("What to do next OPS DevOps Engineer 2 lines failed SSL certificates")
    assert decision < todo < text.index("What was verified Release") < text.index("Checklist Every line ends")
    section = text[todo : text.index("What was verified Release")]
    assert "To do: Renew the certificate." in section
    assert "To do: Allow UDP 53." in section
    assert "Accepted failures" in section
    assert "AUD-12" in section
    assert "Conduct smoke tests" not in section


def test_headline_says_what_the_verdict_is_about_wherever_it_is_told() -> None:
    """In the title, in the heading, at the foot of every printed page, and where people sign."""
    page = page_of(healthy())
    words = "GO for smoke or infra, 8 of 9 lines"
    assert f"<title>{words}: Small deployment checklist" in page.source
    assert f"Verdict: {words} All 8 lines" in page.text
    assert f'@bottom-left {{ content: "{words} · golive run' in page.style
    assert f"Verdict {words} Release" in page.text[page.text.index("Sign-off This document") :]


@pytest.mark.parametrize(
    ("expression", "scope", "words"),
    [
        ("smoke", ("infra.tls",), "GO for smoke, 1 of 9 lines"),
        ("", tuple(healthy()[0].items), "GO for everything, 9 lines"),
        ("", ("infra.tls",), "GO for everything, 1 of 9 lines"),
        ("smoke and " * 99, ("infra.tls",), "more characters not shown), 1 of 9 lines"),
        ("not (post_deploy)", (), "GO for not (post_deploy), 0 of 9 lines"),
    ],
)
def test_scope_is_said_in_one_line(expression, scope, words) -> None:
    """As it was asked for on the command line, counted against the whole document."""
    checklist, run, verdict = healthy()
    header = run.header.model_copy(update={"marker_expression": expression, "scope": scope})
    judged = verdict.model_copy(update={"items": ()})
    assert headline(checklist, run.model_copy(update={"header": header}), judged).endswith(words)


def test_lines_without_a_check_are_said_to_keep_every_run_from_go() -> None:
    """By name, those that the launch depends on; where a check or a person answers, nothing is said."""
    checklist, run, verdict = healthy()
    nobody = {"state": ItemState.NOT_RUN, "reason": NOBODY_ANSWERS}
    items = tuple(
        entry.model_copy(update=nobody) if entry.item in ("infra.tls", "step.launch") else entry
        for entry in verdict.items
    )
    words = "No check answers 1 line: infra.tls . No run of this scope can be GO until it has one"
    example = (checklist, run, verdict.model_copy(update={"items": items}))
    assert words in page_of(example).text
    assert "No check answers `infra.tls`: no run of this scope can be GO" in render_markdown(*example)
    for other in (healthy(), broken()):
        assert "can be GO until" not in page_of(other).text + render_markdown(*other)


def test_report_that_was_rendered_anew_says_that_its_record_may_have_been_edited() -> None:
    """In the page, in the ticked document and in the summary; one that the run itself rendered does not."""
    words = "whoever could write to the run's folder could have edited it"
    anew = Page(render_html(*healthy(), read_attachment=attachments, anew=True))
    assert anew.text.count(words) == 2
    assert words in render_markdown(*healthy(), anew=True)
    assert json.loads(render_summary(*healthy(), anew=True))["run"]["rendered_anew"] is True
    assert words not in page_of(healthy()).text + render_markdown(*healthy())
    assert json.loads(render_summary(*healthy()))["run"]["rendered_anew"] is False


def test_failed_checks_come_before_passed_ones_and_say_what_was_required() -> None:
    """Under a line the failure is the first thing that is seen."""
    text = page_of(broken()).text
    evidence = text[text.index("Evidence for infra.tls 1 failed, 1 passed") :]
    assert evidence.index("certificate outlives the renewal window") < evidence.index("names match")
    assert "Certificate outlives the renewal window, for every host and replica." in evidence
    assert "Log of the check WARNING certificate expires soon" in evidence


def test_latency_is_drawn_with_quantiles_and_budget_and_said_in_words() -> None:
    """The drawing has a title and a description; the caption repeats the numbers."""
    page = page_of(broken())
    assert "Latency of 60 samples From 38.0 ms to" in page.text
    assert "budget 100 ms." in page.text
    assert len([circle for circle in page.all("circle") if circle.get("class") == "sample"]) == 60


def test_retry_is_marked_on_the_check_and_on_the_line() -> None:
    """A pass after a retry is not an ordinary pass."""
    text = page_of(healthy()).text
    assert "infra.dns after a retry" in text
    assert "records agree 320 ms · after a retry" in text


def test_screenshot_is_part_of_the_file() -> None:
    """Whoever gets the file gets the picture."""
    assert base64.b64encode(picture()).decode() in page_of(healthy()).all("img")[0]["src"]


def test_a_picture_that_belongs_to_several_pieces_of_evidence_is_in_the_file_once() -> None:
    """The others say where it is."""
    gallery = Gallery(attachments)
    first, second = gallery.picture("home.png", "arrives"), gallery.picture("home.png", "comes back")
    assert first.uri
    assert (second.uri, second.note) == ("", "The page looked as at “arrives”.")


def test_missing_and_oversized_screenshots_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hole in the evidence is said aloud."""
    assert "home.png is missing" in render_html(*healthy(), read_attachment=lambda _: None)
    assert "home.png is not an image" in render_html(*healthy(), read_attachment=lambda _: b"<svg onload=x>")
    monkeypatch.setattr("golive.report.images.MAX_BYTES", 100)
    assert "home.png is too large" in render_html(*healthy(), read_attachment=attachments)


def test_rehearsal_is_watermarked_and_cannot_be_signed() -> None:
    """The mark is on the page, not only in its colours, and the signature cells say it too."""
    page = page_of(healthy())
    assert page.text.count("REHEARSAL — not valid for sign-off") >= 4
    assert "This document cannot be signed." in page.text
    assert "Not valid for sign-off: leave empty" in page.text
    assert "watermark" in page.values("class")


def test_sign_off_table_names_what_is_signed() -> None:
    """Verdict, run and checklist stand by the empty cells."""
    checklist, run, verdict = broken()
    text = page_of((checklist, run, verdict)).text
    section = text[text.index("Sign-off Signed by every role.") :]
    assert "NO-GO" in section
    assert run.header.run_id in section
    assert run.header.checklist_digest in section.replace(" ", "")
    assert "A signature stands for the run" in section
    assert "Technical Director" in section
    assert "cannot be signed" not in text


def test_killed_run_says_that_it_has_no_end() -> None:
    """What is missing is not passed over."""
    text = page_of(broken(killed=True)).text
    assert "This run has no end." in text
    assert "Run finished no end recorded" in text
    assert "This run has no end." not in page_of(broken()).text


def test_line_of_the_scope_without_a_verdict_is_never_green() -> None:
    """Silence of the verdict is shown as silence."""
    checklist, run, verdict = healthy()
    silent = verdict.model_copy(update={"items": verdict.items[1:]})
    text = page_of((checklist, run, silent)).text
    assert "not judged SSL certificates installed and validated" in text
    assert "1 not judged" in text


def test_expected_check_without_a_record_is_named() -> None:
    """A check that was deleted or renamed leaves a hole that can be seen."""
    checklist, run, verdict = healthy()
    header = run.header.model_copy(
        update={"expected_checks": {"infra.tls": ("tests/infra/test_tls.py::test_gone",)}}
    )
    text = page_of((checklist, run.model_copy(update={"header": header}), verdict)).text
    assert "No record of tests/infra/test_tls.py::test_gone , which must answer this line." in text


def test_check_of_two_lines_is_shown_once_and_linked_from_the_other() -> None:
    """Evidence has one place; the second line leads to it."""
    checklist, run, verdict = healthy()
    first = run.records[0].model_copy(update={"items": ("infra.tls", "infra.dns")})
    page = page_of((checklist, run.model_copy(update={"records": (first, *run.records[1:])}), verdict))
    assert page.values("id").count("check-1") == 1
    assert "#check-1" in page.values("href")
    assert "evidence under infra.tls" in page.text


def test_run_without_scope_claims_nothing() -> None:
    """An empty list of failures is not good news when nothing was asked."""
    checklist, run, verdict = healthy()
    empty = run.model_copy(update={"header": run.header.model_copy(update={"scope": ()})})
    text = page_of((checklist, empty, verdict.model_copy(update={"items": ()}))).text
    assert "No line of the checklist is in this run’s scope" in text
    assert "Nothing: no line" not in text
    assert "Checks outside this run’s lines" in text
