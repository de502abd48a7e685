"""Verdict, exit code and JUnit say the same to whoever reads only one of them."""

from datetime import UTC, datetime, timedelta

import pytest
from junitparser import JUnitXml

from selftests.plugin.mini_project import SAW, check

FAILS = f"{SAW}\nassert 1 == 2"
BLIND = f"from golive.core.outcome import Blind\n{SAW}\nraise Blind('no eyes', remedy='open them')"


def reds(run) -> int:
    """Failures and errors of the whole JUnit document."""
    document = JUnitXml.fromfile(str(run.folder / "junit.xml"))
    return sum(suite.failures + suite.errors for suite in document)


@pytest.mark.parametrize(
    "body", [BLIND, "1 / 0", "pytest.skip('later')"], ids=["blind", "broke", "skipped itself"]
)
def test_what_a_check_could_not_say_of_an_absent_part_disturbs_nobody(project, body):
    """Its line does not apply; a pipeline that is red beside a GO teaches people to overlook it."""
    project.lines("a", "b part=cdn").checks(check("a"), check("b", body))
    run = project.run()
    assert (run.decision, run.exit_code, reds(run)) == ("GO", 0, 0)


@pytest.mark.parametrize("beside", ["b part=cdn", "b severity=advisory"])
def test_nothing_launches_on_waivers_alone(project, beside):
    """An accepted failure is evidence against the release; something has to speak for it."""
    project.lines("a", beside).checks(check("a", FAILS), check("b", BLIND))
    accept(project, "a")
    run = project.run()
    assert (run.decision, run.exit_code) == ("INCONCLUSIVE", 6)
    assert "nothing was verified" in run.output
    assert reds(run) > 0


def test_a_waiver_beside_something_verified_is_a_condition(project):
    """As README has it."""
    project.lines("a", "b").checks(check("a", FAILS), check("b"))
    accept(project, "a")
    run = project.run()
    assert (run.decision, run.exit_code) == ("CONDITIONAL GO", 0)
    assert project.run("--strict-gate").exit_code == 1


@pytest.mark.parametrize("file_is_known", [True, False])
def test_a_file_that_cannot_be_collected_is_no_go(project, file_is_known):
    """Its checks are missed, whether or not the manifest knew them; the others are recorded all the same."""
    project.lines("a", "b").checks(check("a"), check("b"))
    if file_is_known:
        project.checks(check("b", name="test_more"), file="tests/test_broken.py")
    assert project.run("--checklist-lock", env=None).exit_code == 0
    project.write("tests/test_broken.py", "import nothing_of_the_kind\n")
    run = project.run("--continue-on-collection-errors")
    assert (run.exit_code, run.decision) == (6, "INCONCLUSIVE")
    assert run.states["a"] == "verified"


def accept(project, line: str) -> None:
    """Accept the failure of ``line`` for a day."""
    until = datetime.now(UTC) + timedelta(days=1)
    said = {"item": line, "reason": "known", "owner": "OPS", "ticket": "OPS-1"}
    keys = "\n".join(f'{key} = "{value}"' for key, value in said.items())
    project.write("waivers.toml", f"[[waiver]]\n{keys}\nexpires = {until:%Y-%m-%dT%H:%M:%SZ}\n")
