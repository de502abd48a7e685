"""What a page must be: paint, layout, security, width, and what it may keep."""

from datetime import timedelta

import pytest

from golive.browser.rules import (
    expect_fits,
    expect_no_mixed_content,
    expect_no_token_in_urls,
    expect_nothing_kept,
    expect_painted_within,
    expect_stable_layout,
)
from golive.net.masking import token_in_url
from selftests.examples.rules_examples import page


def test_what_is_in_order_passes():
    """A quick, stable, secure page that fits and keeps nothing."""
    expect_painted_within(page(), timedelta(seconds=1))
    expect_stable_layout(page(layout_shift=0.1), at_most=0.1)
    expect_no_mixed_content(page())
    expect_no_token_in_urls(page())
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
        (
            lambda: expect_no_token_in_urls(page(telling=("https://api.audotics.test/me?access_token=x",))),
            "observed 1: https://api.audotics.test/me?access_token=***",
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


@pytest.mark.parametrize(
    ("url", "carries"),
    [
        ("https://a.test/x?access_token=0123456789abcdef", True),
        ("wss://a.test/socket?token=0123456789abcdef", True),
        ("https://a.test/x#y?z=1", False),
        ("https://a.test/eyJhbGciOiJI.eyJpZCI6MX0x.c2ln/x", True),
        ("https://a.test/callback?code=0123456789abcdef&state=0123456789abcdef", False),
        ("https://a.test/socket.io/?EIO=4&sid=0123456789abcdef", False),
        ("https://a.test/x?token=", False),
    ],
)
def test_a_token_in_a_url_is_told_from_a_code(url, carries):
    """Codes, states and transport ids are of use once, or are no credentials."""
    assert token_in_url(url) is carries
