"""Waivers: an accepted failure is a condition, and ends."""

from datetime import UTC, datetime, timedelta

import pytest

from selftests.plugin.mini_project import SAW, check

WAIVER = """
[[waiver]]
item = "{item}"
reason = "the fix is in review"
owner = "QA"
ticket = "AUD-7"
expires = {expires:%Y-%m-%dT%H:%M:%SZ}
"""


@pytest.fixture(scope="module")
def failing(new_project):
    return new_project().lines("a", "b").checks(check("a", f"{SAW}\nassert False, 'too slow'"), check("b"))


def waive(project, *, item="a", days=1.0):
    expires = datetime.now(UTC) + timedelta(days=days)
    return project.write("waivers.toml", WAIVER.format(item=item, expires=expires))


@pytest.mark.parametrize(("arguments", "code"), [((), 0), (("--strict-gate",), 1)])
def test_a_waived_failure_is_a_condition(failing, arguments, code):
    """CONDITIONAL GO, with owner, ticket and reason; a failure where the gate is strict."""
    run = waive(failing).run(*arguments)
    assert (run.exit_code, run.decision) == (code, "CONDITIONAL GO")
    assert run.states == {"a": "waived", "b": "verified"}
    assert "waived by QA" in run.reasons["a"]
    assert "(AUD-7): the fix is in review — too slow" in run.reasons["a"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"days": -0.01}, "waiver 1 (a): expired at"),
        ({"days": 31}, "waiver 1 (a): expires more than 30 days from now"),
        ({"item": "aa"}, "waiver 1 (aa): the checklist has no such line: did you mean 'a'?"),
    ],
)
def test_a_waiver_that_does_not_hold_is_a_usage_error(failing, changes, words):
    """Rather than a waiver that is silently without effect."""
    run = waive(failing, **changes).run()
    assert run.exit_code == 4
    assert words in run.output


def test_a_waived_line_whose_other_check_is_blind_stays_unknown(project):
    """The waiver accepts the failure, not what nobody saw."""
    blind = "from golive.core.outcome import Blind\nraise Blind('no browser', remedy='install one')"
    project.lines("a").checks(check("a", f"{SAW}\nassert False"), check("a", blind, name="test_other"))
    run = waive(project).run()
    assert (run.exit_code, run.states["a"]) == (6, "unknown")
