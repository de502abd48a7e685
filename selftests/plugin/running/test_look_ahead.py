"""Checks side by side: each keeps its own evidence, log, time and outcome, and what must be alone is."""

import pytest

from golive.plugin.running.look_ahead import SIDE_BY_SIDE
from selftests.plugin.mini_project import HEAD, SAW, check

COUNTING = (
    HEAD
    + """
running, seen = 0, 0

async def be_counted(evidence, seconds=0.2):
    global running, seen
    running += 1
    seen = max(seen, running)
    at_start = running
    try:
        await asyncio.sleep(seconds)
        evidence.note("counted", at_start=at_start, most=seen)
    finally:
        running -= 1
"""
)
COUNTED = "await be_counted(evidence)"
MANY = check("a", COUNTED, marks='@pytest.mark.parametrize("n", range(20))', uses="evidence, n")


def most(run):
    """The most checks that ran at once."""
    return max(fact.facts["most"] for entry in run.record.records for fact in entry.evidence)


@pytest.fixture(scope="module")
def mixed(new_project):
    serial = check("b", COUNTED, marks="@pytest.mark.serial", name="test_serial")
    sync = "evidence.note('saw', at_start=running, most=0)"
    project = (
        new_project()
        .lines("a", "b", "c", "d")
        .checks(
            MANY,
            serial,
            check("c", sync, name="test_sync", sync=True),
            check("d", COUNTED, name="test_narrow", uses="evidence, tmp_path"),
            check("a", COUNTED, name="test_after"),
            head=COUNTING,
        )
    )
    return project.run()


def test_checks_run_side_by_side(mixed):
    """Twenty sleeping checks sleep at the same time."""
    assert mixed.exit_code == 0
    assert most(mixed) == 21


def test_they_run_one_after_another_where_that_is_asked_for(project):
    """--no-look-ahead."""
    run = (
        project.lines("a").checks(MANY.replace("range(20)", "range(3)"), head=COUNTING).run("--no-look-ahead")
    )
    assert (run.exit_code, most(run)) == (0, 1)


@pytest.mark.parametrize(("name", "others"), [("test_serial", 0), ("test_narrow", 0), ("test_sync", 0)])
def test_what_must_be_alone_is_alone(mixed, name, others):
    """A serial check, one with a narrow fixture, and one that is not async: nothing else is running."""
    (fact,) = mixed.of(name).evidence
    own = 0 if name == "test_sync" else 1
    assert fact.facts["at_start"] - own == others


def test_the_record_says_what_ran_alone_and_why(mixed):
    """So that whoever wants the run faster knows where."""
    notes = " / ".join(mixed.record.footer.notes)
    assert "1 check ran alone: marked serial" in notes
    assert "1 check ran alone: not an async function" in notes
    assert "1 check ran alone: uses the function-scoped fixture 'tmp_path'" in notes


def test_more_checks_than_places_wait_for_one(project):
    """Never more at once than there are places."""
    many = MANY.replace("range(20)", f"range({SIDE_BY_SIDE + 8})")
    run = project.lines("a").checks(many, head=COUNTING).run()
    assert (run.exit_code, most(run)) == (0, SIDE_BY_SIDE)


@pytest.fixture(scope="module")
def attributed(new_project):
    body = """
    evidence.note("first", of=n)
    await asyncio.sleep(0.05 * (6 - n))
    logging.getLogger("mini").warning("log of %s", n)
    evidence.note("second", of=n)
    assert n != 3, f"failure of {n}"
    """
    return (
        new_project()
        .lines("a")
        .checks(check("a", body, marks='@pytest.mark.parametrize("n", range(6))', uses="evidence, n"))
        .run()
    )


@pytest.mark.parametrize("number", range(6))
def test_evidence_logs_and_outcome_are_the_checks_own(attributed, number):
    """Although all of them ran at the same time, and ended in the opposite order."""
    record = attributed.of(f"test_a[{number}]")
    assert [fact.facts["of"] for fact in record.evidence] == [number, number]
    assert record.output == f"WARNING mini: log of {number}"
    assert record.outcome == ("failed" if number == 3 else "passed")
    assert ("failure of 3" in record.reason) == (number == 3)


def test_durations_are_the_checks_own(attributed):
    """Not the time that pytest waited for them: the first sleeps longest, the last shortest."""
    durations = [attributed.of(f"test_a[{number}]").duration_seconds for number in range(6)]
    assert durations == sorted(durations, reverse=True)
    assert all(duration >= 0.05 for duration in durations)


def test_a_check_that_is_marked_skip_never_starts(project):
    """Nor one whose condition says so, nor one whose condition is broken, nor one whose fixture skips."""
    ran = "open(os.environ['PYTEST_CURRENT_TEST'] + '.ran', 'w') if 0 else open('ran', 'w')"
    fixture = "\n@pytest.fixture(scope='session')\ndef no():\n    pytest.skip('no such thing here')\n"
    project.lines("a", "b", "c", "d", "e").checks(
        fixture,
        check("e"),
        check("a", ran, marks="@pytest.mark.skip"),
        check("b", ran, marks="@pytest.mark.skipif(os.sep == '/', reason='here')"),
        check("c", ran, marks="@pytest.mark.skipif('no_such_name', reason='broken')"),
        check("d", ran, uses="evidence, no"),
    )
    run = project.run()
    assert not (project.folder / "ran").exists()
    assert run.states == {"a": "not run", "b": "not run", "c": "unknown", "d": "not run", "e": "verified"}


TIMELINE = """
def log(word):
    with open("timeline", "a") as stream:
        stream.write(word + "\\n")

@pytest.fixture(scope="session")
async def account():
    log("fixture up")
    yield "account"
    log("fixture down")
"""
LONG = """
log("begun")
try:
    await asyncio.sleep(30)
finally:
    await asyncio.sleep(0.3)
    log("ended")
"""


def test_a_run_that_stops_ends_what_runs_before_its_fixtures_go(project):
    """With -x: running checks are cancelled and may clean up; only then the session's fixtures go."""
    project.lines("a", "b", "c").checks(
        TIMELINE,
        check("a", f"await asyncio.sleep(0.2)\n{SAW}\nassert False", uses="evidence, account"),
        check("b", LONG, uses="evidence, account"),
        check("c", "log('alone')", uses="evidence, account", marks="@pytest.mark.serial"),
    )
    run = project.run("-x")
    assert run.exit_code == 1
    assert (project.folder / "timeline").read_text().split("\n")[:-1] == [
        "fixture up",
        "begun",
        "ended",
        "fixture down",
    ]


MORE_THAN_PLACES = SIDE_BY_SIDE + 18


def test_a_run_that_stops_does_not_start_what_had_no_place_yet(project):
    """The first failure ends the run; of many waiting checks those beyond the limit never begin."""
    body = (
        "open(f'{n}.ran', 'w').close()\nawait asyncio.sleep(20 if n else 0.3)\nevidence.note('saw')\nassert n"
    )
    project.lines("a").checks(
        check(
            "a", body, marks=f'@pytest.mark.parametrize("n", range({SIDE_BY_SIDE + 18}))', uses="evidence, n"
        )
    )
    run = project.run("-x")
    assert run.exit_code == 1
    # The first leaves its place as it fails; whoever takes it in that instant may begin.
    assert SIDE_BY_SIDE <= len(list(project.folder.glob("*.ran"))) <= SIDE_BY_SIDE + 1
    reasons = {entry.reason for entry in run.record.records if entry.outcome is None}
    assert reasons == {"tests/test_mini.py::test_a: the run ended before it"}
