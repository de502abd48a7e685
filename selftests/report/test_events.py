"""The record on disk: what was written is read back, and a run that was cut off is read as far as it goes."""

import json

import pytest

from golive.report.events import CorruptRecordError, EventWriter, read_run
from selftests.examples.report_examples import broken, healthy


@pytest.fixture
def run():
    return healthy()[1]


@pytest.fixture
def path(tmp_path, run):
    writer = EventWriter(tmp_path / "run")
    for event in (run.header, *run.records, run.footer):
        writer.write(event)
    writer.close()
    return writer.path


def test_a_run_is_read_back_as_it_was_written(path, run):
    """Header, records in order, footer."""
    assert read_run(path) == run


def test_every_event_is_on_disk_as_soon_as_it_is_written(tmp_path, run):
    """A killed run loses nothing that had finished."""
    writer = EventWriter(tmp_path)
    writer.write(run.header)
    writer.write(run.records[0])
    found = read_run(writer.path)
    writer.close()
    assert (found.records, found.footer) == ((run.records[0],), None)


def test_a_last_line_cut_off_in_the_middle_is_left_out(path, run):
    """Wherever the cut falls."""
    whole = path.read_bytes()
    last = whole.rstrip(b"\n").rfind(b"\n") + 1
    for end in (last + 1, last + 20, len(whole) - 2):
        path.write_bytes(whole[:end])
        assert read_run(path).footer is None
        assert read_run(path).records == run.records


@pytest.mark.parametrize(
    "damage", ["not json", '{"event": "check-finished", "data": {}}', '{"event": "gone", "data": {}}', "[]"]
)
def test_a_damaged_line_before_the_last_is_named(path, damage):
    """File and line; nothing is skipped silently."""
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[1] = damage
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(CorruptRecordError, match=f"{path}:2: not an event: "):
        read_run(path)


@pytest.mark.parametrize(
    ("how", "line"),
    [
        pytest.param(lambda lines: [lines[0].replace("v1.0.0", "v1.0.1"), *lines[1:]], 2, id="altered"),
        pytest.param(lambda lines: [lines[0], *lines[2:]], 2, id="taken out"),
        pytest.param(lambda lines: [*lines[:2], lines[1], *lines[2:]], 3, id="put in twice"),
        pytest.param(lambda lines: [lines[0], lines[2], lines[1], *lines[3:]], 2, id="in another order"),
        pytest.param(lambda lines: lines[1:], 1, id="without its start"),
    ],
)
def test_no_line_can_be_changed_alone(path, how, line):
    """What follows it names what it was."""
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(how(lines)) + "\n", encoding="utf-8")
    with pytest.raises(CorruptRecordError, match=rf"{path}:{line}: does not follow the line before it"):
        read_run(path)


def test_line_without_a_link_is_no_event(path):
    """Whoever left it out might have altered what stood before."""
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[1] = json.dumps({key: value for key, value in json.loads(lines[1]).items() if key != "after"})
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(CorruptRecordError, match=f"{path}:2: not an event: 'after'"):
        read_run(path)


def test_record_that_is_there_already_is_never_written_on(path):
    """Two runs of one id would be one record that nobody can tell apart."""
    with pytest.raises(FileExistsError):
        EventWriter(path.parent)


@pytest.mark.parametrize("content", [None, "", "\n"])
def test_what_is_not_the_record_of_a_run_is_refused(tmp_path, content):
    """A file that is not there, or that begins nowhere."""
    path = tmp_path / "events.jsonl"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(CorruptRecordError, match=str(path)):
        read_run(path)


def test_text_of_a_target_does_not_break_lines(tmp_path):
    """Separators that some readers take for line ends stay inside their event."""
    _, run, _ = broken()
    writer = EventWriter(tmp_path)
    record = run.records[0].model_copy(update={"reason": "one\ntwo\u2028three\x85four\x0bfive\rsix"})
    writer.write(run.header)
    writer.write(record)
    writer.write(run.footer)
    writer.close()
    assert read_run(writer.path).records == (record,)
