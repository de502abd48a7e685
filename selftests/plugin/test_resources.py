"""Who must queue and who meets: told by whom a check met, never by how long it took."""

import pytest

from golive.plugin.running.worker_shares import shares
from selftests.plugin.mini_project import HEAD, SAW, check
from selftests.plugin.running.test_reruns import RERUNS

ACCOUNTS = """
[accounts]
listener = { email = "golive-listener@app.test" }
twin = { email = "Golive-Listener@app.test" }
friend = { email = "golive-friend@app.test" }
guest = { email = "golive-guest@app.test" }
guest-2 = { email = "golive-guest-2@app.test", like = "guest" }
"""
MEETING = (
    HEAD
    + """
from golive.plugin.collection.changes import changes

inside, met, came = set(), {}, {}

async def hold(evidence, name, *others):
    \"\"\"Stay until all `others` are there at the same time, and tell whom else it met.\"\"\"
    met[name] = set(inside)
    for other in inside:
        met[other].add(name)
    inside.add(name)
    came.setdefault(name, asyncio.Event()).set()
    with open("timeline", "a") as timeline:
        timeline.write(name + "\\\\n")
    try:
        for other in others:
            await asyncio.wait_for(came.setdefault(other, asyncio.Event()).wait(), 20)
        for _ in range(20):
            await asyncio.sleep(0.005)
    finally:
        inside.remove(name)
    evidence.note("met", whom=sorted(met[name]))

@pytest.fixture(scope="session")
def listener():
    return "listener"

@pytest.fixture(scope="session")
@changes("service:shop")
def shop():
    return "shop"

@pytest.fixture(scope="session")
def counter(shop):
    return "counter of the " + shop
"""
).replace("\\\\n", "\\n")


def holds(name: str, *others: str, writes: str = "", uses: str = "evidence", marks: str = "") -> str:
    """Source of a check that holds what it names, and waits for ``others`` beside it."""
    named = ", ".join(f'"{one.strip()}"' for one in writes.split(",") if one)
    marks = f"{marks}\n@pytest.mark.write({named})" if named else marks
    wanted = "".join(f', "{other}"' for other in others)
    return check("a", f'await hold(evidence, "{name}"{wanted})', name=f"test_{name}", uses=uses, marks=marks)


def of_accounts(project, text: str = ACCOUNTS, **options):
    """The project, with accounts, where writing is allowed."""
    project.profile(effects='["read", "write"]', **options)
    profile = project.folder / "environments/mini.toml"
    profile.write_text(profile.read_text(encoding="utf-8") + text, encoding="utf-8")
    return project.lines("a")


@pytest.fixture(scope="module")
def meetings(new_project):
    """Name to whom it met."""
    project = of_accounts(new_project()).checks(
        holds("reads", "reads_too", uses="evidence, listener"),
        holds("reads_too", "reads", uses="evidence, listener"),
        holds("writes", "of_the_friend", writes="account:listener"),
        holds("writes_too", writes="account:listener"),
        holds("as_the_twin", writes="account:twin"),
        holds("of_the_friend", "writes", writes="account:friend"),
        holds("of_two", writes="account:listener,account:friend"),
        holds("measures", marks="@pytest.mark.serial"),
        holds("in_the_shop", writes="service:shop"),
        holds("by_a_fixture", marks="@pytest.mark.write", uses="evidence, shop"),
        holds("by_a_fixtures_fixture", marks="@pytest.mark.write", uses="evidence, counter"),
        holds("a_guest", "another_guest", writes="account:guest"),
        holds("another_guest", "a_guest", writes="account:guest"),
        holds("a_third_guest", writes="account:guest"),
        head=MEETING,
    )
    run = project.run()
    assert run.decision == "GO", run.reasons
    return {
        entry.check.partition("::test_")[2]: set(entry.evidence[0].facts["whom"])
        for entry in run.record.records
    }


APART = {
    "the same account": ("writes", "writes_too"),
    "two roles that are one account": ("writes", "as_the_twin"),
    "one of two that it changes": ("of_two", "of_the_friend"),
    "the other of two": ("of_two", "writes_too"),
    "what somebody reads": ("writes", "reads"),
    "what somebody reads by another role": ("as_the_twin", "reads_too"),
    "what a fixture changes": ("in_the_shop", "by_a_fixture"),
    "what a fixture of a fixture changes": ("in_the_shop", "by_a_fixtures_fixture"),
    "what two fixtures change": ("by_a_fixture", "by_a_fixtures_fixture"),
}
TOGETHER = {
    "other accounts": ("writes", "of_the_friend"),
    "who only reads": ("reads", "reads_too"),
    "accounts that play the same role": ("a_guest", "another_guest"),
}


@pytest.mark.parametrize("what", APART)
def test_who_shares_what_is_changed_queues(meetings, what):
    """They never are there at the same time."""
    one, other = APART[what]
    assert other not in meetings[one]


@pytest.mark.parametrize("what", TOGETHER)
def test_who_shares_nothing_meets(meetings, what):
    """Each waited for the other to come."""
    one, other = TOGETHER[what]
    assert other in meetings[one]


def test_what_measures_meets_nobody(meetings):
    """It has the machine to itself, writers are no exception."""
    assert meetings["measures"] == set()


ENDS = {
    "fails": "assert False, 'no'",
    "breaks": "raise KeyError('no')",
    "is late": "await asyncio.sleep(60)",
    "exits": "raise SystemExit(1)",
    "cancels itself": "asyncio.current_task().cancel()\nawait asyncio.sleep(1)",
}


@pytest.fixture(scope="module")
def ended(new_project):
    """Checks of one account, one after another, of which all but the last end badly."""
    marks = '@pytest.mark.write("account:listener")'
    badly = [
        check("a", f"{SAW}\n{body}", marks=marks, name=f"test_{number}")
        for number, body in enumerate(ENDS.values())
    ]
    skipped = check("a", marks=f"{marks}\n@pytest.mark.skip", name="test_skipped")
    expected = check("a", "assert False", marks=f"{marks}\n@pytest.mark.xfail", name="test_expected")
    project = of_accounts(new_project(), deadline="2 s")
    return project.checks(*badly, skipped, expected, check("a", marks=marks, name="test_last")).run()


@pytest.mark.parametrize("number", range(len(ENDS)), ids=list(ENDS))
def test_who_ends_badly_gives_back_what_it_had(ended, number):
    """So does one that is skipped or expected to fail: the last of the queue gets the account."""
    assert ended.of(f"test_{number}").outcome in ("failed", "error")
    assert ended.of("test_last").outcome == "passed"


def test_a_run_that_stops_starts_none_of_those_who_queue(project):
    """With -x: who waits for the account of the one that failed never begins."""
    fails = check(
        "a", f"{SAW}\nawait asyncio.sleep(0.1)\nassert False", marks='@pytest.mark.write("account:listener")'
    )
    project = of_accounts(project)
    project.checks(fails, *(holds(f"n{n}", writes="account:listener") for n in range(4)), head=MEETING)
    run = project.run("-x")
    assert run.exit_code == 1
    begun = project.folder / "timeline"
    # Whoever is first in the queue may get the account in the instant in which it is given back.
    assert len(begun.read_text().split()) <= 1 if begun.exists() else True


def test_whoever_is_tried_again_has_it_alone_again(project):
    """A rerun takes its turn as any other."""
    again = """
    tries = len(open("tries").read()) if os.path.exists("tries") else 0
    open("tries", "a").write("x")
    await hold(evidence, f"try_{tries}")
    assert not met[f"try_{tries}"] and tries, "not yet"
    """
    marks = '@pytest.mark.write("account:listener")'
    project = of_accounts(project).write("conftest.py", RERUNS)
    project.checks(check("a", again, marks=marks), holds("other", writes="account:listener"), head=MEETING)
    project.run()
    assert sorted((project.folder / "timeline").read_text().split()) == ["other", "try_0", "try_1"]


REFUSED = {
    "@pytest.mark.write": 'nothing by name: say what, as in @pytest.mark.write("account:listener")',
    "@pytest.mark.write('account:lisener')": "of an unknown role 'lisener': did you mean 'listener'?",
    "@pytest.mark.write('acount:listener')": "which is no kind:name: did you mean 'account'?",
    "@pytest.mark.write('listener')": "which is no kind:name: kinds are account, session, replica",
    "@pytest.mark.write('account:')": "'account:', which is no kind:name",
}


@pytest.mark.parametrize("marks", REFUSED)
def test_a_writing_check_that_does_not_say_what_it_changes_is_refused(project, marks):
    """Before anything runs, with what to write."""
    project = of_accounts(project).checks(check("a", marks=marks))
    run = project.run()
    assert run.exit_code == 4
    assert "ERROR: tests/test_mini.py::test_a: it changes" in run.output
    assert REFUSED[marks] in run.output


def test_an_account_that_is_like_nobody_is_refused(project):
    """It would play no role, and nobody would know."""
    project = of_accounts(project, ACCOUNTS.replace('like = "guest"', 'like = "gest"')).checks(check("a"))
    run = project.run()
    assert run.exit_code == 4
    assert "the profile's accounts.guest-2 is like 'gest', which is none of its accounts" in run.output


def test_checks_with_a_browser_are_marked_and_so_many_meet_as_there_are_processors(project):
    """`-m "not browser"` leaves them out; whoever comes later waits without an account in hand."""
    fixture = "\n@pytest.fixture(scope='session')\ndef browser():\n    return 'browser'\n"
    many = [holds(f"b{n}", writes="account:guest", uses="evidence, browser") for n in range(2)]
    one = "import golive.plugin.running.resources as resources\nresources.JOURNEYS = 1\n"
    project = of_accounts(project).checks(
        fixture, *many, holds("writes", writes="account:guest"), holds("reads"), head=one + MEETING
    )
    run = project.run()
    met = {entry.check.rpartition("_")[2]: entry.evidence[0].facts["whom"] for entry in run.record.records}
    assert "b0" not in met["b1"]
    without = project.run("-m", "not browser")
    assert [entry.check for entry in without.record.records if entry.outcome == "passed"] == [
        "tests/test_mini.py::test_writes",
        "tests/test_mini.py::test_reads",
    ]


def test_a_role_that_this_profile_has_no_account_of_is_no_mistake(project):
    """The check says itself that it cannot see: the profile of another environment has one."""
    project.profile(effects='["read", "write"]').lines("a")
    project.checks(holds("writes", writes="account:listener"), head=MEETING)
    assert project.run().decision == "GO"


ACROSS = """
from pathlib import Path

async def across(evidence, name, *others):
    \"\"\"As `hold`, whichever process the others are in.\"\"\"
    place = Path("inside") / name
    place.mkdir(parents=True)
    Path("came").mkdir(exist_ok=True)
    (Path("came") / name).touch()
    until = time.monotonic() + 20
    while not all((Path("came") / other).exists() for other in others):
        assert time.monotonic() < until, f"{name} met none of {others}"
        await asyncio.sleep(0.01)
    met = set()
    for _ in range(20):
        met |= {path.name for path in place.parent.iterdir()} - {name}
        await asyncio.sleep(0.01)
    place.rmdir()
    evidence.note("met", whom=sorted(met), worker=os.environ.get("PYTEST_XDIST_WORKER"))
"""


def across(name: str, *others: str, writes: str = "", uses: str = "evidence", marks: str = "") -> str:
    """As `holds`, between processes."""
    return holds(name, *others, writes=writes, uses=uses, marks=marks).replace("await hold", "await across")


@pytest.fixture(scope="module")
def workers(new_project):
    """Name to whom it met and the worker it ran in, of a run with two workers."""
    project = of_accounts(new_project())
    first = [
        across("a_reads", "a_reads_too", uses="evidence, guest"),
        across("a_reads_too", "a_reads", uses="evidence, guest"),
        across("a_writes", writes="account:listener"),
        across("a_friend", "a_reads", writes="account:friend"),
        across("a_measures", marks="@pytest.mark.serial"),
        across("a_last", "a_writes"),
    ]
    second = [source.replace("a_", "b_").replace("evidence, guest", "evidence, listener") for source in first]
    guest = "\n@pytest.fixture(scope='session')\ndef guest():\n    return 'guest'\n"
    project.checks(guest, *first, file="tests/test_one.py", head=MEETING + ACROSS)
    project.checks(*second, file="tests/test_two.py", head=MEETING + ACROSS)
    run = project.run("-n", "2")
    assert run.decision == "GO", run.reasons
    return {
        entry.check.partition("::test_")[2]: (set(facts["whom"]), facts["worker"])
        for entry in run.record.records
        for facts in [entry.evidence[0].facts]
    }


def test_each_worker_runs_its_share_side_by_side(workers):
    """A share is given at once, files kept whole; its checks waited for each other."""
    one, other = ({workers[name][1] for name in workers if name.startswith(file)} for file in ("a_", "b_"))
    assert len(one) == len(other) == 1
    assert one != other


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a_writes", "b_writes"),
        ("a_friend", "b_friend"),
        ("a_writes", "b_reads"),
        ("b_writes", "b_reads"),
    ],
)
def test_who_shares_what_is_changed_queues_among_all_workers(workers, one, other):
    """An account is one, however many processes use it."""
    assert other not in workers[one][0]
    assert one not in workers[other][0]


@pytest.mark.parametrize("name", ["a_measures", "b_measures"])
def test_what_measures_meets_nobody_of_any_worker(workers, name):
    """Although what others have started early runs outside their turn."""
    assert workers[name][0] == set()


@pytest.mark.parametrize(
    ("files", "number", "expected"),
    [
        ("aabb", 2, [2, 2]),
        ("aaabb", 2, [3, 2]),
        ("abbbbbbb", 2, [4, 4]),
        ("abc", 5, [1, 0, 1, 0, 1]),
        ("", 2, [0, 0]),
        ("aaaabbbbcccc", 3, [4, 4, 4]),
    ],
)
def test_shares_are_fair_and_keep_files_whole_where_they_can(files, number, expected):
    """Everything is given to somebody, in order."""
    given = shares([f"{file}::{n}" for n, file in enumerate(files)], number)
    assert sum(given) == len(files)
    assert given == expected
