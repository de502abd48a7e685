"""What a check comes to, and what that makes of its line, the verdict and the exit code."""

import pytest

from selftests.plugin.mini_project import SAW, check

FIXTURE = """
@pytest.fixture(scope="session")
def broken():
    assert False, "the account is gone"
"""
TEARDOWN = """
@pytest.fixture(scope="session")
def broken():
    yield
    raise RuntimeError("left things behind")
"""
GROUP = """
async def fail():
    raise ConnectFailed("connection refused", target="app.test:443", phase="connect")
evidence.note("saw it")
async with asyncio.TaskGroup() as group:
    group.create_task(fail())
"""
CONNECT = f"""
from golive.net.errors import ConnectFailed
{SAW}
raise ConnectFailed("connection refused", target="app.test:443", phase="connect")
"""
BLIND = """
from golive.core.outcome import Blind
raise Blind("no browser here", remedy="install one")
"""

KINDS = {
    "passes": (check("a"), (0, "GO", "verified", "1 check passed")),
    "passes, not async": (check("a", sync=True), (0, "GO", "verified", "1 check passed")),
    "fails": (check("a", f'{SAW}\nassert 1 == 2, "expected one"'), (1, "NO-GO", "failed", "expected one")),
    "fails by pytest.fail": (
        check("a", f'{SAW}\npytest.fail("too slow")'),
        (1, "NO-GO", "failed", "too slow"),
    ),
    "is blind": (check("a", BLIND), (6, "INCONCLUSIVE", "unknown", "could not see: no browser here")),
    "breaks": (
        check("a", f"{SAW}\n{{}}['x']"),
        (6, "INCONCLUSIVE", "unknown", "the check itself broke: KeyError"),
    ),
    "skips": (check("a", f'{SAW}\npytest.skip("later")'), (6, "INCONCLUSIVE", "not run", "skipped: later")),
    "is marked skip": (
        check("a", marks='@pytest.mark.skip(reason="later")'),
        (6, "INCONCLUSIVE", "not run", "skipped: later"),
    ),
    "is marked xfail and fails": (
        check("a", f"{SAW}\nassert False", marks="@pytest.mark.xfail"),
        (6, "INCONCLUSIVE", "unknown", "marked xfail"),
    ),
    "is marked xfail and passes": (
        check("a", marks="@pytest.mark.xfail"),
        (6, "INCONCLUSIVE", "unknown", "marked xfail"),
    ),
    "calls pytest.xfail": (
        check("a", f'{SAW}\npytest.xfail("known")'),
        (6, "INCONCLUSIVE", "unknown", "marked xfail"),
    ),
    "passes without evidence": (
        check("a", "pass"),
        (6, "INCONCLUSIVE", "unknown", "without recording any evidence"),
    ),
    "records what is no JSON": (
        check("a", 'evidence.note("saw", x=object())'),
        (6, "INCONCLUSIVE", "unknown", "UnrecordableError: evidence 'saw' is not JSON"),
    ),
    "records NaN": (
        check("a", 'evidence.note("saw", x=float("nan"))'),
        (6, "INCONCLUSIVE", "unknown", "UnrecordableError: evidence 'saw' is not JSON"),
    ),
    "outlives its deadline": (
        check("a", f"{SAW}\nawait asyncio.sleep(30)"),
        (6, "INCONCLUSIVE", "unknown", "CheckDeadlineError: the check did not end within 1 s"),
    ),
    "has a failing precondition": (
        FIXTURE + check("a", uses="evidence, broken"),
        (6, "INCONCLUSIVE", "unknown", "could not see: a precondition failed: the account is gone"),
    ),
    "has a failing teardown": (
        TEARDOWN + check("a", uses="evidence, broken"),
        (6, "INCONCLUSIVE", "unknown", "its teardown failed: left things behind"),
    ),
    "cannot connect": (check("a", CONNECT), (1, "NO-GO", "failed", "connection refused — app.test:443")),
    "leaves with code 0": (
        check("a", f'{SAW}\npytest.exit("enough", returncode=0)', sync=True),
        (6, "INCONCLUSIVE", "not run", "the run ended before it"),
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_check_that(kind, project):
    """Exit code, verdict, state of the line, and the sentence on it."""
    source, expected = KINDS[kind]
    run = project.profile(deadline="1 s").lines("a").checks(source).run("-m", "smoke")
    code, decision, state, words = expected
    assert (run.exit_code, run.decision, run.states["a"]) == (code, decision, state)
    assert words in run.reasons["a"]
    assert decision in run.output


@pytest.fixture(scope="module")
def without_network(new_project, closed_port):
    return (
        new_project()
        .profile(control=closed_port)
        .lines("a", "b", "c")
        .checks(
            check("a", CONNECT),
            check("b", CONNECT, sync=True),
            "from golive.net.errors import ConnectFailed\n",
            check("c", GROUP),
        )
        .run()
    )


@pytest.mark.parametrize("line", ["a", "b", "c"])
def test_a_transport_error_is_blind_where_the_suites_own_network_is_down(without_network, line):
    """The control target decides: of an async check, of another, and of a task within one."""
    assert (without_network.exit_code, without_network.states[line]) == (6, "unknown")
    assert "the suite's own network is down" in without_network.reasons[line]
    assert "connection refused — app.test:443" in without_network.reasons[line]


def test_a_session_that_cannot_clean_up_is_never_a_success(project):
    """Even where the last check's line is advisory, or waived, and so cannot hold the verdict back."""
    source = TEARDOWN + check("a") + check("b", uses="evidence, broken")
    run = project.lines("a", "b severity=advisory").checks(source).run()
    assert run.exit_code != 0


def test_an_internal_error_keeps_its_code(project):
    """A broken hook is no verdict about the target."""
    project.lines("a").checks(check("a"))
    project.write("conftest.py", "def pytest_runtestloop(session):\n    raise RuntimeError('hook')\n")
    run = project.run()
    assert run.exit_code == 3
    assert "internal error" in run.record.footer.interruption


def test_a_file_that_cannot_be_imported_keeps_its_code(project):
    """Nothing runs, and nothing is said about the target."""
    run = project.lines("a").checks("import no_such_module\n").run()
    assert run.exit_code == 2


def test_no_test_at_all_is_no_success(project):
    """An empty folder, and a selection that leaves none."""
    project.lines("a").write("tests/test_none.py", "")
    assert project.run().exit_code == 5
    selected = project.checks(check("a")).run("-k", "nothing_like_it")
    assert selected.exit_code == 5
    assert selected.states == {"a": "not run"}
