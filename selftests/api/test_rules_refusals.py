"""Refusals: only what was let in is an accusation; whatever else is no refusal is told as what it is."""

import pytest

from golive.api.rules_tokens import expect_not_signed_with
from golive.core.outcome import Blind
from golive.rules.http import expect_refusal
from selftests.examples.rules_examples import answer

JSON = (("content-type", "application/json"),)
OURS = ("https://audotics.test", "https://api.audotics.test")
PROVIDER = "https://accounts.audotics.test/authorize"


def said(status: int, *headers: tuple[str, str]):
    """An answer of the API's own form with that status."""
    body = {"statusCode": status, "message": "No"} if status >= 400 else {"id": "u1"}
    return answer(body, status=status, headers=JSON + headers)


def sent_to(place: str, *headers: tuple[str, str]):
    """A redirect."""
    return said(302, ("location", place), *headers)


@pytest.mark.parametrize("status", [200, 201, 204, 206])
def test_what_is_let_in_is_told_so(status):
    """A good answer is the only proof."""
    with pytest.raises(AssertionError, match="it is let in"):
        expect_refusal(said(status), "a forged token", 401)


@pytest.mark.parametrize("status", [301, 302, 400, 403, 404, 500, 502, 503])
def test_what_is_neither_let_in_nor_refused_is_no_accusation(status):
    """A redirect, another refusal, an accident of a server or of a gateway."""
    with pytest.raises(AssertionError, match="not refused as expected") as caught:
        expect_refusal(said(status), "a forged token", 401)
    assert "it is let in" not in str(caught.value)


def test_rate_limit_judges_nobody():
    """Whether a token would have been let in is not known; when to come again is said."""
    with pytest.raises(Blind, match="429") as caught:
        expect_refusal(said(429, ("retry-after", "1800")), "a forged token", 401)
    assert "1800" in caught.value.remedy


def test_rate_limit_is_the_refusal_where_it_is_asked_for():
    """A check of the limits expects 429."""
    expect_refusal(said(429), "sign-in number 61", 429)


@pytest.mark.parametrize("status", [401, 403])
def test_key_is_accused_where_it_opens_and_another_does_not(status):
    """Let in, while a token signed with a key that nobody uses is refused."""
    with pytest.raises(AssertionError, match="'secret', which anybody can guess"):
        expect_not_signed_with("secret", said(200), stranger=said(status))


@pytest.mark.parametrize("status", [302, 403, 404, 500, 502])
def test_key_is_not_accused_by_less_than_success(status):
    """No key was replaced for a gateway's bad day."""
    with pytest.raises(AssertionError, match="not refused as expected") as caught:
        expect_not_signed_with("secret", said(status), stranger=said(401))
    assert "guess" not in str(caught.value)
    assert "revoke" not in str(caught.value)


def test_key_is_not_accused_where_any_key_opens():
    """Signatures that are not verified are another finding."""
    with pytest.raises(AssertionError, match="let in, as one signed with any key is") as caught:
        expect_not_signed_with("secret", said(200), stranger=said(200))
    assert "guess" not in str(caught.value)


@pytest.mark.parametrize("stranger", [429, 502, 404])
def test_key_is_not_accused_where_its_twin_was_not_seen(stranger):
    """Without a refusal beside it nothing is known of the key."""
    with pytest.raises(Blind):
        expect_not_signed_with("secret", said(200), stranger=said(stranger))


def test_key_that_nobody_uses_is_fine():
    """Refused as everything else."""
    expect_not_signed_with("secret", said(401), stranger=said(401))
