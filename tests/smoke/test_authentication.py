"""Signing in, staying signed in, signing out, and everybody who must not get in."""

import jwt
import pytest

from golive.environment.secrets import Secret
from golive.expect.http import expect_error_shape, expect_status

pytestmark = pytest.mark.checklist("step.smoke.auth", "post.critical")

WRONG_PASSWORD = "golive-this-is-not-the-password"  # noqa: S105 - it is wrong on purpose


@pytest.mark.needs("password")
async def test_right_password_signs_in(sign_in, api, evidence):
    """The right password gives tokens, and the access token opens the account's own profile."""
    answer = evidence(await sign_in.with_password("listener"))
    session = sign_in.session_of("listener", answer)
    profile = evidence(await api.get(api.routes.profile, token=session.token))
    expect_status(profile, 200)
    assert profile.json().get("email") == session.email, (
        f"own profile: expected the account's own e-mail address, observed another — {profile.title}"
    )


@pytest.mark.needs("password")
async def test_wrong_password_is_refused(sign_in, evidence):
    """A wrong password is refused with 401, and no token comes with the refusal."""
    answer = evidence(await sign_in.with_password("listener", WRONG_PASSWORD))
    expect_error_shape(answer, 401)


async def test_missing_token_is_refused(api, evidence):
    """A protected route without a token is refused with 401."""
    for route in (api.routes.profile, api.routes.recommendations):
        expect_error_shape(evidence(await api.get(route)), 401)


async def test_garbage_token_is_refused(api, evidence):
    """A token that is none is refused with 401."""
    expect_error_shape(evidence(await api.get(api.routes.profile, token=Secret("garbage"))), 401)


async def test_token_signed_with_another_key_is_refused(api, listener, evidence):
    """The account's own claims under another key's signature are refused: the signature is verified."""
    claims = jwt.decode(listener.token.reveal(), options={"verify_signature": False})
    forged = jwt.encode(claims, "golive-another-key-of-sufficient-length", algorithm="HS256")
    expect_error_shape(evidence(await api.get(api.routes.profile, token=Secret(forged))), 401)


async def test_unsigned_token_is_refused(api, listener, evidence):
    """The account's own claims without any signature (alg none, RFC 8725 3.1) are refused."""
    claims = jwt.decode(listener.token.reveal(), options={"verify_signature": False})
    unsigned = jwt.encode(claims, "", algorithm="none")
    expect_error_shape(evidence(await api.get(api.routes.profile, token=Secret(unsigned))), 401)


async def test_expired_token_is_refused(api, sign_in, evidence):
    """A token that was valid once is refused after its expiry."""
    answer = evidence(await api.get(api.routes.profile, token=sign_in.expired_token()))
    expect_error_shape(answer, 401)


@pytest.mark.needs("password", "refresh")
async def test_refresh_rotates_and_a_replayed_token_is_dead(sign_in, api, evidence):
    """A refresh gives a new pair that works; the refresh token that was used is refused from then on."""
    session = sign_in.session_of("listener", evidence(await sign_in.with_password("listener")))
    answer = evidence(await api.post(api.routes.refresh, json={"refreshToken": session.refresh_token}))
    renewed = sign_in.session_of("listener", answer)
    expect_status(evidence(await api.get(api.routes.profile, token=renewed.token)), 200)
    assert renewed.refresh_token.reveal() != session.refresh_token.reveal(), (
        f"refresh: expected a new refresh token, observed the same one again — {answer.title}"
    )
    replayed = evidence(await api.post(api.routes.refresh, json={"refreshToken": session.refresh_token}))
    expect_error_shape(replayed, 401)


@pytest.mark.needs("password")
async def test_sign_out_revokes_both_tokens(sign_in, api, evidence):
    """After signing out neither the access token nor the refresh token, if there is one, opens anything."""
    session = sign_in.session_of("listener", evidence(await sign_in.with_password("listener")))
    expect_status(evidence(await api.post(api.routes.sign_out, token=session.token)), 200, 204)
    expect_error_shape(evidence(await api.get(api.routes.profile, token=session.token)), 401)
    if session.refresh_token is not None:
        replayed = evidence(await api.post(api.routes.refresh, json={"refreshToken": session.refresh_token}))
        expect_error_shape(replayed, 401)
