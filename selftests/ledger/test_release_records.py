"""Each record of a release that counts does; whatever lies beside it is named, and takes nothing away."""

import hashlib
from datetime import timedelta

import pytest

from golive.core.run import ReleaseIdentity
from golive.ledger import records as ledger_records
from golive.ledger.records import read_release
from selftests.examples.gate_examples import NOW
from selftests.examples.recorded import chained, events_of
from selftests.examples.release_examples import run_of, saw, write


@pytest.fixture
def folder(tmp_path):
    """A release's folder with one good record."""
    folder = tmp_path / "prod" / "1.0.0"
    write(folder, run_of("good", saw("a", minutes=25)))
    return folder


def read(folder):
    """Ids of the runs that count, and the one sentence about what does not."""
    found = read_release(folder, now=NOW)
    (left,) = found.not_counted
    return [run.header.run_id for run in found.runs], left.reason


def test_run_stands_there_with_the_digest_of_its_record(folder):
    found = read_release(folder, now=NOW)
    digest = hashlib.sha256((folder / "good" / "events.jsonl").read_bytes()).hexdigest()
    assert (found.digests, found.not_counted) == ({"good": digest}, ())
    assert found.folders == {"good": folder / "good"}


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        pytest.param(lambda _: "", "is empty", id="empty"),
        pytest.param(lambda _: "\n\n", "is empty", id="blank"),
        pytest.param(lambda text: text.removeprefix("{"), "not an event", id="corrupt"),
        pytest.param(lambda text: "\n".join(text.split("\n")[1:]), "does not follow", id="beheaded"),
        pytest.param(lambda text: text.replace("a holds", "b holds"), "does not follow", id="edited"),
        pytest.param(lambda text: "PK\x03\x04" + text, "not an event", id="another file"),
    ],
)  # fmt: skip
def test_record_that_cannot_be_read_is_named_and_takes_nothing_from_the_others(folder, damage, words):
    path = write(folder, run_of("bad", saw("a", minutes=25).model_copy(update={"reason": "a holds"})))
    path.write_text(damage(path.read_text(encoding="utf-8")), encoding="utf-8")
    runs, reason = read(folder)
    assert runs == ["good"]
    assert words in reason


def test_record_that_is_no_text_is_named(folder):
    path = write(folder, run_of("bad"))
    path.write_bytes(b"\xff\xfe\x00")
    assert "cannot be read" in read(folder)[1]


def test_line_cut_off_in_the_middle_does_not_count_and_those_before_it_do(folder):
    path = write(folder, run_of("cut", saw("a", minutes=25), saw("b", minutes=24)))
    path.write_bytes(path.read_bytes()[:-30])
    found = read_release(folder, now=NOW)
    (cut,) = (run for run in found.runs if run.header.run_id == "cut")
    assert len(cut.records) == 2
    assert cut.footer is None
    assert "its last line is cut off" in found.not_counted[0].reason


def test_record_of_a_hundred_megabytes_is_not_read(folder, monkeypatch):
    path = write(folder, run_of("huge", saw("a", minutes=25), saw("b", minutes=24)))
    good = folder / "good" / "events.jsonl"
    assert good.stat().st_size < path.stat().st_size
    monkeypatch.setattr(ledger_records, "LARGEST_RECORD", path.stat().st_size - 1)
    monkeypatch.setattr(ledger_records, "read_run", _never_of(path, ledger_records.read_run))
    runs, reason = read(folder)
    assert runs == ["good"]
    assert "more than a run of golive writes" in reason


def _never_of(path, read_run):
    def read_another(other):
        assert other != path, "it was read"
        return read_run(other)

    return read_another


def test_copy_counts_once(folder):
    other = folder / "copied"
    other.mkdir()
    (other / "events.jsonl").write_bytes((folder / "good" / "events.jsonl").read_bytes())
    runs, reason = read(folder)
    assert runs == ["good"]
    assert "is a copy of" in reason


def test_of_two_records_of_one_run_that_differ_none_counts(folder):
    text = (folder / "good" / "events.jsonl").read_text(encoding="utf-8")
    other = folder / "twin"
    other.mkdir()
    twin = chained(events_of(text.replace("v1.0.0", "v1.0.1").replace("Frankfurt", "Paris")))
    (other / "events.jsonl").write_text(twin, encoding="utf-8")
    found = read_release(folder, now=NOW)
    assert found.runs == ()
    assert {entry.reason for entry in found.not_counted} == {
        "2 records are of run good, and differ: none of them counts"
    }


@pytest.mark.parametrize(
    "about",
    [
        pytest.param({"environment": "staging"}, id="another environment"),
        pytest.param({"release": ReleaseIdentity(version="0.9.0", commit="c0ffee")}, id="another version"),
    ],
)
def test_foreign_record_is_named(folder, about):
    write(folder, run_of("foreign", saw("a", minutes=25), **about))
    runs, reason = read(folder)
    assert runs == ["good"]
    assert "not of this ledger" in reason


def test_only_runs_about_the_newest_commit_count(folder):
    """Build 2 of a version is not GO by what was seen of build 1."""
    other = ReleaseIdentity(version="1.0.0", commit="decade")
    write(folder, run_of("newer", started=NOW - timedelta(minutes=11), release=other))
    runs, reason = read(folder)
    assert runs == ["newer"]
    assert "is about 1.0.0 (c0ffee), and the newest run, newer, about 1.0.0 (decade)" in reason


@pytest.mark.parametrize(
    "run",
    [
        pytest.param(run_of("later", started=NOW + timedelta(hours=1)), id="begins tomorrow"),
        pytest.param(run_of("later", saw("a", minutes=-90)), id="a check of the future"),
    ],
)
def test_record_of_the_future_is_named(folder, run):
    write(folder, run)
    runs, reason = read(folder)
    assert runs == ["good"]
    assert "one of the two clocks is wrong" in reason


def test_clock_that_is_a_little_ahead_is_none_of_the_future(folder):
    write(folder, run_of("ahead", started=NOW - timedelta(minutes=10, seconds=-30)))
    assert read_release(folder, now=NOW).not_counted == ()


def test_folder_without_records_has_no_runs(tmp_path):
    assert read_release(tmp_path / "prod" / "1.0.0", now=NOW).runs == ()
