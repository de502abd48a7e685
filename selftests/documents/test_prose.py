"""What people read stays short, and every link in it leads somewhere."""

import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import pytest
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from golive.profile.loading import ProfileError, load_profile, refuse_hosts
from golive.profile.subjects import load_subjects
from selftests.drills.drill import ROOT

OWN_SUITE = ROOT / "docs/how-to/own-suite.md"
"""Its files are the reader's."""
LONGEST = 50
"""Words of a paragraph."""
LINES = {"README.md": 120, "ARCHITECTURE.md": 80}
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "ARCHITECTURE.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tree(path: Path) -> SyntaxTreeNode:
    markdown = MarkdownIt("commonmark").enable("table")
    return SyntaxTreeNode(markdown.parse(path.read_text(encoding="utf-8")))


def text_of(node: SyntaxTreeNode) -> str:
    return "".join(
        " " if inner.type == "softbreak" else inner.content
        for inner in node.walk()
        if inner.type in {"text", "code_inline", "softbreak"}
    )


def anchors(path: Path) -> set[str]:
    """Headings as GitHub links to them."""
    headings = (text_of(node) for node in tree(path).walk() if node.type == "heading")
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links(path: Path) -> Iterator[str]:
    for node in tree(path).walk():
        target = "" if node.is_root else node.attrs.get("href") or node.attrs.get("src")
        if target and not re.match(r"[a-z]+:", str(target)):
            yield unquote(str(target))


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_no_paragraph_is_long(path):
    """Entries of lists are paragraphs too; tables and code are none."""
    paragraphs = [text_of(node) for node in tree(path).walk() if node.type == "paragraph"]
    long = {f"{len(text.split())} words: {text[:60]}…" for text in paragraphs if len(text.split()) > LONGEST}
    assert not long


@pytest.mark.parametrize("document", LINES)
def test_first_documents_stay_short(document):
    """What does not fit belongs into docs/."""
    assert len((ROOT / document).read_text(encoding="utf-8").splitlines()) <= LINES[document]


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_every_link_leads_somewhere(path):
    """To a file of the project, and to a heading in it."""
    lost = []
    for link in links(path):
        target, _, heading = link.partition("#")
        file = (path.parent / target).resolve() if target else path
        if not file.exists() or (heading and heading not in anchors(file)):
            lost.append(link)
    assert not lost


@pytest.mark.parametrize("path", [path for path in DOCUMENTS if path != OWN_SUITE], ids=name)
def test_every_module_that_is_named_is_there(path):
    """A path of code in prose: from the project's folder, or from src/golive."""
    named = [node.content for node in tree(path).walk() if node.type == "code_inline"]
    modules = [text for text in named if re.fullmatch(r"[a-z_]+(/[a-z_]+)+\.py", text)]
    roots = (ROOT, ROOT / "src/golive")
    assert not [text for text in modules if not any((root / text).exists() for root in roots)]


def test_every_document_is_on_the_map():
    """docs/README.md leads to each; decisions have a list of their own."""
    start = ROOT / "docs" / "README.md"
    decisions = ROOT / "docs" / "decisions" / "README.md"
    linked = {
        (page.parent / link.partition("#")[0]).resolve()
        for page in (start, decisions)
        for link in links(page)
    }
    assert not [name(path) for path in (ROOT / "docs").rglob("*.md") if path not in {*linked, start}]


def profile_of_the_readme() -> str:
    (block,) = (
        node for node in tree(ROOT / "README.md").walk() if node.type == "fence" and node.info == "toml"
    )
    return block.content


def test_profile_in_the_readme_loads(tmp_path):
    """As it stands there, with the sections that Audotics adds."""
    load_subjects(ROOT)
    path = tmp_path / "mine.toml"
    path.write_text(profile_of_the_readme(), encoding="utf-8")
    profile = load_profile(path)
    refuse_hosts(profile, source=path.name)
    assert profile.public_urls() == {"app": "https://www.example.com"}


@pytest.mark.parametrize("key", ["schema = 1", "title = ", "targets = ", '"www.example.com"'])
def test_profile_in_the_readme_is_the_shortest(key, tmp_path):
    """Without any of its keys it is refused."""
    load_subjects(ROOT)
    lines = profile_of_the_readme().splitlines()
    left = [line for line in lines if not line.startswith(key)]
    assert len(left) == len(lines) - 1
    path = tmp_path / "mine.toml"
    path.write_text("\n".join(left), encoding="utf-8")
    with pytest.raises(ProfileError):
        refuse_hosts(load_profile(path), source=path.name)


def test_suite_of_the_guide_is_whole(tmp_path):
    """Its files, written as they stand there, are collected and bound to their line."""
    nodes = list(tree(OWN_SUITE).children)
    for before, block in pairwise(nodes):
        said = text_of(before)
        if block.type == "fence" and said.endswith(":") and " " not in said:
            path = tmp_path / said.removesuffix(":")
            path.parent.mkdir(exist_ok=True)
            path.write_text(block.content, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "--env=shop", "-m", "smoke", "--collect-only", "-q"]
    locked = [sys.executable, "-m", "pytest", "--checklist-lock", "-q"]
    for arguments in (locked, command):
        done = subprocess.run(
            arguments, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
        )
    assert "tests/test_home.py::test_front_page_answers" in done.stdout, done.stdout + done.stderr


def test_glossary_has_at_most_twenty_words():
    """One meaning each."""
    *_, table = (node for node in tree(ROOT / "CONTRIBUTING.md").walk() if node.type == "tbody")
    words = [text_of(row.children[0]) for row in table.children]
    assert len(set(words)) == len(words)
    assert {"check", "case", "network case", "blind", "unknown"} <= set(words)
    assert len(words) <= 20
