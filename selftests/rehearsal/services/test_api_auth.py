"""Tokens, passwords, refresh, sign-out, Spotify sign-in."""

from __future__ import annotations

import base64
import hashlib
import time
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import pytest

from rehearsal.services.api.accounts.tokens import AccessTokens, InvalidToken

KEY = "k" * 40
GOOD = {"id": "u1", "email": "u1@audotics.test"}


def claims(**changes: object) -> dict[str, object]:
    now = int(time.time())
    merged = {**GOOD, "iat": now, "exp": now + 60, "jti": "t1", **changes}
    return {name: value for name, value in merged.items() if value is not None}


def test_a_token_carries_the_agreed_claims() -> None:
    token, token_id = AccessTokens(KEY, 900).issue("u1", "u1@audotics.test")
    content = jwt.decode(token, KEY, algorithms=["HS256"])
    assert set(content) == {"id", "email", "iat", "exp", "jti"}
    assert content["exp"] - content["iat"] == 900
    assert content["jti"] == token_id


@pytest.mark.parametrize(
    "token",
    [
        "",
        "garbage",
        "a.b.c",
        jwt.encode(claims(), "another key of enough length, really", "HS256"),
        jwt.encode(claims(), KEY + KEY, "HS512"),
        jwt.encode(claims(), None, "none"),
        jwt.encode(claims(exp=1), KEY, "HS256"),
        jwt.encode(claims(exp=None), KEY, "HS256"),
        jwt.encode(claims(nbf=int(time.time()) + 600), KEY, "HS256"),
        jwt.encode(claims(id=None), KEY, "HS256"),
        jwt.encode(claims(id=7), KEY, "HS256"),
        jwt.encode(claims(jti=["x"]), KEY, "HS256"),
    ],
)
def test_other_tokens_are_refused(token: str) -> None:
    with pytest.raises(InvalidToken):
        AccessTokens(KEY, 900).verify(token)


def test_a_minted_token_without_id_is_accepted_and_can_be_named() -> None:
    accepted = AccessTokens(KEY, 900).verify(jwt.encode(claims(jti=None), KEY, "HS256"))
    assert len(accepted.token_id) == 64


def test_wrong_password_and_unknown_user_look_the_same(running) -> None:
    with running.client() as api:
        wrong = api.post(
            "/auth/login", json={"email": "golive-listener@audotics.test", "password": "nonsense"}
        )
        unknown = api.post("/auth/login", json={"email": "nobody@audotics.test", "password": "nonsense"})
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json()


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_is_case_insensitive(running, scheme: str) -> None:
    token = running.sign_in("listener")["accessToken"]
    with running.client() as api:
        assert api.get("/users/me", headers={"Authorization": f"{scheme} {token}"}).status_code == 200


def test_protected_routes_refuse_missing_and_expired_tokens(running) -> None:
    expired = {"Authorization": f"Bearer {running.secrets['GOLIVE_EXPIRED_TOKEN']}"}
    with running.client() as api:
        for headers in ({}, expired, {"Authorization": "Bearer x"}, {"Authorization": "Basic eDp5"}):
            answer = api.get("/recommendations", headers=headers)
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"] == "Bearer"
            assert answer.json() == {
                "statusCode": 401,
                "message": "Unauthorized",
                "error": "Unauthorized",
            }


def test_a_replayed_refresh_token_kills_its_family(running) -> None:
    pair = running.sign_in("listener")
    with running.client(0) as first, running.client(1) as second:
        rotated = second.post("/auth/refresh", json={"refreshToken": pair["refreshToken"]})
        assert rotated.status_code == 200
        assert rotated.json()["refreshToken"] != pair["refreshToken"]
        assert first.post("/auth/refresh", json={"refreshToken": pair["refreshToken"]}).status_code == 401
        child = rotated.json()
        assert second.post("/auth/refresh", json={"refreshToken": child["refreshToken"]}).status_code == 401
        bearer = {"Authorization": f"Bearer {child['accessToken']}"}
        assert first.get("/users/me", headers=bearer).status_code == 401


def test_sign_out_revokes_on_both_replicas(running) -> None:
    pair = running.sign_in("listener")
    bearer = {"Authorization": f"Bearer {pair['accessToken']}"}
    with running.client(0) as first, running.client(1) as second:
        assert second.get("/users/me", headers=bearer).status_code == 200
        assert first.post("/auth/logout", headers=bearer).status_code == 204
        assert second.get("/users/me", headers=bearer).status_code == 401
        assert second.post("/auth/refresh", json={"refreshToken": pair["refreshToken"]}).status_code == 401


def test_a_registered_account_can_be_used_and_deleted(running) -> None:
    account = {"email": "new-person@audotics.test", "password": "long enough", "displayName": "New"}
    with running.client() as api:
        assert api.post("/auth/register", json=account).status_code == 201
        assert api.post("/auth/register", json=account).status_code == 409
        pair = api.post("/auth/login", json=account).json()
        bearer = {"Authorization": f"Bearer {pair['accessToken']}"}
        assert set(api.get("/users/me", headers=bearer).json()) == {
            "id", "email", "displayName", "role", "createdAt", "preferences",
        }  # fmt: skip
        assert api.delete("/users/me", headers=bearer).status_code == 204
        assert api.get("/users/me", headers=bearer).status_code == 401


class Browser:
    """Follows a Spotify sign-in by hand; the cookies are Secure, the loopback replica is not HTTPS."""

    def __init__(self, api: httpx.Client) -> None:
        self.api = api
        self.cookies: dict[str, str] = {}
        self.verifier = "v" * 64

    def call(self, method: str, url: str, **options: object) -> httpx.Response:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = self.api.request(method, url, headers={"Cookie": cookie}, **options)  # type: ignore[arg-type]
        for line in answer.headers.get_list("set-cookie"):
            assert "HttpOnly" in line
            assert "Secure" in line
            assert "samesite=none" in line.lower()
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value.strip('"')
        return answer

    def begin(self) -> dict[str, str]:
        digest = hashlib.sha256(self.verifier.encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        answer = self.call("GET", f"/auth/spotify/login?code_challenge={challenge}")
        assert answer.status_code == 302
        return {
            name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()
        }


def test_spotify_sign_in_is_bound_to_state_and_browser(running) -> None:
    with running.client() as api:
        browser = Browser(api)
        asked = browser.begin()
        assert asked["code_challenge_method"] == "S256"
        assert asked["redirect_uri"] == "https://api.audotics.test/auth/spotify/callback"
        assert browser.begin()["state"] != asked["state"]
        # The second sign-in has replaced the cookie that the first state belongs to.
        for query in (
            f"code={'c' * 43}&state={asked['state']}",
            "code=x&state=y",
            f"state={asked['state']}",
            "",
        ):
            refused = api.get(f"/auth/spotify/callback?{query}")
            assert refused.status_code == 400
            assert "set-cookie" not in refused.headers


def test_spotify_login_wants_a_challenge(running) -> None:
    with running.client() as api:
        assert api.get("/auth/spotify/login").status_code == 400
        plain = "/auth/spotify/login?code_challenge=" + "x" * 43 + "&code_challenge_method=plain"
        assert api.get(plain).status_code == 400
        assert api.get("/auth/spotify/user").status_code == 401
