"""Accounts are accepted before they say anything of others: a token that is turned away says only that."""

import asyncio
from types import SimpleNamespace

import jwt
import pytest

from golive.api.fixtures_accounts import SignIn
from golive.api.profile_sign_in import Account, MintedJwt, Password, PreIssuedToken
from golive.api.serialization import Wire
from golive.core.outcome import Blind
from golive.net.errors import ConnectionLost
from golive.plugin.verification import utc_now
from golive.profile.redaction import Redactor
from golive.profile.secrets import Secret, Secrets
from selftests.examples.rules_examples import answer

KEY = "the-signing-key-of-the-deployment-0123456789"
TOKEN = "token-of-the-listener-0123456789"
STRATEGIES = {
    "minted": MintedJwt(strategy="jwt", signing_key="key"),
    "given": PreIssuedToken(strategy="token"),
    "password": Password(strategy="password", refresh_field=None),
}


def signing_in(how, *statuses):
    """A sign-in at an API whose profile route answers with these statuses, one after the other."""
    left = list(statuses)

    async def get(_route, *, token):
        assert token.reveal()
        status = left.pop(0)
        if status is None:
            raise ConnectionLost("reset", target="api", phase="read")
        return answer({"statusCode": status, "message": "x"}, status=status)

    async def post(_route, *, json, base=None):
        return answer({"accessToken": TOKEN}, headers=(("content-type", "application/json"),))

    routes = SimpleNamespace(profile="/me", sign_in="/in")
    api = SimpleNamespace(get=get, post=post, routes=routes, url=lambda route: route)
    profile = SimpleNamespace(
        authentication=STRATEGIES[how],
        accounts={"listener": Account(email="a@b.c", id="u1", password="pw", token="token")},
        absent_features=lambda: {"refresh": "none"},
        wire=Wire(),
    )
    secrets = Secrets({"key": Secret(KEY), "token": Secret(TOKEN), "pw": Secret("hunter22")}, {})
    return SignIn(api, profile, secrets, Redactor(), utc_now), left


@pytest.mark.parametrize("how", STRATEGIES)
@pytest.mark.parametrize(
    "statuses",
    [(200,), (204,), (401, 200), (403, 401, 200), (404,), (429,), (500,), (502,), (None,)],
    ids=str,
)
def test_token_that_is_not_turned_away_is_accepted(how, statuses):
    """At once, by another replica, or where nothing is known: that is for checks to find."""
    sign_in, left = signing_in(how, *statuses)
    session = asyncio.run(sign_in.accepted("listener"))
    assert session.role == "listener"
    assert left == []


@pytest.mark.parametrize("status", [401, 403])
def test_wrong_signing_key_is_the_profiles_and_accuses_nobody(status):
    """The suite made the token itself: the remedy names the secret."""
    sign_in, _ = signing_in("minted", *[status] * 3)
    with pytest.raises(Blind, match=f"answered {status}, 3 times") as caught:
        asyncio.run(sign_in.accepted("listener"))
    assert "the secret key" in caught.value.remedy


def test_token_that_was_given_and_ended_is_renewed():
    """It came from a secret store, not from the deployment."""
    sign_in, _ = signing_in("given", 401, 401, 401)
    with pytest.raises(Blind, match="the token that the suite has") as caught:
        asyncio.run(sign_in.accepted("listener"))
    assert "accounts.listener.token" in caught.value.remedy


def test_deployment_that_turns_away_its_own_token_has_failed():
    """It was handed out a moment ago."""
    sign_in, _ = signing_in("password", 401, 401, 401)
    with pytest.raises(AssertionError, match=r"token of accounts.listener: expected let in"):
        asyncio.run(sign_in.accepted("listener"))


def test_minted_token_is_signed_with_the_deployments_key():
    """And names the account."""
    sign_in, _ = signing_in("minted", 200)
    token = asyncio.run(sign_in.accepted("listener")).token.reveal()
    assert jwt.decode(token, KEY, algorithms=["HS256"])["id"] == "u1"
