"""Whatever a target says is shown, shortened, and does nothing."""

import json
from xml.etree import ElementTree as ET

import pytest
from markdown_it import MarkdownIt

from golive.report.facts import shown_facts
from golive.report.html import render_html
from golive.report.junit import render_junit
from golive.report.markdown import escape, render_markdown
from golive.report.summary import render_summary
from golive.report.text import excerpt, one_line, visible
from selftests.examples.report_examples import HOSTILE, attachments, broken, hostile
from selftests.examples.report_page import Page, page_of


def test_page_has_no_more_kinds_of_elements_than_with_a_kind_target() -> None:
    """Hostile text makes no element, no attribute and no heading."""
    kind, hostile_page = page_of(broken()), page_of(hostile())
    assert {tag for tag, _ in hostile_page.elements} <= {tag for tag, _ in kind.elements}
    assert "<script>alert(1)</script>" in hostile_page.text
    assert "{{ 7*7 }}" in hostile_page.text
    assert "&amp;" in hostile_page.text


def test_page_stays_small_and_says_what_is_left_out() -> None:
    """A megabyte here and there does not make a report that nobody can open."""
    html = render_html(*hostile(), read_attachment=attachments)
    assert len(html) < 400_000
    assert "The last 998,000 of 1,000,000 characters not shown." in html
    assert "450 more not shown" in html
    assert "more characters not shown" in html
    assert "could not be drawn" in html
    assert "The screenshot ../../etc/passwd is missing" in html


@pytest.mark.parametrize("render", [render_markdown, render_summary], ids=["markdown", "summary"])
def test_texts_can_be_written_and_hide_nothing(render: object) -> None:
    """No control character, no mark of direction, no lone surrogate in any file."""
    text = render(*hostile())  # type: ignore[operator]
    text.encode("utf-8")
    assert not set("\x00\x07\x1b\u202e\u2066\r") & set(text)
    html = render_html(*hostile(), read_attachment=attachments)
    html.encode("utf-8")
    assert not set("\x00\x07\x1b\u202e\u2066\r") & set(html)
    assert "[U+202E]gnp.exe" in html


def test_markdown_gets_no_link_no_html_no_line_and_no_tick_from_the_target() -> None:
    """Rendered by a viewer that makes links of everything, the text is still only text."""
    text = render_markdown(*hostile())
    other_causes = len(hostile()[2].causes) - len(broken()[2].causes)
    faults_and_interruption = 2
    plain = len(render_markdown(*broken()).splitlines())
    assert len(text.splitlines()) == plain + faults_and_interruption + other_causes
    assert "[x]" not in text.replace("\\[x\\]", "")
    tokens = MarkdownIt("commonmark").parse(text)
    inline = {child.type for token in tokens for child in token.children or ()}
    assert not inline & {"link_open", "image"}
    html_parts = [
        child.content for token in tokens for child in token.children or () if child.type == "html_inline"
    ]
    assert all(part.startswith("<!-- golive:") for part in html_parts)


@pytest.mark.parametrize(
    "word",
    ["https://evil.example", "www.evil.example", "a@evil.example", "#12", "evil.example", "`", "a``b@c"],
)
def test_markdown_shows_what_could_become_a_link_as_code(word: str) -> None:
    """Some viewers make links of bare addresses, escaped or not; in a code span none does."""
    (token,) = [t for t in MarkdownIt("commonmark").parse(f"x {escape(word)} y") if t.type == "inline"]
    assert "".join(child.content for child in token.children or ()) == f"x {word} y"
    if word != "`":
        assert [child.type for child in token.children or ()] == ["text", "code_inline", "text"]


def test_junit_is_well_formed_xml() -> None:
    """No character that XML forbids, no early end of a section."""
    root = ET.fromstring(render_junit(*hostile()))  # noqa: S314 - our own output
    assert len(root.findall(".//testcase")) == 2 + len(hostile()[1].header.scope)


def test_summary_is_json() -> None:
    """Surrogates are spelled out before they are written."""
    summary = json.loads(render_summary(*hostile()))
    assert summary["items"][0]["reason"] == visible(HOSTILE)


def test_visible_spells_out_what_cannot_be_seen() -> None:
    """Line feeds and tabs stay; every other control, mark of direction and surrogate has a name."""
    assert visible("a\tb\nc\x00\x1b\u202e\u200b\ufeff\ud800\U000e0041é漢") == (
        "a\tb\nc[U+0000][U+001B][U+202E][U+200B][U+FEFF][U+D800][U+E0041]é漢"
    )
    assert visible("a\r\nb\rc\u2028d") == "a\nb\nc\nd"


def test_one_line_is_one_line() -> None:
    """Whitespace collapses, the end is counted."""
    assert one_line("a\n\n  b\x0b") == "a b[U+000B]"
    assert one_line("x" * 1_000_000, 10) == "xxxxxxxxxx … (999,990 more characters not shown)"


def test_excerpt_keeps_the_end_of_a_log() -> None:
    """The end of a log is what is read first."""
    kept = excerpt("a" * 10 + "b" * 5, 5, keep="end")
    assert (kept.text, kept.omitted) == ("bbbbb", "The first 10 of 15 characters not shown.")


def test_facts_of_any_depth_and_size_end() -> None:
    """Depth becomes text, length becomes a count."""
    deep: object = "x"
    for _ in range(200):
        deep = [deep]
    shown = shown_facts({"deep": deep, "wide": {str(n): n for n in range(1_000)}})  # type: ignore[dict-item]
    assert shown.entries[1].omitted == "950 more not shown"


def test_paragraphs_of_the_document_are_the_only_markup_that_is_trusted() -> None:
    """A line's text, the titles and the tables are the document's words, and escaped."""
    checklist, run, verdict = broken()
    for item in checklist.items.values():
        object.__setattr__(item, "text", "<b onclick=x>bold</b>")
    page = Page(render_html(checklist, run, verdict, read_attachment=attachments))
    assert not [1 for _, attributes in page.elements if "onclick" in attributes]
