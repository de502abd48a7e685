"""The way back: Markdown as its parser reads it, links, artefacts, scripts that undo; each rule both ways."""

import asyncio
import hashlib

import pytest

from golive.browser.page_configuration import configuration_in
from golive.core.outcome import Blind
from golive.database.observation import CatalogueObservation
from golive.net.errors import ProtocolError
from golive.net.guard import Guard
from golive.net.http_observation import HttpObservation, Timings
from golive.profile.allow import Allow, AllowedHost
from golive.rollback.observation import UndoTrial
from golive.rollback.probe_artefacts import ArtefactProbe, look_for_scripts
from golive.rollback.probe_links import LinkProbe
from golive.rollback.profile import Artefact, RunbookSection, Undoing
from golive.rollback.rules import (
    expect_links_alive,
    expect_retrievable,
    expect_sections,
    expect_undoable,
    expect_undone,
)
from golive.rollback.runbook import read_runbook

TEXT = """\
# Way back

Intro with a [link](contacts.md#on-duty "title") and ![picture](shot.png).

## 1. Who decides

The *lead*, see <https://wiki.test/x> and [below](#data-base).

Data base
---------

1. Stop writers
   - every **one** of `api`
2. Restore `20260901_a`

<!-- 3. Purge -->

    sql --down

## Empty
"""


def read(text=TEXT, source="runbook.md"):
    content = text.encode()
    return read_runbook(content, source=source, sha256=hashlib.sha256(content).hexdigest())


def titled(book, title):
    return next(section for section in book.sections if section.title == title)


def test_sections_entries_and_links_are_what_markdown_says():
    """Both kinds of headings, nested entries, listings; a section holds those below it."""
    book = read()
    assert [section.title for section in book.sections] == [
        "Way back",
        "1. Who decides",
        "Data base",
        "Empty",
    ]
    data = titled(book, "Data base")
    assert data.entries == ("Stop writers every one of api", "every one of api", "Restore 20260901_a")
    assert "sql --down" in data.blocks
    assert "Restore 20260901_a" in titled(book, "Way back").entries
    assert [(link.target, link.line) for link in book.links] == [
        ("contacts.md#on-duty", 3),
        ("shot.png", 3),
        ("https://wiki.test/x", 7),
        ("#data-base", 7),
    ]
    assert book.anchors == {"way-back", "1-who-decides", "data-base", "empty"}


def test_headings_of_one_name_have_anchors_of_their_own():
    """As forges number them."""
    assert read("# A b!\n# A b\n# Ä_c\n").anchors == {"a-b", "a-b-1", "ä_c"}


@pytest.mark.parametrize("content", [b"\xff\xfe", b"[a](b) " * 600])
def test_what_is_no_document_for_people_is_refused(content):
    """No text, or more links than anybody follows."""
    with pytest.raises(ProtocolError):
        read_runbook(content, source="x", sha256="")


def wanted(title, *steps):
    return RunbookSection(title=title, steps=steps)


def test_required_sections_are_there_whatever_their_case_and_number():
    """And their steps stand in entries of lists."""
    expect_sections(read(), [wanted("who decides"), wanted("DATA  base", "stop", "API", "restore")])


@pytest.mark.parametrize(
    ("promise", "words"),
    [
        (wanted("Communication"), "a section 'Communication'"),
        (wanted("Empty"), "observed nothing"),
        (wanted("Data base", "purge"), "a step that names 'purge', observed 3 steps"),
        (wanted("Who decides", "lead"), "observed 0 steps"),
    ],
)
def test_missing_section_and_steps_fail(promise, words):
    """A comment is no step, nor is a sentence."""
    with pytest.raises(AssertionError, match=words):
        expect_sections(read(), [promise])


def test_document_without_sections_or_requirements_fails():
    """Nothing is green by silence."""
    with pytest.raises(AssertionError, match="no section at all"):
        expect_sections(read(""), [wanted("A")])
    with pytest.raises(AssertionError, match="no section that the runbook must have"):
        expect_sections(read(), [])


class Web:
    """Answers by URL, and remembers what was asked."""

    def __init__(self, **pages):
        self.pages = pages
        self.asked = []

    async def request(self, method, url, **_):
        self.asked.append(f"{method} {url}")
        status, body = self.pages.get(url.rpartition("/")[2], (404, b""))
        status = 405 if status == "GET only" and method == "HEAD" else 200 if status == "GET only" else status
        return HttpObservation(method, url, None, status, "HTTP/1.1", (), body, Timings(None, None, 1.0, 1.0))

    async def get(self, url, **_):
        return await self.request("GET", url)


def follow(text, folder, web=None, source="docs/runbook.md"):
    guard = Guard(Allow(hosts={"wiki.test": AllowedHost()}))
    return asyncio.run(LinkProbe(folder, web or Web(), guard).follow(read(text, source)))


@pytest.fixture
def project(tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/contacts.md").write_text("# On duty\n", encoding="utf-8")
    (tmp_path / "docs/a b.png").write_bytes(b"")
    (tmp_path / "README.md").write_text("", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    "target",
    ["contacts.md", "contacts.md#on-duty", "contacts.md#On-Duty", "a%20b.png", "../README.md", "#title",
     "mailto:lea@audotics.test", "https://wiki.test/ok", "https://wiki.test/login", "https://wiki.test/old"],
)  # fmt: skip
def test_living_links_pass(target, project):
    """Files, headings, pages; also pages behind a sign-in, and where HEAD is not known."""
    web = Web(ok=(200, b""), login=(403, b""), old=("GET only", b""))
    expect_links_alive(follow(f"# Title\n[x]({target})", project, web))


@pytest.mark.parametrize(
    "target",
    ["gone.md", "contacts.md#nobody", "#nowhere", "../../outside.md", "/etc/hostname", "file:///etc/hostname",
     "javascript:x", "https://wiki.test/gone"],
)  # fmt: skip
def test_dead_links_fail_with_their_line(target, project):
    """A file that is not there, a heading that is not, a way out of the project."""
    (project.parent / "outside.md").write_text("", encoding="utf-8")
    with pytest.raises(AssertionError, match="line 3"):
        expect_links_alive(follow(f"# Title\n\n[x]({target})", project))


def test_host_that_is_not_allowed_is_not_asked():
    """The line stays unknown, with the remedy."""
    web = Web()
    seen = follow("[x](https://intranet.test/a)", None, web, "https://wiki.test/runbook.md")
    with pytest.raises(Blind, match=r"intranet\.test"):
        expect_links_alive(seen)
    assert web.asked == []


def test_links_of_a_served_document_are_its_neighbours():
    """Relative to its address."""
    web = Web(**{"contacts.md": (200, b"")})
    expect_links_alive(follow("[x](contacts.md)", None, web, "https://wiki.test/ops/runbook.md"))
    assert web.asked == ["HEAD https://wiki.test/ops/contacts.md"]


DIGEST = hashlib.sha256(b"build").hexdigest()


def fetch(artefact, folder=None, **pages):
    probe = ArtefactProbe(folder, Web(**pages))
    return asyncio.run(probe.look_at(artefact, token=None, deadline=1.0))


def test_artefacts_are_had_to_the_byte(tmp_path):
    """From an address and as a file; gone, changed, or none at all fails."""
    (tmp_path / "image").write_bytes(b"build")
    remote = Artefact(name="build", url="https://cdn.test/build", sha256=DIGEST)
    local = Artefact(name="image", file="image", sha256=DIGEST)
    expect_retrievable([fetch(remote, build=(200, b"build")), fetch(local, tmp_path)])
    for seen, words in (
        (fetch(remote), "answered by 404"),
        (fetch(remote, build=(200, b"other")), "5 bytes"),
        (fetch(remote, build=(200, b"")), "0 bytes"),
        (fetch(local, tmp_path / "gone"), "cannot be read"),
    ):
        with pytest.raises(AssertionError, match=words):
            expect_retrievable([seen])
    with pytest.raises(AssertionError, match="no artefact"):
        expect_retrievable([])


@pytest.mark.parametrize(
    "wrong", [{}, {"url": "https://a.test", "file": "a"}, {"url": "https://a.test", "sha256": "x"}]
)
def test_artefact_is_in_one_place_with_a_digest(wrong):
    """Nothing else is taken for one."""
    with pytest.raises(ValueError, match=r"exactly one|sha256"):
        Artefact(**{"name": "a", "sha256": DIGEST, **wrong})


def scripts(folder, **texts):
    for name, text in texts.items():
        (folder / name).mkdir()
        if text is not None:
            (folder / name / "down.sql").write_text(text, encoding="utf-8")
    return look_for_scripts(folder, sorted(texts), "down.sql")


def test_migration_is_undone_by_its_script_or_a_named_restore(tmp_path):
    """One step must both name it and say restore."""
    seen = scripts(tmp_path, m1="DROP TABLE a;", m2=None)
    expect_undoable(seen, read("# DB\n1. Restore the backup (for `m2`)\n"), Undoing())
    for text in ("", "# DB\n1. Restore the backup\n2. `m2` is harmless\n", "# DB\n<!-- restore m2 -->\n"):
        with pytest.raises(AssertionError, match=r"way back from migration m2: .*no down\.sql"):
            expect_undoable(seen, read(text), Undoing())


@pytest.mark.parametrize("text", ["", "-- to do\n", " ; "])
def test_empty_script_undoes_nothing(text, tmp_path):
    """Comments are no statements."""
    with pytest.raises(AssertionError, match="an empty or unreadable"):
        expect_undoable(scripts(tmp_path, m1=text), read(""), Undoing())


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ('<script type="application/json" id="config">{"commit": "a&b"}</script>', {"commit": "a&b"}),
        ('<p id="other">{}</p><div id="config">{"commit": "x"}</div><p id="config">{}</p>', {"commit": "x"}),
        ('<div id="config">[1]</div>', None),
        ('<div id="config">' + "[" * 100_000, None),
        ("", None),
    ],
)
def test_configuration_is_read_out_of_a_page(page, found):
    """The first element with the id; anything but an object is none."""
    assert configuration_in(page, "#config") == found
    assert configuration_in(page, ".config") is None


def catalogue(*objects):
    return CatalogueObservation("scratch", 17, dict.fromkeys(objects, "defined"))


def test_script_that_was_tried_leaves_the_schema_as_it_was():
    """Nothing of the migration is left, and nothing else is gone; a script that is refused undoes nothing."""
    before = catalogue("table a")
    expect_undone([UndoTrial("m1", "", before, catalogue("table a"))])
    for after, problem, words in (
        (catalogue("table a", "table b"), "", "table b: defined is still there"),
        (catalogue(), "", "table a: defined is gone"),
        (before, "relation b does not exist", "relation b does not exist"),
    ):
        with pytest.raises(AssertionError, match=words):
            expect_undone([UndoTrial("m1", problem, before, after)])
