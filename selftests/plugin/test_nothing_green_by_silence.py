"""Whatever happens to a check, its line, and the verdict, can only get worse."""

from xml.etree import ElementTree

import pytest

from selftests.plugin.mini_project import SAW, MiniProject, check

LINES = ("a", "b", "p.one")
WORSE = {"delete", "rename", "skip", "skip inside", "xfail", "crash", "-k", "--deselect", "--ignore"}


def file_of(line: str) -> str:
    return f"tests/test_{line.replace('.', '_')}.py"


def function_of(line: str) -> str:
    return f"test_{line.replace('.', '_')}"


def build(project: MiniProject) -> MiniProject:
    """Three lines that checks answer, one with two of them, and a parent; with its manifest."""
    project.lines("a", "b", "p answered-by=children", "  p.one")
    for line in LINES:
        project.checks(check(line), file=file_of(line))
    project.checks(check("b", name="test_other"), file="tests/test_other.py")
    assert project.run("--checklist-lock", env=None).exit_code == 0
    return project


@pytest.fixture(scope="module")
def healthy(new_project):
    project = build(new_project())
    assert project.run().decision == "GO"
    return project


@pytest.mark.parametrize("mutation", sorted(WORSE))
@pytest.mark.parametrize("line", LINES)
def test_a_line_whose_check_changes_is_never_green(healthy, line, mutation):
    """Its other checks, and the parent's other lines, do not make up for it."""
    source, arguments = check(line), []
    match mutation:
        case "delete":
            source = ""
        case "rename":
            source = check(line, name="test_renamed")
        case "skip":
            source = check(line, marks="@pytest.mark.skip")
        case "skip inside":
            source = check(line, f"{SAW}\npytest.skip('later')")
        case "xfail":
            source = check(line, marks="@pytest.mark.xfail")
        case "crash":
            source, arguments = check(line, f"{SAW}\nos._exit(0)"), ["-n", "1"]
        case "-k":
            arguments = ["-k", f"not {function_of(line)}"]
        case "--deselect":
            arguments = ["--deselect", f"{file_of(line)}::{function_of(line)}"]
        case "--ignore":
            arguments = ["--ignore", file_of(line)]
    healthy.checks(source, file=file_of(line))
    try:
        run = healthy.run(*arguments)
    finally:
        healthy.checks(check(line), file=file_of(line))
    worse = {line, "p"} if line == "p.one" else {line}
    assert (run.exit_code, run.decision) == (6, "INCONCLUSIVE")
    assert {name for name, state in run.states.items() if state != "verified"} == worse
    assert all(run.states[name] in ("not run", "unknown") for name in worse)


def test_a_line_whose_check_loses_a_case_is_never_green(healthy):
    """A case that is written beside its check counts like a check of its own."""
    cases = '@pytest.mark.parametrize("size", [{}])'
    uses = "size, evidence"
    with_both = check("b", name="test_sizes", marks=cases.format("1, 2"), uses=uses)
    with_one = check("b", name="test_sizes", marks=cases.format("1"), uses=uses)
    lock = healthy.folder / "checklist.lock"
    before = lock.read_text(encoding="utf-8")
    healthy.checks(with_both, file="tests/test_sizes.py")
    try:
        assert healthy.run("--checklist-lock", env=None).exit_code == 0
        assert healthy.run().decision == "GO"
        healthy.checks(with_one, file="tests/test_sizes.py")
        run = healthy.run()
    finally:
        (healthy.folder / "tests/test_sizes.py").unlink()
        lock.write_text(before, encoding="utf-8")
    assert run.states["b"] == "not run"
    assert "no record of tests/test_sizes.py::test_sizes[2]" in run.reasons["b"]


def test_the_manifest_names_the_check_that_vanished(healthy):
    """So that whoever renamed it finds it."""
    healthy.checks("", file="tests/test_other.py")
    try:
        run = healthy.run()
    finally:
        healthy.checks(check("b", name="test_other"), file="tests/test_other.py")
    assert run.states["b"] == "not run"
    assert "no record of tests/test_other.py::test_other" in run.reasons["b"]


@pytest.mark.parametrize("selection", [("-m", "smoke and not serial"), ("-m", "not serial")])
def test_a_selection_that_leaves_checks_out_does_not_narrow_the_scope(project, selection):
    """The scope is the document's; a serial check that -m leaves out is missed."""
    project.lines("a", "b").checks(check("a"), check("b", marks="@pytest.mark.serial"))
    run = project.run(*selection)
    assert (run.exit_code, run.states) == (6, {"a": "verified", "b": "not run"})
    assert "deselected on the command line" in run.reasons["b"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("-x",), 1),
        (("--maxfail=1",), 1),
        (("-x", "--no-look-ahead"), 1),
        (("--maxfail=1", "-n", "1"), 2),  # xdist stops by an interruption
    ],
)
def test_a_run_that_stops_at_a_failure_leaves_the_rest_not_run(project, arguments, code):
    """The lines that were not reached say so, and the record says why the run ended."""
    wait = f"await asyncio.sleep(0.3)\n{SAW}"
    project.lines("a", "b", "c").checks(
        check("a", f"{SAW}\nassert False"), check("b", wait), check("c", wait)
    )
    run = project.run(*arguments)
    assert (run.exit_code, run.decision) == (code, "NO-GO")
    assert run.states["a"] == "failed"
    assert run.states["c"] == "not run"
    assert "stopping after 1 failures" in run.record.footer.interruption


def test_a_run_that_stops_is_no_success_even_if_only_an_advisory_line_failed(project):
    """The exit code does not hide that something was left out."""
    project.lines("b", "a severity=advisory").checks(check("b"), check("a", f"{SAW}\nassert False"))
    assert project.run().exit_code == 0
    assert project.run("-x").exit_code == 6


@pytest.mark.parametrize(
    ("lines", "checks", "code", "decision"),
    [
        (("a part=cdn", "b part=cdn"), (check("a"),), 6, "INCONCLUSIVE"),
        (("a part=cdn", "b severity=advisory"), (check("b", f"{SAW}\nassert False"),), 6, "INCONCLUSIVE"),
        (("a part=cdn", "b"), (check("a", f"{SAW}\nassert False"), check("b")), 1, "NO-GO"),
        (("a part=cdn", "b"), (check("a"), check("b")), 0, "GO"),
        (("a part=cdn", "b"), (check("b"),), 0, "GO"),
    ],
    ids=["nothing applies", "advice alone", "the absent part fails", "it passes", "it is not looked at"],
)
def test_a_part_that_is_declared_absent_makes_nothing_green(project, lines, checks, code, decision):
    """Something must be verified, and what a check saw fail is not absent; JUnit agrees."""
    run = project.lines(*lines).checks(*checks).run()
    assert (run.exit_code, run.decision) == (code, decision)
    assert (_red_cases(run) == []) is (code == 0)


def test_a_line_without_a_check_is_told_wherever_the_verdict_is(project):
    """On the terminal, in the report, in JUnit: running again is no help."""
    project.lines("a", "b", "c severity=advisory").checks(check("a"))
    run = project.run("-m", "smoke")
    said = " ".join(run.output.split())
    assert "INCONCLUSIVE for smoke, 3 lines 1 required line without fresh positive evidence: b;" in said
    assert "no check answers b: no run of this scope can be GO until it has one, or people attest it" in said
    assert "Until then no run of this scope can be GO, however healthy the release is." in said
    assert "No check answers 1 line:" in (run.folder / "checklist.html").read_text(encoding="utf-8")
    assert _red_cases(run) == ["b: b holds"]
    advisory = project.lines("a", "c severity=advisory").run()
    assert advisory.decision == "CONDITIONAL GO"
    assert "No check answers these lines yet" in advisory.output
    assert "Until then" not in advisory.output


def test_a_run_of_one_file_leaves_the_other_lines_red_in_junit_too(healthy):
    """A dashboard that reads nothing else must not be green while the verdict is INCONCLUSIVE."""
    run = healthy.run(file_of("a"))
    assert (run.exit_code, run.decision) == (6, "INCONCLUSIVE")
    assert {name.partition(":")[0] for name in _red_cases(run)} >= {"b", "p", "p.one"}


def _red_cases(run) -> list[str]:
    root = ElementTree.parse(run.folder / "junit.xml")  # noqa: S314 - our own output
    return [
        case.get("name", "")
        for case in root.iter("testcase")
        if case.find("failure") is not None or case.find("error") is not None
    ]


def test_a_check_that_kills_its_process_is_named(project):
    """Under xdist the others go on; the line is unknown, never green, advisory or not."""
    project.lines("a severity=advisory", "b").checks(check("a", f"{SAW}\nos._exit(0)"), check("b"))
    run = project.run("-n", "1")
    assert run.exit_code == 6
    assert run.states == {"a": "unknown", "b": "verified"}
    assert "the process running tests/test_mini.py::test_a crashed" in run.reasons["a"]


def test_a_value_that_cannot_travel_between_processes_is_no_success(project):
    """pytest's own properties of a report are no evidence, and must not lose one either."""
    body = f"record_property('x', object())\n{SAW}"
    run = project.lines("a").checks(check("a", body, uses="evidence, record_property")).run("-n", "1")
    assert run.exit_code != 0
