"""Refusals: only what was let in is an accusation; whatever else is no refusal is told as what it is."""

import pytest

from golive.api.rules_cookies import expect_no_cookie
from golive.api.rules_sign_in import expect_callback_refused, expect_sign_in_not_begun
from golive.api.rules_tokens import expect_let_in, expect_not_signed_with
from golive.core.outcome import Blind
from golive.net.errors import HandshakeRefused
from golive.realtime.rules import expect_client_refused
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


@pytest.mark.parametrize("status", [200, 204])
def test_right_token_is_let_in(status):
    """The twin of every refusal."""
    expect_let_in(said(status))


@pytest.mark.parametrize("status", [302, 401, 403, 404, 429, 500, 502])
def test_refusals_prove_nothing_where_the_right_token_is_not_let_in(status):
    """What is refused to everybody is refused to forgers too."""
    with pytest.raises(Blind, match=f"answered {status}"):
        expect_let_in(said(status))


REFUSED = (400, 401, 403, 422)
HEALTHY_CALLBACKS = {
    "an error of the API": said(401),
    "a redirect to an error page, cookies cleared": sent_to(
        "https://audotics.test/sign-in?error=state_mismatch",
        ("set-cookie", "sid=; Max-Age=0; Path=/; Secure; HttpOnly"),
    ),
    "a redirect to the page, cookies ended": sent_to(
        "/?signin=failed", ("set-cookie", "sid=deleted; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/")
    ),
    "a redirect to begin anew": sent_to(f"{PROVIDER}?state=other&code_challenge=x"),
    "a page of the API's own host": sent_to("https://api.audotics.test/auth/error?code=invalid_state"),
}


@pytest.mark.parametrize("case", HEALTHY_CALLBACKS)
def test_callback_is_refused_in_more_ways_than_one(case):
    """By an error, or by a way that leads to no session."""
    expect_callback_refused(HEALTHY_CALLBACKS[case], "a wrong code", ours=(*OURS, PROVIDER), statuses=REFUSED)


WRONG_CALLBACKS = {
    "a page as if all were well": (said(200), "not refused as expected|let in"),
    "to somewhere else": (sent_to("https://golive.invalid/x"), "leads to golive.invalid"),
    "with a token in the query": (sent_to("https://audotics.test/?access_token=" + "x" * 20), "a token"),
    "with a token in the fragment": (sent_to("https://audotics.test/#access_token=" + "x" * 20), "a token"),
    "nowhere": (said(302), "no place"),
    "an accident": (said(502), "not refused as expected"),
}


@pytest.mark.parametrize("case", WRONG_CALLBACKS)
def test_callback_that_is_not_refused(case):
    """A success, a way out of the deployment, a token on the way."""
    seen, says = WRONG_CALLBACKS[case]
    with pytest.raises(AssertionError, match=says):
        expect_callback_refused(seen, "a wrong code", ours=(*OURS, PROVIDER), statuses=REFUSED)


def test_sign_in_that_begins_without_a_challenge_is_told_so():
    """The browser is sent to the provider."""
    with pytest.raises(AssertionError, match="it begins"):
        expect_sign_in_not_begun(
            sent_to(f"{PROVIDER}?state=x"), "no challenge", provider=PROVIDER, ours=OURS, statuses=REFUSED
        )


@pytest.mark.parametrize("seen", [said(400), said(422), sent_to("https://audotics.test/sign-in?error=pkce")])
def test_sign_in_that_does_not_begin_is_fine(seen):
    """Refused by an error, or sent back to the page."""
    expect_sign_in_not_begun(seen, "no challenge", provider=PROVIDER, ours=OURS, statuses=REFUSED)


@pytest.mark.parametrize(
    "cookie",
    [
        "sid=; Max-Age=0",
        "sid=gone; Max-Age=-1",
        "sid=gone; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
        "sid=gone; Expires=Thu, 01-Jan-1970 00:00:01 GMT",
        'sid=""',
    ],
)
def test_cookie_that_is_taken_away_is_not_handed_out(cookie):
    """Frameworks take cookies away in different words (RFC 6265, 3.1)."""
    expect_no_cookie(said(401, ("set-cookie", cookie)), "sid")


@pytest.mark.parametrize(
    "cookie",
    [
        "sid=abcdefgh",
        "sid=abcdefgh; Max-Age=600",
        "sid=abcdefgh; Expires=Wed, 30 Nov 2199 00:00:00 GMT",
        "sid=abcdefgh; Expires=soon",
    ],
)
def test_cookie_that_stays_is_handed_out(cookie):
    """For now, for a while, or by an end that no browser understands."""
    with pytest.raises(AssertionError, match="handed out"):
        expect_no_cookie(said(401, ("set-cookie", cookie)), "sid")


def turned_away(status):
    """A refused handshake."""
    return HandshakeRefused("no", target="here", status=status, reason="")


@pytest.mark.parametrize("status", [None, 400, 401, 403])
def test_handshake_is_refused_for_what_the_client_is(status):
    """Each protocol has its own way to say so."""
    expect_client_refused(turned_away(status), what="without a token")


@pytest.mark.parametrize("status", [404, 500, 502, 503])
def test_handshake_that_fails_for_everybody_refuses_nobody(status):
    """A gateway's error says nothing about the token."""
    with pytest.raises(AssertionError, match="the client itself refused"):
        expect_client_refused(turned_away(status), what="without a token")


def test_limit_of_connections_judges_nobody():
    """The suite's own connections met it."""
    with pytest.raises(Blind, match="429"):
        expect_client_refused(turned_away(429), what="without a token")
