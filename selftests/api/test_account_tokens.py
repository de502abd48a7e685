"""Tokens of test accounts after a run: got as the profile says, once each, and never without a reason."""

import asyncio
import json
from datetime import UTC, datetime
from types import SimpleNamespace

import jwt
import pytest

from golive.api.afterwards.account_tokens import AccountTokens
from golive.api.profile import Api, Routes
from golive.api.profile_sign_in import Account, MintedJwt, Password, PreIssuedToken
from golive.api.wire.serialization import Envelope, Wire
from golive.core.outcome import Blind
from golive.profile.secrets import Secret, Secrets
from selftests.examples.rules_examples import answer

KEY = "the-signing-key-of-the-deployment-0123456789"
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
JSON = (("content-type", "application/json"),)
MAIL = "listener@mini.test"


class Signing:
    """Stands for the client: answers each sign-in alike."""

    def __init__(self, seen):
        self.seen = seen
        self.asked = []

    async def post(self, url, *, json, **_):
        self.asked.append(
            (url, {name: getattr(value, "reveal", lambda v=value: v)() for name, value in json.items()})
        )
        return self.seen


def tokens(strategy, *, seen=None, wire=None, account=None, secrets=None):
    http = Signing(seen)
    profile = SimpleNamespace(
        authentication=strategy,
        accounts={"listener": account or Account(email=MAIL, id="u1", password="pw", token="given")},
        targets=SimpleNamespace(api=Api(url="https://api.mini.test/v1", dependencies=("database",))),
        routes=Routes(sign_in="/in"),
        wire=wire or Wire(),
    )
    known = secrets or {"key": Secret(KEY), "given": Secret("token-0"), "pw": Secret("hunter22")}
    return AccountTokens(http, profile, Secrets(known, {}), lambda: NOW), http


def of(got, role="listener"):
    return asyncio.run(got.of(role)).reveal()


def test_password_signs_in_once():
    """At the profile's route, by its field."""
    got, http = tokens(
        Password(strategy="password", access_field="jwt"), seen=answer({"jwt": "t-1"}, headers=JSON)
    )
    assert [of(got), of(got)] == ["t-1", "t-1"]
    assert http.asked == [("https://api.mini.test/v1/in", {"email": MAIL, "password": "hunter22"})]


def test_deployment_with_other_words_is_spoken_to_in_them():
    """An envelope, other names of fields."""
    wire = Wire(envelope=Envelope(data="d"), fields={"email": "mail", "accessToken": "access"})
    got, http = tokens(
        Password(strategy="password"), seen=answer({"d": {"access": "t-2"}}, headers=JSON), wire=wire
    )
    assert of(got) == "t-2"
    assert http.asked[0][1] == {"mail": MAIL, "password": "hunter22"}


def test_token_in_a_cookie_is_found_there():
    """Where the profile names the cookie."""
    seen = answer(status=201, headers=(("set-cookie", "tok=t-3; HttpOnly; Secure"),))
    assert of(tokens(Password(strategy="password"), seen=seen, wire=Wire(token_cookie="tok"))[0]) == "t-3"


def test_given_and_minted_tokens_ask_nobody():
    """One from the secret store; one that the deployment's key signs."""
    got, http = tokens(PreIssuedToken(strategy="token"))
    assert of(got) == "token-0"
    minted, _ = tokens(MintedJwt(strategy="jwt", signing_key="key"))
    claims = jwt.decode(
        of(minted), KEY, algorithms=["HS256"], options={"verify_exp": False, "verify_iat": False}
    )
    assert (claims["id"], claims["iat"]) == ("u1", int(NOW.timestamp()))
    assert http.asked == []


@pytest.mark.parametrize(
    "seen",
    [
        answer({"statusCode": 401, "message": "no"}, status=401, headers=JSON),
        answer({"accessToken": 5}, headers=JSON),
        answer({"token": "elsewhere"}, headers=JSON),
        answer([], headers=JSON),
        answer(b"<html>", headers=(("content-type", "text/html"),)),
        answer(status=502),
    ],
)
def test_sign_in_that_gives_no_token_says_so(seen):
    """With the account, the status and what to do."""
    with pytest.raises(Blind, match=r"accounts.listener cannot sign in \(answered \d+\)") as caught:
        of(tokens(Password(strategy="password"), seen=seen)[0])
    assert "hunter22" not in str(caught.value)


@pytest.mark.parametrize(
    ("strategy", "role", "account"),
    [
        (None, "listener", None),
        (Password(strategy="password"), "stranger", None),
        (Password(strategy="password"), "listener", Account(email=MAIL)),
        (PreIssuedToken(strategy="token"), "listener", Account(email=MAIL)),
    ],
)
def test_account_that_nobody_can_sign_in_is_named(strategy, role, account):
    """A profile that changed since the run."""
    with pytest.raises(Blind, match=f"does not say how accounts.{role} signs in"):
        of(tokens(strategy, account=account)[0], role)


def test_whole_answer_stays_unshown():
    """The token is a secret from the first."""
    got, _ = tokens(Password(strategy="password"), seen=answer({"accessToken": "t-9"}, headers=JSON))
    assert "t-9" not in json.dumps(str(asyncio.run(got.of("listener"))))
