"""Signing in with the identity provider: nothing to guess, to replay, to plant or to send elsewhere."""

import asyncio
import re
from urllib.parse import urlsplit

import pytest

from golive.api.rules_cookies import expect_cookie
from golive.api.rules_privacy import expect_nothing_internal
from golive.api.rules_sign_in import expect_callback_refused, expect_sign_in_not_begun
from golive.api.rules_tokens import expect_unguessable
from golive.api.wire.success import expect_success
from golive.rules.failure import fail
from golive.rules.http import REDIRECTS, expect_no_store, expect_refusal, expect_status

pytestmark = [
    pytest.mark.harm("people"),
    pytest.mark.checklist("step.smoke.auth", "post.critical"),
    pytest.mark.needs("identity_provider"),
]

beside_a_right_start = pytest.mark.usefixtures("start_let_in")
"""What must not begin shows something only where a right sign-in begins."""

ELSEWHERE = "https://golive.invalid/callback"
REFUSED = (400, 401, 403, 422)
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")


async def test_callback_is_there(callback_route, evidence):
    """The route to which the provider sends browsers back exists."""
    callback_route.judge(evidence)


@pytest.mark.harm("unusable")
async def test_sign_in_leads_to_the_provider(identity, right_start, evidence):
    """The browser is sent to the registered provider, as this client, to come back to exactly one address."""
    right_start.judge(evidence)
    promised = identity.promised
    redirect = (await identity.begin()).redirect
    where = evidence(redirect.answer).title
    expect_no_store(redirect.answer)
    seen = {
        "provider": (promised.authorize_url, redirect.place),
        "client_id": (promised.client_id, redirect.value("client_id")),
        "redirect_uri": (promised.redirect_uri, redirect.value("redirect_uri")),
        "response_type": ("code", redirect.value("response_type")),
    }
    if isinstance(promised.challenge, str):
        seen["code_challenge_method"] = ("S256", redirect.value("code_challenge_method"))
    for name, (expected, observed) in seen.items():
        if expected != observed:
            fail(f"{name} of the sign-in", expected=expected, observed=observed or "none", where=where)
    if isinstance(promised.challenge, str) and not _CHALLENGE.fullmatch(redirect.value("code_challenge")):
        fail("PKCE challenge", expected="43 characters (RFC 7636, 4.2)", observed="another form", where=where)


@beside_a_right_start
async def test_state_and_challenge_are_fresh_and_unguessable(identity, evidence):
    """Each sign-in has a state, a challenge and a browser's cookie that nobody can guess."""
    begun = await asyncio.gather(*(identity.begin() for _ in range(4)))
    where = evidence(begun[0].redirect.answer).title
    expect_unguessable([one.redirect.value("state") for one in begun], what="state", where=where)
    if isinstance(identity.promised.challenge, str):
        challenges = [one.redirect.value("code_challenge") for one in begun]
        expect_unguessable(challenges, what="PKCE challenge", where=where)
    expect_unguessable([one.browser.reveal() for one in begun], what="the browser's cookie", where=where)


@beside_a_right_start
@pytest.mark.parametrize(
    "parameters",
    [
        {"code_challenge_method": "plain"},
        {"code_challenge": ""},
        {"code_challenge": "short"},
    ],
    ids=["plain-challenge", "no-challenge", "malformed-challenge"],
)
@pytest.mark.needs("page_challenge")
async def test_sign_in_without_s256_is_refused(parameters, identity, evidence):
    """A sign-in without a PKCE challenge of method S256 does not begin."""
    answer, _ = await identity.ask(**parameters)
    expect_sign_in_not_begun(
        evidence(answer),
        "a sign-in without a challenge of method S256",
        provider=identity.promised.authorize_url,
        ours=identity.ours,
        statuses=REFUSED,
    )


@beside_a_right_start
async def test_nobody_else_decides_where_codes_go(identity, evidence):
    """A redirect address in the request does not change where the provider sends the code."""
    answer, _ = await identity.ask(redirect_uri=ELSEWHERE, redirectUri=ELSEWHERE, returnTo=ELSEWHERE)
    if evidence(answer).status in REFUSED:
        return
    redirect = identity.redirect_of(answer)
    if redirect.place != identity.promised.authorize_url:
        # Sent back to a page of its own: the sign-in does not begin.
        expect_callback_refused(
            answer, "a redirect address in the request", ours=identity.ours, statuses=REFUSED
        )
        return
    observed = redirect.value("redirect_uri")
    if observed != identity.promised.redirect_uri:
        expected = identity.promised.redirect_uri
        fail("redirect_uri of the sign-in", expected=expected, observed=observed, where=answer.title)


@beside_a_right_start
async def test_cookie_of_the_browser_is_safe(identity, evidence):
    """The cookie that ties a sign-in to its browser is HttpOnly, Secure, for this host alone, and ends."""
    promised = identity.promised
    redirect = (await identity.begin()).redirect
    expect_cookie(evidence(redirect.answer), promised.browser_cookie, same_site=promised.same_site)


@pytest.mark.usefixtures("callback_let_in")
@pytest.mark.parametrize(
    "case", ["no-state", "unknown-state", "no-code", "wrong-code", "no-cookie", "other-browser"]
)
async def test_callback_that_nobody_began_is_refused(case, identity, evidence):
    """A callback with a wrong or missing state, code or browser opens no session."""
    one = await identity.begin()
    other = await identity.begin() if case == "other-browser" else one
    code, state = "golive-no-such-code-0000000000", one.redirect.value("state")
    query, browser = {
        "no-state": ({"code": code}, one.browser),
        "unknown-state": ({"code": code, "state": state[::-1]}, one.browser),
        "no-code": ({"state": state}, one.browser),
        "wrong-code": ({"state": state, "code": code}, one.browser),
        "no-cookie": ({"state": state, "code": code}, None),
        "other-browser": ({"state": state, "code": code}, other.browser),
    }[case]
    await _refused(evidence(await identity.call_back(query, browser)), identity, case, evidence)


@pytest.mark.write("session:identity provider")
@pytest.mark.needs("identity_approval")
@pytest.mark.usefixtures("code_let_in")
@pytest.mark.parametrize("case", ["planted", "in-another-browser", "in-no-browser", "replayed"])
async def test_right_code_opens_one_session_for_one_browser(case, identity, evidence):
    """A right code is of no use in another browser or another's sign-in, nor a second time."""
    begun, victim = await asyncio.gather(identity.begin(), identity.begin())
    right = (await identity.approve(begun)).query
    query, browser = {
        "planted": ({**right, "state": victim.redirect.value("state")}, victim.browser),
        "in-another-browser": (right, victim.browser),
        "in-no-browser": (right, None),
        "replayed": (right, begun.browser),
    }[case]
    if case == "replayed":
        expect_status(evidence(await identity.call_back(query, browser)), 302, 303)
    answer = evidence(await identity.call_back(query, browser))
    await _refused(answer, identity, f"right code, {case}", evidence)


@pytest.mark.write("session:identity provider")
@pytest.mark.needs("identity_approval")
async def test_whole_sign_in_keeps_its_promises(identity, right_code, api, app, sign_in, evidence):
    """From start to sign-out: exact addresses, a safe cookie, no token in any URL, and an end."""
    right_code.judge(evidence)
    promised = identity.promised
    begun = await identity.begin()
    approved = await identity.approve(begun)
    evidence(approved.answer)
    if approved.place != promised.redirect_uri:
        fail("callback", expected=promised.redirect_uri, observed=approved.place, where=approved.answer.title)
    answer = evidence(await identity.call_back(approved.query, begun.browser))
    landed = identity.redirect_of(answer)
    if _origin(landed.place) != _origin(app.url):
        fail("where the sign-in ends", expected=app.url, observed=landed.place, where=answer.title)
    _no_token_in(landed)
    session = expect_cookie(answer, promised.session_cookie, same_site=promised.same_site).value
    cookies = {promised.session_cookie: session}
    if promised.refresh_cookie is not None:
        renewing = expect_cookie(answer, promised.refresh_cookie, same_site=promised.same_site).value
        cookies[promised.refresh_cookie] = renewing

    user = evidence(await api.get(promised.user, cookies=cookies))
    expect_status(user, 200)
    assert user.json().get("email") == sign_in.account(promised.role).email, (
        f"account of the session: expected accounts.{promised.role}, observed another — {user.title}"
    )
    expect_refusal(evidence(await api.get(promised.user)), "a request without the session's cookie", 401)

    renewed = await _renewed(promised, api, identity, begun, cookies, evidence)
    out = evidence(await api.post(promised.sign_out, cookies=renewed))
    if out.status not in REDIRECTS:
        expect_success(out)
    for kept in (cookies, renewed):
        expect_refusal(
            evidence(await api.get(promised.user, cookies=kept)), "a cookie after signing out", 401
        )
    if promised.refresh_cookie is not None and isinstance(promised.refresh, str):
        again = evidence(await api.post(promised.refresh, cookies=renewed))
        expect_refusal(again, "a renewal after signing out", *REFUSED)


async def _renewed(promised, api, identity, begun, cookies, evidence):
    """The cookies of a session that was renewed; only by who began it, where the page shows that it did."""
    if not isinstance(promised.refresh, str):
        return cookies
    right = None
    if promised.challenge == "page":
        body = {promised.verifier_field: "golive-wrong-verifier-" + "x" * 30}
        wrong = evidence(await api.post(promised.refresh, cookies=cookies, json=body))
        expect_refusal(wrong, "a session's cookie with a wrong verifier", *REFUSED)
        right = {promised.verifier_field: begun.verifier}
    refreshed = evidence(await api.post(promised.refresh, cookies=cookies, json=right))
    expect_success(refreshed)
    return {name: identity.cookie(refreshed, name) or value for name, value in cookies.items()}


async def _refused(answer, identity, case, evidence):
    """No session opens; a cookie that comes along all the same is nobody's."""
    what = f"a callback that must not sign in ({case})"
    given = await identity.opened_by(answer)
    if given is not None:
        expect_refusal(evidence(given), f"the cookie of {what}", 401, 403)
    expect_callback_refused(answer, what, ours=identity.ours, statuses=REFUSED)
    expect_nothing_internal(answer)


def _no_token_in(redirect):
    """No token stands in the address that the browser ends at, where histories and logs keep it."""
    named = [name for name in redirect.query if "token" in name.lower() or name.lower() in ("jwt", "code")]
    long = [name for name, value in redirect.query.items() if len(value) >= 20]
    if named or long or redirect.fragment:
        observed = ", ".join(named or long) or "a fragment"
        fail("URL after the sign-in", expected="no token", observed=observed, where=redirect.answer.title)


def _origin(url):
    parts = urlsplit(url)
    return parts.scheme, parts.netloc
