"""Somebody is on call from the launch until a day after it, and somebody else behind them."""

import pytest

from golive.people.rules_on_call import expect_covered, expect_different, expect_known

pytestmark = [pytest.mark.checklist("mon.on-call"), pytest.mark.harm("nuisance")]


@pytest.mark.parametrize("line", ["first", "second"])
async def test_line_is_covered_without_a_gap(line, on_call_shifts, launch_window, evidence):
    """From the launch window's beginning until a day after its end somebody of the line is on call."""
    several = [evidence(seen) for seen in await on_call_shifts() if seen.line == line]
    begins, ends = launch_window
    evidence.note("window of the launch", begins=begins.isoformat(), ends=ends.isoformat())
    expect_covered(several, line, launch_window)


async def test_everybody_on_call_is_known(on_call_shifts, launch_window, people, profile, evidence):
    """Everybody who is on call around the launch is somebody of the project's roster."""
    several = [evidence(seen) for seen in await on_call_shifts()]
    expect_known(several, launch_window, people, profile.people.roster.name)


async def test_second_line_is_somebody_else(on_call_shifts, launch_window, people, evidence):
    """At every moment of the launch somebody is on call, and somebody else stands behind them."""
    several = [evidence(seen) for seen in await on_call_shifts()]
    expect_different(several, launch_window, people)
