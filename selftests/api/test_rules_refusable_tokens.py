"""A token that must be refused is wrong in one respect only, or its refusal shows nothing."""

from datetime import UTC, datetime, timedelta

import jwt
import pytest

from golive.api.rules_tokens import expect_refusable
from golive.core.outcome import Blind
from golive.profile.secrets import Secret

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
KEY = "a-key-of-sufficient-length-for-every-algorithm-that-is-tried-in-these-tests-0123456789"


def token(hours=1.0, *, algorithm="HS256", **claims):
    """A token that ends so many hours from now."""
    ends = {} if hours is None else {"exp": NOW + timedelta(hours=hours)}
    return Secret(jwt.encode({"id": "u1", **ends, **claims}, KEY, algorithm=algorithm))


RIGHT = token()
NAME = "authentication.some_token"


@pytest.mark.parametrize(
    ("tried", "has_ended"),
    [(token(-1), True), (token(-0.01), True), (token(1), False), (token(None), False), (token(None), True)],
)
def test_token_of_the_right_kind_can_be_tried(tried, has_ended):
    """It ended, or is of elsewhere, and says so itself; one without an end says nothing."""
    expect_refusable(tried, RIGHT, name=NAME, has_ended=has_ended, now=NOW)


def test_token_of_elsewhere_may_be_signed_by_another_algorithm():
    """Environments may differ."""
    expect_refusable(token(1, algorithm="HS512"), RIGHT, name=NAME, has_ended=False, now=NOW)


@pytest.mark.parametrize("text", ["opaque-0123456789", "another.form"])
def test_opaque_tokens_are_not_compared(text):
    """They say nothing of themselves."""
    expect_refusable(Secret("kept"), Secret(text), name=NAME, has_ended=True, now=NOW)


@pytest.mark.parametrize(
    ("tried", "has_ended", "words"),
    [
        (Secret("changeme"), True, "parts, a JWT has 3"),
        (Secret("a.b.c"), False, "no"),
        (token(2), True, "it has not ended yet .2026-11-30 14:00Z"),
        (token(-2), False, "it has ended by itself .2026-11-30 10:00Z"),
        (token(-1, algorithm="HS512"), True, "another algorithm"),
    ],
)
def test_token_that_everybody_refuses_shows_nothing(tried, has_ended, words):
    """The check is blind, with the key of the profile, and shows nothing of the token."""
    with pytest.raises(Blind, match=words) as caught:
        expect_refusable(tried, RIGHT, name=NAME, has_ended=has_ended, now=NOW)
    assert NAME in caught.value.remedy
    assert tried.reveal() not in str(caught.value)
