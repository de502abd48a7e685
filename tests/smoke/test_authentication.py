"""Signing in with a password, staying signed in, signing out."""

import asyncio

import pytest

from golive.api.rules_tokens import expect_sane_token, expect_unguessable
from golive.api.wire.session_answer import expect_said_lifetime
from golive.api.wire.success import expect_success
from golive.api.wire.token import read_token
from golive.rules.controls import expect_twin, opens
from golive.rules.failure import fail
from golive.rules.http import REDIRECTS, expect_error_shape, expect_refusal, expect_status
from golive.rules.same import expect_same_answer
from golive.rules.samples import Samples
from golive.rules.timing import distinguishable

pytestmark = [
    pytest.mark.harm("people"),
    pytest.mark.checklist("step.smoke.auth", "post.critical"),
    pytest.mark.needs("token_answer"),
]

beside_a_right_one = pytest.mark.usefixtures("password_let_in")
"""A password that is refused shows something only where the right one signs in."""

WRONG_PASSWORD = "golive-this-is-not-the-password"  # noqa: S105 - it is wrong on purpose


@pytest.mark.needs("token_answer", "routes.profile")
@pytest.mark.harm("unusable")
async def test_right_password_signs_in(right_password, right_tokens, sign_in, api, evidence):
    """The right password gives tokens, and the access token opens the account's own profile."""
    right_password.judge(evidence)
    session = sign_in.session_of("listener", right_password.seen[0])
    profile = evidence(await api.get(api.routes.profile, token=session.token))
    if not opens(profile):
        # Whose finding it is that right tokens open nothing, test_right_token_is_let_in says.
        (await right_tokens.control()).expect_held()
    expect_status(profile, 200)
    assert profile.json().get("email") == session.email, (
        f"own profile: expected the account's own e-mail address, observed another — {profile.title}"
    )


@beside_a_right_one
async def test_tokens_are_sane(sign_in, evidence, profile, now):
    """Access tokens are well-formed, signed as promised, with sane claims and a sane lifetime."""
    at = now()
    answer = evidence(await sign_in.with_password("newcomer"))
    session = sign_in.session_of("newcomer", answer)
    promised = profile.authentication.access_token
    if promised.form == "jwt":
        token = evidence(read_token(session.token, target=answer.title))
        expect_sane_token(token, promised, now=at)
        field, unit = profile.authentication.expiry_field, profile.authentication.expiry_unit
        if field is not None:
            times = {"issued": token.instant("iat"), "ends": token.instant("exp")}
            expect_said_lifetime(answer, field, unit, **times)


@beside_a_right_one
async def test_every_sign_in_has_tokens_of_its_own(sign_in, evidence):
    """Tokens are fresh for each sign-in, and nobody can guess them."""
    answers = await asyncio.gather(*(sign_in.with_password("outsider") for _ in range(2)))
    sessions = [sign_in.session_of("outsider", evidence(answer)) for answer in answers]
    where = answers[0].title
    signatures = [session.token.reveal().rpartition(".")[2] for session in sessions]
    expect_unguessable(signatures, what="signatures of access tokens", where=where)
    refresh = [session.refresh_token.reveal() for session in sessions if session.refresh_token]
    if refresh:
        expect_unguessable([text.rpartition(".")[2] for text in refresh], what="refresh tokens", where=where)


@beside_a_right_one
async def test_wrong_password_is_refused(sign_in, evidence):
    """A wrong password is refused with 401, and no token comes with the refusal."""
    answer = evidence(await sign_in.with_password("listener", WRONG_PASSWORD))
    expect_refusal(answer, "a wrong password", 401)


@beside_a_right_one
async def test_unknown_user_is_refused_like_a_wrong_password(sign_in, evidence):
    """Status and body do not tell whether an address has an account."""
    wrong = evidence(await sign_in.with_password("listener", WRONG_PASSWORD))
    unknown = evidence(await sign_in.as_nobody(WRONG_PASSWORD))
    expect_error_shape(wrong, 401)
    expect_same_answer(wrong, unknown, what="refusals of a wrong password and of an unknown user")


@beside_a_right_one
@pytest.mark.serial
async def test_time_does_not_tell_an_unknown_user(sign_in, evidence, profile):
    """How long a refusal takes does not tell whether an address has an account."""
    floor = profile.budgets.sign_in_difference
    wrong, unknown = await _refusals(sign_in, evidence, profile)
    # Once more before anybody is blamed: a busy machine rarely plays the same trick twice.
    if distinguishable(wrong, unknown, floor=floor):
        again = await _refusals(sign_in, evidence, profile)
        if distinguishable(*again, floor=floor):
            observed = " and ".join(
                f"{sorted(series)[len(series) // 2]:.1f} ms" for series in (wrong, unknown)
            )
            fail(
                "time of refusals",
                expected="the same for a wrong password and an unknown user",
                observed=f"medians of {observed}, {len(wrong)} each, twice in a row",
                where=f"{sign_in.where}: hash a password for unknown users too",
            )


async def _refusals(sign_in, evidence, profile):
    wrong, unknown = Samples(profile.budgets.sign_in_samples), Samples(profile.budgets.sign_in_samples)
    while wrong.wanted or unknown.wanted:
        for series, ask in (
            (wrong, lambda: sign_in.with_password("friend", WRONG_PASSWORD)),
            (unknown, lambda: sign_in.as_nobody(WRONG_PASSWORD)),
        ):
            if series.wanted:
                answer = await ask()
                expect_status(answer, 401)
                series.add(answer)
    evidence.latency("refusal of a wrong password", wrong.ms)
    evidence.latency("refusal of an unknown user", unknown.ms)
    return wrong.ms, unknown.ms


@pytest.mark.needs("refresh")
async def test_refresh_rotates_and_a_replayed_token_is_dead(right_refresh, sign_in, evidence):
    """A refresh gives a new pair that works; the refresh token that was used is refused from then on."""
    right_refresh.judge(evidence)
    session, renewed = (sign_in.session_of("listener", seen) for seen in right_refresh.seen[:2])
    answer = right_refresh.seen[1]
    assert renewed.refresh_token.reveal() != session.refresh_token.reveal(), (
        f"refresh: expected a new refresh token, observed the same one again — {answer.title}"
    )
    replayed = evidence(await sign_in.renewed_with(session.refresh_token))
    expect_refusal(replayed, "a refresh token that was used before", 401)


@pytest.mark.needs("refresh")
@pytest.mark.usefixtures("refresh_let_in")
async def test_replayed_refresh_token_kills_its_family(sign_in, api, evidence):
    """A refresh token that comes twice was stolen: whatever grew from its sign-in is dead, nothing else."""
    session = sign_in.session_of("friend", evidence(await sign_in.with_password("friend")))
    bystander = sign_in.session_of("friend", evidence(await sign_in.with_password("friend")))
    stolen = session.refresh_token
    renewed = sign_in.session_of("friend", evidence(await sign_in.renewed_with(stolen)))
    expect_refusal(evidence(await sign_in.renewed_with(stolen)), "a replayed refresh token", 401)
    answer = evidence(await sign_in.renewed_with(renewed.refresh_token))
    expect_refusal(answer, "a refresh token whose ancestor was replayed", 401)
    expect_status(evidence(await api.get(api.routes.profile, token=bystander.token)), 200)


@pytest.mark.needs("token_answer", "routes.sign_out")
@pytest.mark.usefixtures("let_in")
async def test_sign_out_revokes_both_tokens(sign_in, api, right_refresh, evidence):
    """After signing out neither the access token nor the refresh token, if there is one, opens anything."""
    session = sign_in.session_of("listener", evidence(await sign_in.with_password("listener")))
    before = evidence(await api.get(api.routes.profile, token=session.token))
    expect_twin(before, "a token is let in before its sign-out", route="routes.profile", who="its user")
    out = evidence(await sign_in.out(session))
    if out.status not in REDIRECTS:  # a page to go on from; what it was worth is seen next
        expect_success(out, api.routes.sign_out)
    answer = evidence(await api.get(api.routes.profile, token=session.token))
    expect_refusal(answer, "an access token after signing out", 401)
    if session.refresh_token is not None:
        right_refresh.expect_held()
        replayed = evidence(await sign_in.renewed_with(session.refresh_token))
        expect_refusal(replayed, "a refresh token after signing out", 401)
