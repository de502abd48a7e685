"""The manifest: no run without it, and a case that the profile makes is missed like any other."""

import json

import pytest

from selftests.plugin.mini_project import MiniProject, check

CONFTEST = """
import pytest
from golive.plugin.verification import SETTINGS

def pytest_generate_tests(metafunc):
    if "host" in metafunc.fixturenames and SETTINGS in metafunc.config.stash:
        metafunc.parametrize("host", list(metafunc.config.stash[SETTINGS].profile.allow.hosts))
"""
DROPS = """
def pytest_collection_modifyitems(items):
    items[:] = [item for item in items if "app.test" not in item.name]
"""
BY_HAND = 'not metafunc.definition.get_closest_marker("parametrize") and '
PER_HOST = check("a", 'evidence.note("saw it", host=host)', name="test_host", uses="host, evidence")


@pytest.fixture
def checked(project):
    """One line, one check, without a manifest so far."""
    return project.lines("a", "b phase=post_deploy").checks(
        check("a", "open('ran', 'w')\n" + "evidence.note('saw')")
    )


def is_refused(run, project: MiniProject, *words: str) -> bool:
    assert not (project.folder / "ran").exists()
    assert run.folder is None, "a refused start leaves no folder"
    assert all(word in run.output for word in words)
    return run.exit_code == 4


def test_a_run_without_manifest_is_refused(checked):
    """With the command that writes it; which then works."""
    (checked.folder / "elsewhere.md").write_text((checked.folder / "checklist.md").read_text())
    run = checked.run("--checklist", "elsewhere.md")
    assert is_refused(
        run, checked, "elsewhere.lock: missing", "pytest --checklist-lock --checklist=elsewhere.md"
    )
    assert checked.run("--checklist-lock", "--checklist", "elsewhere.md", env=None).exit_code == 0
    assert checked.run("--checklist", "elsewhere.md", "-m", "smoke").decision == "GO"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "checklist.lock: not a manifest of checks"),
        ("[]", "checklist.lock: not a manifest of checks"),
        ("{}", "checklist.lock: not a manifest of checks"),
        ('{"checks": {"a": "test_a"}}', "checklist.lock: not a manifest of checks"),
        ('{"checks": {}, "needs": {}}', "checklist.lock: it names no check"),
        ('{"checks": {"a": []}}', "checklist.lock: it names no check"),
        (
            '{"checks": {"b": ["tests/test_b.py::test_b"]}}',
            "it says nothing of the line a, which tests/test_mini.py::test_a",
        ),
    ],
)
def test_an_emptied_manifest_is_refused(checked, text, words):
    """Wholly, for one line, or written over; and what is said to do fixes it."""
    checked.write("checklist.lock", text)
    assert is_refused(checked.run("-m", "smoke"), checked, words, "pytest --checklist-lock")
    assert checked.run("--checklist-lock", env=None).exit_code == 0
    assert checked.run("-m", "smoke").decision == "GO"


@pytest.mark.parametrize("arguments", [("--collect-only",), ("--checklist-coverage",)])
def test_who_only_looks_at_checks_needs_no_manifest(checked, arguments):
    """Nothing is judged."""
    checked.write("checklist.lock", "")
    assert checked.run(*arguments).exit_code == 0


@pytest.fixture(scope="module")
def per_host(new_project):
    """A check with a case for each of the profile's hosts, and its manifest."""
    project = new_project().lines("a").checks(PER_HOST).write("conftest.py", CONFTEST)
    profile = project.folder / "environments/mini.toml"
    profile.write_text(profile.read_text() + '"api.test" = {}\n')
    assert project.run("--checklist-lock", env=None).exit_code == 0
    return project


def test_the_manifest_says_what_the_profile_makes_cases_of(per_host):
    """Not the cases: they are another environment's too."""
    manifest = json.loads((per_host.folder / "checklist.lock").read_text())
    assert manifest["checks"] == {"a": ["tests/test_mini.py::test_host"]}
    assert manifest["cases"] == {"tests/test_mini.py::test_host": ["host"]}


@pytest.mark.parametrize("processes", [(), ("-n", "2")])
def test_a_case_for_every_host_is_a_go(per_host, processes):
    """However many the profile of this environment has; the manifest need not know them."""
    run = per_host.run(*processes)
    assert (run.decision, len(run.record.records)) == ("GO", 2)
    other = (per_host.folder / "environments/mini.toml").read_text() + '"cdn.test" = {}\n'
    per_host.write("environments/larger.toml", other)
    run = per_host.run(*processes, env="larger")
    assert (run.decision, len(run.record.records)) == ("GO", 3)


ONE = "tests/test_mini.py::test_host[api.test]"


@pytest.mark.parametrize(
    "arguments",
    [
        (ONE,),
        (ONE, "-n", "1"),
        (ONE, "--no-look-ahead"),
        ("--deselect", "tests/test_mini.py::test_host[app.test]"),
        ("-k", "api.test"),
    ],
)
def test_a_host_that_is_left_out_leaves_its_line_not_run(per_host, arguments):
    """Whichever way of choosing among the cases it was."""
    run = per_host.run(*arguments)
    assert (run.exit_code, run.states) == (6, {"a": "not run"})
    assert "test_host[app.test]" in {entry.check.partition("::")[2] for entry in run.record.records}


def test_a_host_that_some_hook_drops_leaves_its_line_not_run(per_host):
    """Without a word to pytest."""
    per_host.write("conftest.py", CONFTEST + DROPS)
    try:
        run = per_host.run()
    finally:
        per_host.write("conftest.py", CONFTEST)
    assert (run.exit_code, run.states) == (6, {"a": "not run"})
    assert "test_host: its case app.test is not selected" in run.reasons["a"]


@pytest.mark.parametrize(
    "source",
    [
        PER_HOST.replace(
            'checklist("a")\n', 'checklist("a")\n@pytest.mark.parametrize("host", ["api.test"])\n'
        ),
        check("a", name="test_host"),
    ],
)
def test_a_check_that_asks_the_profile_for_hosts_no_more_leaves_its_line_not_run(per_host, source):
    """One host by hand, or none at all, is less than what the manifest says."""
    conftest = CONFTEST.replace('if "host"', f'if {BY_HAND}"host"')
    per_host.write("conftest.py", conftest).checks(source)
    try:
        run = per_host.run()
    finally:
        per_host.write("conftest.py", CONFTEST).checks(PER_HOST)
    assert (run.exit_code, run.states) == (6, {"a": "not run"})
    assert "test_host: its cases are no longer made of the profile's host" in run.reasons["a"]


def test_a_case_beside_one_that_fails_changes_nothing(per_host):
    """What was seen to fail is failed, whatever else did not run."""
    per_host.checks(PER_HOST + "    assert host != 'api.test', 'down'\n")
    try:
        run = per_host.run(ONE)
    finally:
        per_host.checks(PER_HOST)
    assert (run.decision, run.states) == ("NO-GO", {"a": "failed"})
