"""The nightly drills go on where they were stopped, and know no result of another day's code."""

import subprocess

from rehearsal.faults import catalogue
from selftests.drills.kept import Drilled, Kept, digest
from selftests.drills.nightly import pairs_of, wanted

WELL = Drilled(("tls.expired",), (), ("a check",), 12.5)
WRONG = Drilled(("tls.cbc-only", "cdn.no-http2"), ("the line infra.tls must fail",), (), 30.0)


def test_result_is_known_as_long_as_nothing_has_changed(tmp_path):
    """By the digest of everything that it depends on."""
    Kept(tmp_path, "today").keep(WELL)
    assert Kept(tmp_path, "today").is_well(WELL.names)
    assert not Kept(tmp_path, "tomorrow").is_well(WELL.names)
    assert not Kept(tmp_path, "today").is_well(("tls.cbc-only",))


def test_result_that_was_wrong_is_drilled_again(tmp_path):
    """It may have been the machine."""
    kept = Kept(tmp_path, "today")
    kept.keep(WRONG)
    assert not kept.is_well(WRONG.names)


def test_file_that_was_cut_off_is_no_result(tmp_path):
    """A machine that lost its power in the night."""
    Kept(tmp_path, "today").keep(WELL)
    (file,) = tmp_path.iterdir()
    for text in (file.read_text(encoding="utf-8")[:20], "[]", ""):
        file.write_text(text, encoding="utf-8")
        assert not Kept(tmp_path, "today").is_well(WELL.names)


def test_result_says_what_was_wrong():
    """In the line of progress."""
    assert str(WELL) == "well    12.5 s  tls.expired"
    assert str(WRONG).splitlines() == [
        "WRONG   30.0 s  tls.cbc-only + cdn.no-http2",
        "             the line infra.tls must fail",
    ]


def test_digest_is_of_names_and_contents(tmp_path):
    """New files, changed files and files that are gone make another one; what no drill reads does not."""
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "a.py").write_text("a", encoding="utf-8")
    (tmp_path / "README.md").write_text("read", encoding="utf-8")
    seen = [digest(tmp_path)]
    (tmp_path / "README.md").write_text("me", encoding="utf-8")
    assert digest(tmp_path) == seen[0]
    (tmp_path / "src" / "a.py").write_text("b", encoding="utf-8")
    seen.append(digest(tmp_path))
    (tmp_path / "src" / "a.py").rename(tmp_path / "src" / "c.py")
    seen.append(digest(tmp_path))
    (tmp_path / "src" / "d.py").write_text("", encoding="utf-8")
    seen.append(digest(tmp_path))
    assert len(set(seen)) == 4


def test_everything_is_wanted_and_named_faults_alone():
    """Every fault and the day's pairs; or those whose names begin so, without pairs."""
    everything = wanted([], 3, "2026-11-30")
    assert sorted(names[0] for names in everything[:-3]) == list(catalogue())
    assert [len(names) for names in everything[-3:]] == [2, 2, 2]
    assert {names[0].partition(".")[0] for names in wanted(["tls.", "cdn."], 3, "x")} == {"tls", "cdn"}
    assert wanted(["nothing."], 3, "x") == []


def test_pairs_are_decided_by_their_seed():
    """A night's pairs can be had again; they are of different areas."""
    assert pairs_of("7", 5) == pairs_of("7", 5) != pairs_of("8", 5)
    assert all(one.partition(".")[0] != other.partition(".")[0] for one, other in pairs_of("7", 50))
