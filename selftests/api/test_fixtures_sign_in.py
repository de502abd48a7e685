"""Accounts are accepted before they say anything of others: a token that is turned away says only that."""

import asyncio
from types import SimpleNamespace

import jwt
import pytest

from golive.api.fixtures_accounts import SignIn
from golive.api.profile_sign_in import Account, MintedJwt, Password, PreIssuedToken
from golive.api.wire.routes import AbsentRoute
from golive.api.wire.serialization import Wire
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
    "statuses", [(200,), (204,), (401, 200), (403, 401, 200), (404, 200), (502, 200)], ids=str
)
def test_token_that_is_let_in_is_accepted(how, statuses):
    """At once, or by another replica: that one alone turns it away is for checks to find."""
    sign_in, left = signing_in(how, *statuses)
    session = asyncio.run(sign_in.accepted("listener"))
    assert session.role == "listener"
    assert left == []


@pytest.mark.parametrize("how", STRATEGIES)
def test_account_is_accepted_once_in_a_run(how):
    """Whoever rests on it asks nobody again, at the same time neither."""
    sign_in, left = signing_in(how, 200)

    async def many():
        return await asyncio.gather(*(sign_in.accepted("listener") for _ in range(4)))

    sessions = asyncio.run(many())
    assert all(one is sessions[0] for one in sessions)
    assert left == []


def test_account_that_was_refused_is_refused_for_the_run():
    """What became of it is one observation, not a lottery."""
    sign_in, _ = signing_in("minted", 401, 401, 401, 200)
    for _ in range(2):
        with pytest.raises(AssertionError, match="401: turned away"):
            asyncio.run(sign_in.accepted("listener"))


@pytest.mark.parametrize(
    ("status", "words"),
    [(401, "turned away"), (403, "turned away"), (404, "no such route"), (500, "an accident")],
)
@pytest.mark.parametrize(
    ("how", "whose"),
    [
        ("minted", r" \(signed by the suite with the secret key\)"),
        ("given", r" \(the secret token\)"),
        ("password", ""),
    ],
)
def test_token_that_opens_nothing_is_told_with_where_it_came_from(how, whose, status, words):
    """A key or a token of the profile's may be wrong; a token that the deployment handed out may not."""
    sign_in, _ = signing_in(how, *[status] * 3)
    with pytest.raises(AssertionError, match=f"token of accounts.listener{whose}: .* {status}: {words}"):
        asyncio.run(sign_in.accepted("listener"))


def test_limit_on_the_suite_says_nothing_of_a_token():
    """Its requests of the hour are spent: nobody is accused."""
    sign_in, _ = signing_in("password", 429, 429, 429)
    with pytest.raises(Blind, match="429"):
        asyncio.run(sign_in.accepted("listener"))


def test_broken_connection_says_nothing_of_a_token():
    """The engine asks whether the suite's own network is down."""
    sign_in, _ = signing_in("password", None)
    with pytest.raises(ConnectionLost):
        asyncio.run(sign_in.accepted("listener"))


def test_deployment_without_a_profile_route_is_not_asked_for_it():
    """It is declared absent: the token is taken as it is."""
    sign_in, left = signing_in("password", 404)
    sign_in._api.routes.profile = AbsentRoute("/me", "users have no profile")
    assert asyncio.run(sign_in.accepted("listener")).role == "listener"
    assert left == [404]


def test_minted_token_is_signed_with_the_deployments_key():
    """And names the account."""
    sign_in, _ = signing_in("minted", 200)
    token = asyncio.run(sign_in.accepted("listener")).token.reveal()
    assert jwt.decode(token, KEY, algorithms=["HS256"])["id"] == "u1"
