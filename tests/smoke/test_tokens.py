"""Tokens that must open nothing, and the ways in which a right one may be shown."""

import pytest

from golive.api.fixtures_forging import FORGERIES, SIGNED
from golive.api.rules_tokens import expect_not_signed_with, expect_refusable
from golive.core.controls import Unjudged
from golive.rules.controls import expect_twin
from golive.rules.http import expect_refusal, expect_status, is_let_in

pytestmark = [pytest.mark.checklist("step.smoke.auth", "post.critical"), pytest.mark.harm("people")]

SAYS_NOTHING = "is answered 404 for an id that is not there, to strangers as to its users"
NAME_A_REAL_ID = "write an id that exists, of the listener's own, into this route of [[operations]]"

beside_a_right_one = pytest.mark.usefixtures("let_in")
"""A refusal counts only where a right token is let in."""


@pytest.mark.needs("routes.profile")
async def test_right_token_is_let_in(right_tokens, sign_in, evidence):
    """The token of each test account opens its own profile: without that no refusal shows anything."""
    control = await right_tokens.control()
    evidence.note("accounts whose own tokens were tried", roles=list(sign_in.roles()))
    control.judge(evidence)


@pytest.mark.needs("forged_tokens", "forging_key")
async def test_key_of_the_profile_signs_right_tokens(right_signature, evidence):
    """A token that the suite signs rightly with the profile's key is let in, like the account's own."""
    right_signature.judge(evidence)


@beside_a_right_one
async def test_missing_token_is_refused(api, operations, right_operations, evidence):
    """Every protected read is refused with 401 without a token."""
    tried = [op for op in operations if op.access != "public" and op.method == "GET"]
    unjudged = []
    for operation in tried:
        path = operation.route.replace("{id}", "golive-no-such-id")
        answer = evidence(await api.get(path))
        control = await right_operations.control(operation)
        if "{id}" in operation.route and answer.status == 404:
            reason = f"{operation.route} {SAYS_NOTHING} — {answer.title}"
            unjudged.append(Unjudged(reason, remedy=NAME_A_REAL_ID))
        elif control.failure is None or is_let_in(answer):
            expect_refusal(answer, "a request without a token", 401)
        else:
            unjudged.append(control.unjudged())
    if unjudged:
        raise unjudged[0]
    assert tried, "protected operations: expected at least one in the profile, observed none — [[operations]]"


@pytest.mark.parametrize("how", ["a-basic-scheme", "another-scheme", "no-scheme", "no-token", "two-tokens"])
@pytest.mark.needs("bearer")
@beside_a_right_one
async def test_scheme_must_be_bearer(how, api, listener, evidence):
    """A right token under another scheme than Bearer, or beside another one, is refused with 401."""
    token = listener.token.reveal()
    header = {
        "a-basic-scheme": f"Basic {token}",
        "another-scheme": f"Token {token}",
        "no-scheme": token,
        "no-token": "Bearer",
        "two-tokens": f"Bearer {token} {token}",
    }[how]
    answer = evidence(await api.get(api.routes.profile, headers={"authorization": header}))
    expect_refusal(answer, f"Authorization with {how.replace('-', ' ')}", 401)


@pytest.mark.parametrize("scheme", ["bearer", "BEARER", "bEaReR"])
@pytest.mark.needs("bearer")
@beside_a_right_one
@pytest.mark.harm("nuisance")
async def test_case_of_the_scheme_does_not_matter(scheme, api, listener, evidence):
    """The scheme's name is case-insensitive (RFC 9110, 11.1)."""
    header = {"authorization": f"{scheme} {listener.token.reveal()}"}
    expect_status(evidence(await api.get(api.routes.profile, headers=header)), 200)


@pytest.mark.parametrize("parameter", ["access_token", "token"])
@pytest.mark.needs("bearer")
@beside_a_right_one
async def test_token_in_the_url_opens_nothing(parameter, api, listener, evidence):
    """A right token in a URL, where logs and histories keep it, is not accepted (RFC 6750, 5.3)."""
    answer = await api.get(api.routes.profile, params={parameter: listener.token.reveal()})
    expect_refusal(evidence(answer), f"a token in the URL ({parameter})", 401)


@pytest.mark.needs("forged_tokens")
@pytest.mark.parametrize("how", FORGERIES)
@beside_a_right_one
async def test_forged_token_is_refused(how, api, forger, listener, evidence):
    """A token that was forged without the key is refused with 401."""
    answer = evidence(await api.get(api.routes.profile, token=forger.forged(how, listener)))
    expect_refusal(answer, f"a forged token ({how})", 401)


@pytest.mark.needs("forged_tokens")
@beside_a_right_one
async def test_key_is_none_that_examples_use(api, forger, listener, evidence):
    """No token is accepted that is signed with a key out of examples and tutorials."""
    stranger = evidence(await api.get(api.routes.profile, token=forger.forged("another-key", listener)))
    for key, token in forger.with_usual_keys(listener).items():
        answer = evidence(await api.get(api.routes.profile, token=token))
        expect_not_signed_with(key, answer, stranger=stranger)


@pytest.mark.needs("forged_tokens", "forging_key")
@pytest.mark.parametrize(
    "how",
    [
        pytest.param(how, marks=pytest.mark.needs("issue_time")) if how == "issued-in-the-future" else how
        for how in SIGNED
    ],
)
@beside_a_right_one
async def test_rightly_signed_token_is_refused_all_the_same(how, api, signer, listener, evidence):
    """The right signature is not enough: time, algorithm and user must be right too."""
    answer = evidence(await api.get(api.routes.profile, token=signer.signed(how, listener)))
    what = "an expired token (rightly signed)" if how == "expired" else f"a rightly signed token ({how})"
    expect_refusal(answer, what, 401)


@pytest.mark.needs("expired_token")
@beside_a_right_one
async def test_expired_token_is_refused(api, sign_in, listener, now, evidence):
    """A token that was valid once is refused after its expiry."""
    token, name = sign_in.expired_token(), "authentication.expired_token"
    expect_refusable(token, listener.token, name=name, has_ended=True, now=now())
    answer = evidence(await api.get(api.routes.profile, token=token))
    expect_refusal(answer, "an expired token", 401)


@pytest.mark.needs("foreign_token")
@beside_a_right_one
async def test_token_of_another_environment_is_refused(api, forger, listener, now, evidence):
    """A token that is valid in another environment opens nothing here."""
    token, name = forger.foreign(), "authentication.foreign_token"
    expect_refusable(token, listener.token, name=name, has_ended=False, now=now())
    answer = evidence(await api.get(api.routes.profile, token=token))
    expect_refusal(answer, "a token of another environment", 401)


@pytest.mark.write("session:thrown away account")
@pytest.mark.needs("registration", "token_answer")
@beside_a_right_one
async def test_token_of_a_deleted_user_is_refused(api, registrations, evidence):
    """With an account its tokens die, although they have not expired."""
    async with registrations.thrown_away() as account:
        token = account.signed_in.token
        opened = {"routes.profile": api.routes.profile, "routes.recommendations": api.routes.recommendations}
        for name, route in opened.items():
            answer = evidence(await api.get(route, token=token))
            expect_twin(answer, "a new user's token is let in", route=name, who="a new user")
        await registrations.remove(account)
        for route in opened.values():
            expect_refusal(evidence(await api.get(route, token=token)), "a deleted user's token", 401)
