"""What the command line accepts, and what it refuses with a way on."""

import pytest

from selftests.plugin.mini_project import SAW, check


@pytest.fixture(scope="module")
def healthy(new_project):
    project = new_project().lines("a", "b phase=post_deploy", "c.one", "  c.two severity=advisory")
    project.checks(check("a"), check("b"), check("c.one"), check("c.two"))
    return project.write("selftests/test_own.py", "def test_own():\n    pass\n")


@pytest.mark.parametrize(
    ("arguments", "env", "words"),
    [
        (("-m", "smok"), "mini", ["-m 'smok': there is no marker 'smok': did you mean 'smoke'?"]),
        (("-m", "smoke and"), "mini", ["-m 'smoke and': "]),
        ((), None, ["which environment? Checks need --env NAME; there are: mini"]),
        ((), "mni", ["--env mni: there is no such environment; known: mini"]),
        (("selftests",), "mini", ["selftests holds no checks, and --env verifies: run it without --env"]),
        (("--fault", "x"), "mini", ["--fault: mini is not started by the run"]),
        (("--deployed-at", "2026-11-28T14:00"), "mini", ["without an offset it is no instant"]),
        (("--release", "../x"), "mini", ["--release '../x': not a version"]),
        (("--checklist", "gone.md"), "mini", ["checklist gone.md cannot be read"]),
    ],
)
def test_what_cannot_be_run_is_a_usage_error(healthy, arguments, env, words):
    """Exit code 4, and the sentence that says how to go on; nothing is run or recorded."""
    run = healthy.run(*arguments, env=env)
    assert run.exit_code == 4
    assert all(word in run.output for word in words)
    assert run.folder is None or not list(run.folder.glob("summary.json"))


def test_the_suites_own_tests_need_no_environment(healthy):
    """They are no checks: no environment, no verdict."""
    run = healthy.run("selftests", env=None)
    assert run.exit_code == 0
    assert "1 passed" in run.output


@pytest.mark.parametrize(
    ("checks", "words"),
    [
        (
            check("a.b") + check("c.one"),
            ["::test_a_b: the checklist has no line 'a.b': see the ids in checklist.md"],
        ),
        (check("c.oen"), ["::test_c_oen: the checklist has no line 'c.oen': near matches: c.one"]),
        (
            "\nasync def test_loose(evidence):\n    pass\n",
            ["::test_loose: bound to no line: add @pytest.mark.check"],
        ),
        (check("p"), ["the line 'p' is answered by the lines below it: bind to one of c.one"]),
        (
            check("c.oen") + "\ndef test_loose():\n    pass\n",
            ["no line 'c.oen'", "::test_loose: bound to no line"],
        ),
    ],
)
def test_a_check_that_is_bound_to_nothing_is_a_usage_error(project, checks, words):
    """Every defect at once, with near matches of an unknown id."""
    run = project.lines("p answered-by=children", "  c.one").checks(checks).run()
    assert run.exit_code == 4
    assert all(word in run.output for word in words)


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("checklist.md", "# M\n\n- [ ] no id\n", "checklist.md:3: a box without an id"),
        ("environments/mini.toml", "schema = 1\n", "title: missing — add it"),
        ("checklist.lock", "[]", "not a manifest of checks"),
    ],
)
def test_a_broken_document_stops_the_run_before_anything_runs(project, file, text, words):
    """Checklist, profile or manifest, with file and place."""
    project.lines("a").checks(check("a", "open('ran', 'w')")).write(file, text)
    run = project.run()
    assert (run.exit_code, (project.folder / "ran").exists()) == (4, False)
    assert words in run.output


def test_a_missing_secret_stops_the_run_before_anything_runs(project):
    """With the variable that it is looked for in."""
    project.lines("a").checks(check("a", "open('ran', 'w')"))
    profile = project.folder / "environments/mini.toml"
    profile.write_text(profile.read_text().replace(", optional = true", ""))
    run = project.run()
    assert (run.exit_code != 0, (project.folder / "ran").exists()) == (True, False)
    assert "secrets.canary: no value — set the environment variable MINI_CANARY" in run.output


@pytest.fixture(scope="module")
def smoke(healthy):
    return healthy.run("-m", "smoke")


def test_phases_come_from_the_line_and_select(smoke):
    """Nobody writes a phase on a test; -m selects by the line's."""
    assert (smoke.exit_code, smoke.decision) == (0, "GO")
    assert {entry.function.rpartition("::")[2] for entry in smoke.record.records} == {
        "test_a",
        "test_c_one",
        "test_c_two",
    }
    assert {name for name, state in smoke.states.items() if state} >= {"a", "c.one", "c.two"}
    assert "b" not in smoke.record.header.scope


@pytest.mark.parametrize(
    "name",
    [
        "events.jsonl",
        "checklist.html",
        "checklist.md",
        "summary.json",
        "junit.xml",
        "pytest.html",
        "allure-results",
    ],
)
def test_a_run_leaves_every_report(smoke, name):
    """In its own folder, none of them empty."""
    path = smoke.folder / name
    assert any(path.iterdir()) if path.is_dir() else path.stat().st_size > 0


def test_a_run_says_its_verdict_and_where_its_report_is(smoke):
    """On the terminal, last."""
    assert "GO for smoke, 3 of 4 lines  3 lines in scope, each answered by fresh evidence" in smoke.output
    assert f"report: reports/mini/1.0.0/{smoke.folder.name}/checklist.html" in smoke.output


def test_without_a_selection_every_line_is_in_scope(healthy):
    """All phases of the document; two processes come to the same verdict as one."""
    runs = [healthy.run(), healthy.run("-n", "2")]
    assert [run.exit_code for run in runs] == [0, 0]
    assert all(list((run.folder / "allure-results").glob("*-result.json")) for run in runs)
    assert runs[0].states == runs[1].states == dict.fromkeys(("a", "b", "c.one", "c.two"), "verified")
    assert {entry.check for entry in runs[0].record.records} == {
        entry.check for entry in runs[1].record.records
    }


def test_coverage_names_the_checks_of_every_line(project):
    """It needs no environment, runs nothing, and ends with the count."""
    project.lines("p answered-by=children", "  c.one", "a", "b").checks(
        check("c.one", "open('ran', 'w')"), check("a", name="test_first"), check("a", name="test_second")
    )
    run = project.run("--checklist-coverage", env=None)
    lines = [line.strip() for line in run.output.splitlines() if line.strip()]
    assert run.exit_code == 0
    assert "3 of 4 boxes answered by checks" in lines
    assert "- b  b holds" in lines
    assert lines.index("tests/test_mini.py::test_first") < lines.index("tests/test_mini.py::test_second")
    assert not (project.folder / "ran").exists()


def test_an_absent_part_is_not_applicable_and_one_left_out_is_unknown(project):
    """The first has a reason, the second is blind."""
    look = "from golive.profile.profile import present\npresent(profile.targets.api, 'api')"
    project.lines("a", "b part=cdn", "c part=api").checks(
        check("a"), check("c", look, uses="evidence, profile")
    )
    run = project.run()
    assert (run.exit_code, run.states) == (6, {"a": "verified", "b": "not applicable", "c": "unknown"})
    assert "assets are served by the app" in run.reasons["b"]
    assert "the profile does not say where api is" in run.reasons["c"]


@pytest.fixture(scope="module")
def failing(new_project):
    """A line that holds, one that does not, and one that nobody answers."""
    project = new_project().lines("a", "b", "c")
    return project.checks(check("a"), check("b", "evidence.note('saw it')\nassert 1 == 2, 'expected 2'"))


def test_quiet_says_the_verdict_and_little_else(failing):
    """What failed, the verdict, and where the report is; the open lines and the notes stand there."""
    run = failing.run("-q")
    lines = [line for line in run.output.splitlines() if line.strip()]
    assert lines[-3].startswith("NO-GO for everything, 3 lines  1 required line failed: b")
    assert lines[-2].startswith("report: reports/mini/1.0.0/")
    assert "failed: expected 2" in lines
    assert not any(
        words in run.output for words in ("html report", "No check answers", "note:", "[QA]", "Mini")
    )
    assert "No check answers" in failing.run().output


def test_quiet_says_nothing_of_what_went_well(smoke, healthy):
    """Three lines."""
    run = healthy.run("-m", "smoke", "-q")
    assert [line.split()[0] for line in run.output.splitlines() if line.strip()] == ["GO", "report:", "3"]


@pytest.mark.parametrize("quiet", [(), ("-q",)])
def test_a_refused_start_leaves_no_folder(project, quiet):
    """Neither an empty one nor word of a report in it; earlier runs stay."""
    project.lines("a").checks(check("a"))
    before = project.run().folder
    profile = project.folder / "environments/mini.toml"
    profile.write_text(profile.read_text().replace(", optional = true", ""))
    project.write("environments/other.toml", profile.read_text())
    for env in ("mini", "other"):
        run = project.run(*quiet, env=env)
        assert (run.exit_code, run.folder) == (4, before)
        assert "secrets.canary: no value" in run.output
        assert "html report" not in run.output
    assert [path.name for path in (project.folder / "reports").iterdir()] == ["mini"]


def test_a_run_that_cannot_collect_leaves_no_folder(project):
    """A check that does not even load is said on the terminal."""
    run = (
        project.lines("a")
        .checks(check("a"))
        .checks("import nothing_of_that_name\n", file="tests/test_b.py")
        .run()
    )
    assert (run.exit_code, run.folder) == (2, None)
    assert "nothing_of_that_name" in run.output


def test_a_host_that_is_not_allowed_stops_the_run_before_anything_runs(project):
    """Not only the request to it, an hour later."""
    project.lines("a").checks(check("a", "open('ran', 'w')"))
    profile = project.folder / "environments/mini.toml"
    profile.write_text(profile.read_text().replace('"app.test" = {}', '"other.test" = {}'))
    run = project.run()
    assert (run.exit_code, run.folder, (project.folder / "ran").exists()) == (4, None, False)
    assert "targets.app.url: every request to app.test would be refused" in run.output


def test_only_secrets_that_the_scope_needs_are_demanded(project):
    """Before the deployment nobody signs in; a check that does so all the same is blind."""
    project.lines("a phase='pre_deploy infra'", "b").checks(
        check("a"), check("b", "secrets.get('password')\n" + SAW, uses="secrets, evidence")
    )
    profile = project.folder / "environments/mini.toml"
    secret = '[secrets]\npassword = { variable = "MINI_PASSWORD" }'
    account = '[accounts]\nlistener = { email = "a@app.test", password = "password" }\n'
    profile.write_text(profile.read_text().replace("[secrets]", account + secret))
    assert project.run("-m", "infra").decision == "GO"
    refused = project.run("-m", "smoke")
    assert (refused.exit_code, "secrets.password: no value" in refused.output) == (4, True)
    assert project.run("-m", "smoke", MINI_PASSWORD="hunter22").decision == "GO"


@pytest.mark.parametrize("form", ["--checklist={}", "--checklist {}"])
@pytest.mark.parametrize("name", ["lines.md", "my list.md"])
def test_a_checklist_may_lie_anywhere(healthy, smoke, tmp_path, form, name):
    """Outside the project, with a space in its name, after a space or an equals sign."""
    named, lock = tmp_path / name, tmp_path / name.replace(".md", ".lock")
    named.write_text((healthy.folder / "checklist.md").read_text())
    lock.write_text((healthy.folder / "checklist.lock").read_text())
    option, separator, _ = form.partition("{}")[0].partition(" ")
    arguments = [option, str(named)] if separator else [f"{option}{named}"]
    run = healthy.run("-m", "smoke", *arguments)
    assert (run.exit_code, run.decision) == (0, "GO")
    assert run.record.header.checklist_source == str(named)


def test_a_checklist_after_a_space_is_read_by_every_process(healthy, smoke, tmp_path):
    """xdist's workers are told the same."""
    named = tmp_path / "lines.md"
    named.write_text((healthy.folder / "checklist.md").read_text())
    named.with_suffix(".lock").write_text((healthy.folder / "checklist.lock").read_text())
    run = healthy.run("-m", "smoke", "-n", "2", "--checklist", str(named))
    assert (run.exit_code, run.decision) == (0, "GO")
