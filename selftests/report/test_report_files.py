"""The files of a run's folder."""

from pathlib import Path

import pytest

from golive.report.files import attachments_of, render_all
from selftests.examples.report_examples import broken, healthy, write_attachments


def test_four_files_and_nothing_else(tmp_path: Path) -> None:
    """The report comes first; no temporary file stays; a second rendering replaces the first."""
    write_attachments(tmp_path)
    render_all(tmp_path, *broken())
    paths = render_all(tmp_path, *healthy())
    assert [path.name for path in paths] == ["checklist.html", "checklist.md", "summary.json", "junit.xml"]
    assert {path.name for path in tmp_path.iterdir()} == {*(path.name for path in paths), "home.png"}
    assert "GO" in paths[0].read_text(encoding="utf-8")
    assert "data:image/png" in paths[0].read_text(encoding="utf-8")


def test_failed_write_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk does not leave half a report."""
    (old,) = [path for path in render_all(tmp_path, *healthy()) if path.name == "checklist.html"]
    before = old.read_bytes()

    def full(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="no space"):
        render_all(tmp_path, *broken())
    assert old.read_bytes() == before
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize(
    "name",
    [
        "../secret",
        "/etc/passwd",
        "a/b.png",
        "a\\b.png",
        "..",
        ".",
        "",
        "c:x",
        "a\0b",
        "link.png",
        "x" * 5_000,
    ],
)
def test_attachments_are_bare_names_of_the_folder_itself(tmp_path: Path, name: str) -> None:
    """Evidence cannot make the report read another file."""
    (tmp_path / "secret").write_bytes(b"secret")
    folder = tmp_path / "run"
    (folder / "a").mkdir(parents=True)
    (folder / "a" / "b.png").write_bytes(b"secret")
    (folder / "link.png").symlink_to(tmp_path / "secret")
    assert attachments_of(folder)(name) is None
