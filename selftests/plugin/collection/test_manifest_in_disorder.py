"""A manifest that a merge, an editor or another project left behind is refused, or said; never believed."""

import json

import pytest

from selftests.plugin.mini_project import check


@pytest.fixture(scope="module")
def recorded(new_project):
    """A healthy project whose manifest is written."""
    project = new_project().lines("a", "b")
    project.checks(check("a"), check("a", name="test_second"), check("b"))
    assert project.run("--checklist-lock", env=None).exit_code == 0
    assert project.run().decision == "GO"
    return project


@pytest.fixture
def lock(recorded):
    """Its manifest, put back afterwards."""
    path = recorded.folder / "checklist.lock"
    before = path.read_bytes()
    yield path
    path.write_bytes(before)


def test_a_line_that_a_merge_left_there_twice_is_refused(recorded, lock):
    """JSON takes the last of the two, and with the first a check would be forgotten."""
    gone = '"checks": {"a": ["tests/test_mini.py::test_gone"],'
    lock.write_text(lock.read_text().replace('"checks": {', gone))
    run = recorded.run()
    assert run.exit_code == 4
    assert "checklist.lock" in run.output
    assert "'a' stands there twice" in run.output


def test_a_key_that_the_manifest_does_not_have_is_refused(recorded, lock):
    """Misspelt, what stands under it would be expected of nobody."""
    lock.write_text(lock.read_text().replace('"cases"', '"case"'))
    run = recorded.run()
    assert run.exit_code == 4
    assert "unknown key 'case'" in run.output


def test_a_check_that_the_manifest_does_not_know_is_said(recorded, lock):
    """Its line has another, so nobody would miss it if it vanished."""
    document = json.loads(lock.read_text())
    document["checks"]["a"] = ["tests/test_mini.py::test_a"]
    lock.write_text(json.dumps(document))
    run = recorded.run()
    assert run.decision == "GO"
    assert "note: checklist.lock does not know test_second: record it" in run.output


@pytest.mark.parametrize(
    "disorder",
    [
        lambda text: f"<<<<<<< HEAD\n{text}=======\n{text}>>>>>>> theirs\n",
        lambda text: text[: len(text) // 2],
        lambda _: "",
        lambda _: "{}",
        lambda _: "[]",
        lambda _: "null",
        lambda _: '{"checks": {}}',
        lambda _: '{"checks": {"a": []}}',
    ],
    ids=["conflict", "cut off", "empty", "{}", "[]", "null", "no line", "no check"],
)
def test_what_is_no_manifest_is_refused_in_words(recorded, lock, disorder):
    """With its file and the remedy, and none of Python's own words."""
    lock.write_text(disorder(lock.read_text()))
    run = recorded.run()
    assert run.exit_code == 4
    assert "checklist.lock: " in run.output
    assert "pytest --checklist-lock" in run.output
    assert not any(words in run.output for words in ("Traceback", "subscriptable", "indices", "('checks')"))


@pytest.mark.parametrize(
    "same",
    [
        lambda data: data.replace(b"\n", b"\r\n").rstrip(),
        lambda data: json.dumps(dict(reversed(json.loads(data).items()))).encode(),
        lambda data: b"\xef\xbb\xbf" + data,
    ],
    ids=["CRLF", "other order", "byte order mark"],
)
def test_an_editor_may_write_it_otherwise(recorded, lock, same):
    """Line ends, order and a byte order mark change nothing."""
    lock.write_bytes(same(lock.read_bytes()))
    assert recorded.run().decision == "GO"


def test_whoever_has_no_check_yet_is_told_to_write_one(project):
    """Writing the manifest anew would not help."""
    project.lines("a").checks("")
    project.run("--checklist-lock", env=None)
    run = project.run()
    assert run.exit_code == 4
    assert 'bind one to a line, @pytest.mark.checklist("an.id")' in run.output
