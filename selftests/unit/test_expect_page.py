"""What a page must be: paint, layout, security, width, and what it may keep."""

from datetime import timedelta

import pytest

from golive.expect.page import (
    expect_fits,
    expect_no_mixed_content,
    expect_nothing_kept,
    expect_painted_within,
    expect_stable_layout,
)
from selftests.unit.expect_examples import page


def test_what_is_in_order_passes():
    """A quick, stable, secure page that fits and keeps nothing."""
    expect_painted_within(page(), timedelta(seconds=1))
    expect_stable_layout(page(layout_shift=0.1), at_most=0.1)
    expect_no_mixed_content(page())
    expect_nothing_kept((), where="x")
    expect_fits(390, 390, where="x")


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (lambda: expect_painted_within(page(largest_paint_ms=None), timedelta(seconds=1)), "observed none"),
        (lambda: expect_painted_within(page(), timedelta(milliseconds=50)), "≤ 50 ms, observed 70 ms"),
        (lambda: expect_stable_layout(page(layout_shift=0.2), at_most=0.1), "≤ 0.1, observed 0.200"),
        (
            lambda: expect_no_mixed_content(page(insecure=("http://cdn.audotics.test/a.js?token=x",))),
            "observed 1: http://cdn.audotics.test/a.js",
        ),
        (lambda: expect_nothing_kept(["sessionStorage tokens"], where="x"), "observed sessionStorage tokens"),
        (lambda: expect_fits(391, 390, where="x"), "≤ 390 px, observed 391 px"),
        (lambda: expect_fits(0, 390, where="x"), "observed 0 px"),
    ],
)
def test_what_is_not_in_order_is_said(rule, words):
    """Expected and observed stand in the message."""
    with pytest.raises(AssertionError) as failure:
        rule()
    assert words in str(failure.value)
