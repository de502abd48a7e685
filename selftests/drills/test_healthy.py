"""A healthy rehearsal is GO, one process or two, and leaves every report behind."""

import pytest

from golive.testing import Proving
from rehearsal.faults import catalogue
from selftests.drills.drill import drill
from selftests.drills.lanes import checks, open_lane


@pytest.mark.parametrize("arguments", [(), ("-n", "2"), ("--no-look-ahead",)], ids=["one", "two", "in-turn"])
def test_healthy_smoke_phase_is_go(tmp_path, arguments):
    """Nothing is injected, so every line of the smoke phase is verified."""
    result = drill(tmp_path, expression="smoke", arguments=arguments)
    assert (result.decision, result.exit_code) == ("GO", 0), result.output
    assert set(result.states.values()) == {"verified"}


def test_every_answered_line_is_verified(tmp_path):
    """Across phases no line that has checks is open; those without any leave the run inconclusive."""
    result = drill(tmp_path)
    people = {"bkp.dr-plan", "final.team"}
    assert {name for name, state in result.states.items() if state == "attested"} == people, result.story()
    assert {state for name, state in result.states.items() if name not in people} == {"verified"}, (
        result.story()
    )
    assert (result.decision, result.exit_code) == ("INCONCLUSIVE", 6)


def test_another_deployment_is_go_by_its_profile_alone(tmp_path):
    """Other routes, words, envelope, cookie, real-time protocol, no refresh: the same checks say GO."""
    result = drill(tmp_path, expression="smoke", environment="rehearsal-v2")
    assert (result.decision, result.exit_code) == ("GO", 0), result.output
    assert set(result.states.values()) == {"verified"}
    record = (result.folder / "events.jsonl").read_text(encoding="utf-8")
    assert "declared absent: refresh (a session lasts as long as its cookie)" in record


def test_another_deployment_can_go_red_too(tmp_path):
    """The same faults turn the same lines red there, and no other."""
    names = (
        "auth.accepts-forged-signature",
        "recommendations.same-for-everybody",
        "frontend.recommendations-not-shown",
    )
    with open_lane(tmp_path, "rehearsal-v2", "smoke") as lane:
        proving = Proving(lane, checks())
        lines = [proving.prove(catalogue()[name]).with_faults.failed_lines for name in names]
    expected = ("step.smoke.auth", "step.smoke.recommendations", "step.smoke.journeys")
    assert all(line in failed for line, failed in zip(expected, lines, strict=True)), lines
