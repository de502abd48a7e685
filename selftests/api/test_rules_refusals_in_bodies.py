"""A status of 200 whose body refuses lets nobody in, and accuses no key."""

import json
from dataclasses import fields

import pytest

from golive.api.rules_tokens import expect_not_signed_with
from golive.core.outcome import Blind
from golive.net.http_observation import HttpObservation, Timings
from golive.rules.controls import expect_answered
from golive.rules.http import expect_refusal

TIMES = Timings(**{entry.name: 1.0 for entry in fields(Timings)})
REFUSES = {
    "a page to sign in": "<!doctype html><form action=/login><input name=password></form>",
    "a page of the application": "\n<HTML><div id=root></div><script src=/app.js></script></HTML>",
    "an error": {"error": "unauthorized"},
    "an error of GraphQL": {"data": None, "errors": [{"message": "UNAUTHENTICATED"}]},
    "no success": {"success": False, "message": "Invalid token"},
    "not ok": {"ok": False},
    "a status in the body": {"statusCode": 401, "message": "Unauthorized"},
    "a status by another name": {"status": 403, "title": "Forbidden"},
}
OPENS = {
    "the user": {"id": "u1", "email": "lea@shop.test"},
    "an envelope": {"success": True, "error": None, "data": {"id": "u1"}},
    "an envelope without errors": {"errors": [], "data": {"id": "u1"}},
    "what GraphQL found beside an error": {
        "data": {"me": {"id": "u1"}},
        "errors": [{"message": "no picture"}],
    },
    "a user with a status": {"id": "u1", "status": "active"},
    "a list": [],
    "nothing": "",
}


def answer(body: object, status: int = 200) -> HttpObservation:
    """What the API says of its caller."""
    text = body if isinstance(body, str) else json.dumps(body)
    kind = "text/html; charset=utf-8" if text.lstrip().startswith("<") else "application/json"
    return HttpObservation(
        "GET", "https://api.test/me", None, status, "HTTP/2", (("content-type", kind),), text.encode(), TIMES
    )


REFUSED = answer({"statusCode": 401, "message": "no"}, 401)


@pytest.mark.parametrize("body", REFUSES.values(), ids=REFUSES)
def test_a_refusal_in_a_body_is_not_as_expected_and_no_accusation(body):
    """Never green, for clients read statuses; but nobody was let in."""
    with pytest.raises(AssertionError, match=r"200.*, not let in by what it says, and not refused"):
        expect_refusal(answer(body), "a forged token", 401)
    with pytest.raises(AssertionError, match="not refused as expected") as failure:
        expect_not_signed_with("secret", answer(body), stranger=REFUSED)
    assert "revoke" not in str(failure.value)


@pytest.mark.parametrize("body", REFUSES.values(), ids=REFUSES)
def test_a_right_token_that_a_body_refuses_proves_nothing(body):
    """Whatever is before the application answers everybody so; forged tokens would be "let in" too."""
    with pytest.raises(AssertionError, match=r"observed 200: a (body that refuses it|page)"):
        expect_answered(answer(body), route="routes.profile", who="its own user")


@pytest.mark.parametrize("body", REFUSES.values(), ids=REFUSES)
def test_a_stranger_whom_a_body_refuses_does_not_acquit_signatures(body):
    """Where he is turned away in the body, nobody knows whether the key is in use: it is not said."""
    with pytest.raises(Blind, match="whether the key is in use is not known"):
        expect_not_signed_with("secret", answer(OPENS["the user"]), stranger=answer(body))


@pytest.mark.parametrize("body", OPENS.values(), ids=OPENS)
def test_an_answer_that_opens_something_accuses(body):
    """Whatever an envelope or a user's own fields are called."""
    expect_answered(answer(body), route="routes.profile", who="its own user")
    with pytest.raises(AssertionError, match=r"observed 200.*, it is let in"):
        expect_refusal(answer(body), "a forged token", 401)
    with pytest.raises(AssertionError, match="replace it and revoke all tokens"):
        expect_not_signed_with("secret", answer(body), stranger=REFUSED)
