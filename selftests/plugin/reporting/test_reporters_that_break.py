"""What writes about checks may break: the verification goes on to its verdict, green by nothing."""

import json

import pytest

from selftests.plugin.mini_project import SAW, check

NO_SOURCE_IS_PARSED = """
import ast

parse = ast.parse

def pytest_collection_finish():
    def broken(*arguments, **options):
        raise SystemError("AST constructor recursion depth mismatch")
    # As Python 3.11 does now and then (CPython gh-106905).
    ast.parse = broken

def pytest_sessionfinish():
    ast.parse = parse
"""
DEEP = """
def dig(n):
    return dig(n - 1) if n else {}["nothing at the bottom"]
"""
CAUSED = f"""
{SAW}
try:
    dig(3)
except KeyError as error:
    raise ValueError("no gold") from error
"""
GROUPED = f"""
{SAW}
async def fail(n):
    assert n == 0, f"expected none, observed {{n}}"
async with asyncio.TaskGroup() as group:
    for n in range(3):
        group.create_task(fail(n))
"""
LOGGED = f"""
try:
    dig(3)
except KeyError:
    logging.getLogger("mini").exception("dug in vain")
{SAW}
"""
FIXTURES = """
@pytest.fixture(scope="session")
def no_account():
    assert dig(0), "unreached"

@pytest.fixture
def leaves_things():
    yield
    dig(1)
"""


@pytest.fixture(scope="module")
def without_parser(new_project):
    """Everything that a check can break in, where any look at source fails."""
    return (
        new_project()
        .lines("a", "b", "c", "d", "e", "f", "g", "h")
        .write("conftest.py", NO_SOURCE_IS_PARSED)
        .checks(
            DEEP,
            FIXTURES,
            check("a", f"{SAW}\nn = 2\nassert n == 1, f'expected one, observed {{n}}'"),
            check(
                "b", f"{SAW}\ndig(40)", marks='@pytest.mark.parametrize("n", range(12))', uses="evidence, n"
            ),
            check("c", CAUSED, sync=True),
            check("d", GROUPED),
            check("e", LOGGED),
            check("f", uses="evidence, no_account"),
            check("g", uses="evidence, leaves_things"),
            check("h"),
        )
        .run()
    )


def test_no_traceback_of_a_check_is_built_from_source(without_parser):
    """Failures, errors, groups, causes, log records, fixtures and their ends: the run goes on over each."""
    assert without_parser.exit_code == 1
    assert without_parser.decision == "NO-GO"
    assert without_parser.record.footer.interruption in (
        "",
        "the teardown of tests/test_mini.py::test_g failed",
    )
    failed, unknown = dict.fromkeys("ad", "failed"), dict.fromkeys("bcfg", "unknown")
    assert without_parser.states == failed | unknown | dict.fromkeys("eh", "verified")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("a", "expected one, observed 2"),
        ("b", "KeyError: 'nothing at the bottom'"),
        ("c", "ValueError: no gold"),
        ("d", "expected none, observed 1"),
        ("g", "its teardown failed: 'nothing at the bottom'"),
    ],
)
def test_the_reason_is_told_without_source(without_parser, line, words):
    """In the words of the assertion, or of the error."""
    assert words in without_parser.reasons[line]


def test_who_mends_a_check_learns_where_it_broke(without_parser):
    """Allure and pytest-html have file, line and function of each frame, and the cause."""
    (entry,) = [
        found
        for path in (without_parser.folder / "allure-results").glob("*-result.json")
        if (found := json.loads(path.read_text(encoding="utf-8")))["name"] == "test_c"
    ]
    trace = entry["statusDetails"]["trace"]
    assert trace.index("KeyError: 'nothing at the bottom'") < trace.index("ValueError: no gold")
    assert "tests/test_mini.py" in trace
    assert ", in dig" in trace
    assert "pluggy" not in trace
    assert ", in dig" in (without_parser.folder / "pytest.html").read_text(encoding="utf-8")


def test_a_log_record_tells_what_was_caught(without_parser):
    """The check that logged it still passes."""
    assert "dug in vain" in without_parser.of("test_e").output


LITTER = """
class Box: pass

async def fail():
    dig(60)

def dig(n):
    return 1 + (dig(n - 1) if n else {}["nothing at the bottom"] + 1)
"""
LEAVES_LITTER = f"""
{SAW}
for _ in range(20):
    box = Box()
    box.itself = box
    box.task = asyncio.create_task(fail())
await asyncio.sleep(0.01)
dig(40)
"""
LONG_FILE = "".join(f"x_{n} = [1, 2, (3, {n})]\n" for n in range(4000))


def test_tasks_that_nobody_waited_for_end_no_run(project):
    """As a broken driver leaves them: collected while a traceback is built, they log their own."""
    litter = check("a", LEAVES_LITTER, marks='@pytest.mark.parametrize("n", range(40))', uses="evidence, n")
    run = project.lines("a", "b").checks(LITTER, LONG_FILE, litter, check("b")).run()
    assert run.states == {"a": "unknown", "b": "verified"}
    assert "KeyError: 'nothing at the bottom'" in run.reasons["a"]
    assert (run.exit_code, run.record.footer.interruption) == (6, "")


BROKEN = {
    "makereport, around": """
@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if call.when == WHEN and item.name != "test_c":
        raise RuntimeError("reporter")
    return report
""",
    "makereport, outermost": """
@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    if call.when == WHEN and item.name != "test_c":
        raise RuntimeError("reporter")
""",
    "logreport": """
def pytest_runtest_logreport(report):
    if report.when == WHEN and "test_c" not in report.nodeid:
        raise RuntimeError("reporter")
""",
    "logreport, by exit": """
def pytest_runtest_logreport(report):
    if report.when == WHEN and "test_c" not in report.nodeid:
        raise SystemExit("reporter")
""",
    "protocol": """
@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_runtest_protocol(item, nextitem):
    if WHEN == "setup" and item.name != "test_c":
        raise RuntimeError("reporter")
    yield
    if item.name != "test_c":
        raise RuntimeError("reporter")
""",
}


@pytest.mark.parametrize("when", ["setup", "call", "teardown"])
@pytest.mark.parametrize("kind", BROKEN)
def test_a_reporter_that_breaks_costs_the_check_and_no_other(project, kind, when):
    """What failed is still failed, what passed is an error, what it does not break over is verified."""
    project.lines("a", "b", "c").write("conftest.py", f"import pytest\nWHEN = {when!r}\n{BROKEN[kind]}")
    project.checks(check("a", f"{SAW}\nassert False, 'expected true'"), check("b"), check("c"))
    run = project.run()
    # A check whose setup has no report is not called; it may have ended in the loop before.
    if run.states["a"] == "failed" or when != "setup":
        assert (run.states["a"], run.exit_code, run.decision) == ("failed", 1, "NO-GO")
    assert (run.states["b"], run.states["c"]) == ("unknown", "verified")
    assert "a reporter broke over it: " in run.reasons["b"]
    assert "conftest.py:" in run.reasons["b"]
    assert "reporter" in run.record.footer.interruption
    assert run.decision in run.output


@pytest.mark.parametrize(
    "hook", ["pytest_terminal_summary(terminalreporter)", "pytest_sessionfinish(session)"]
)
def test_a_reporter_that_breaks_at_the_end_leaves_the_verdict(project, hook):
    """It is decided, rendered and shown."""
    project.lines("a").checks(check("a", f"{SAW}\nassert False"))
    project.write("conftest.py", f"def {hook}:\n    raise OSError('no space left on device')\n")
    run = project.run()
    assert (run.exit_code, run.decision) == (1, "NO-GO")
    assert "NO-GO" in run.output
    assert "no space left on device" in run.output + run.record.footer.interruption


BROKEN_IN_A_WORKER = """
import os

def pytest_runtest_logreport(report):
    here = "PYTEST_XDIST_WORKER" in os.environ
    if here and "test_a" in report.nodeid and report.when == "call":
        raise RuntimeError("reporter")
"""


def test_a_reporter_that_breaks_in_a_worker_is_heard_of(project):
    """Under xdist, too."""
    project.lines("a", "b").checks(check("a"), check("b"))
    project.write("conftest.py", BROKEN_IN_A_WORKER)
    run = project.run("-n", "1")
    assert run.states == {"a": "unknown", "b": "verified"}
    assert "a reporter broke over it: RuntimeError: reporter" in run.reasons["a"]


@pytest.mark.parametrize("order", ["wrapper=True", "wrapper=True, tryfirst=True"])
def test_a_reporter_that_breaks_tells_no_secret(project, order):
    """Neither what it broke with, nor what was captured of the check that it broke over."""
    canary = "canary-9f2c41-of-the-reporter"
    project.lines("a").checks(check("a", f"print(os.environ['MINI_CANARY'])\n{SAW}"))
    project.write(
        "conftest.py",
        f"import os, pytest\n@pytest.hookimpl({order})\ndef pytest_runtest_makereport():\n    yield\n"
        "    raise RuntimeError(os.environ['MINI_CANARY'])\n",
    )
    run = project.run(MINI_CANARY=canary)
    assert run.states == {"a": "unknown"}
    assert canary not in run.output
    for path in run.folder.rglob("*"):
        assert path.is_dir() or canary.encode() not in path.read_bytes(), path


def test_whoever_ends_the_run_on_purpose_is_let(project):
    """pytest.exit is no breakage."""
    project.lines("a", "b").checks(check("a"), check("b"))
    project.write(
        "conftest.py", "import pytest\ndef pytest_runtest_logfinish(nodeid):\n    pytest.exit('enough', 4)\n"
    )
    run = project.run()
    assert run.exit_code == 4
    assert run.states["b"] in ("not run", "verified")
