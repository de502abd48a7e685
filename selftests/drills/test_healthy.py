"""A healthy rehearsal is GO, one process or two, and leaves every report behind."""

import pytest

from selftests.drills.drill import drill


@pytest.mark.parametrize("arguments", [(), ("-n", "2"), ("--no-look-ahead",)], ids=["one", "two", "in-turn"])
def test_healthy_smoke_phase_is_go(tmp_path, arguments):
    """Nothing is injected, so every line of the smoke phase is verified."""
    result = drill(tmp_path, expression="smoke", arguments=arguments)
    assert (result.decision, result.exit_code) == ("GO", 0), result.output
    assert set(result.states.values()) == {"verified"}


def test_every_answered_line_is_verified(tmp_path):
    """Across phases no line that has checks is anything but verified; those without leave it inconclusive."""
    result = drill(tmp_path)
    assert set(result.states.values()) == {"verified"}, result.story()
    assert (result.decision, result.exit_code) == ("INCONCLUSIVE", 6)
