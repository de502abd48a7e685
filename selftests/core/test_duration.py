"""Durations as people write them."""

from datetime import timedelta

import pytest

from golive.core.duration import format_duration, parse_duration


@pytest.mark.parametrize(
    ("text", "seconds"), [("500 ms", 0.5), ("2s", 2), ("1.5 min", 90), ("1 h", 3600), (" 21 d ", 21 * 86400)]
)
def test_a_number_and_a_unit_are_a_duration(text, seconds):
    """With or without a space between them."""
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "5", "s", "-1 s", "5 sec", "5 S", "1 h 30 min", "1e3 s", "∞ s"])
def test_anything_else_is_refused_with_the_units_that_there_are(text):
    """The message names the units and an example."""
    with pytest.raises(ValueError, match=r"ms, s, min, h, d.*'500 ms'"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.085, "85 ms"), (2.4, "2.4 s"), (600, "10 min"), (10_800, "3 h"), (21 * 86400, "21 d")],
)
def test_a_duration_is_shown_in_the_unit_that_reads_best(seconds, text):
    """What reports show."""
    assert format_duration(timedelta(seconds=seconds)) == text
