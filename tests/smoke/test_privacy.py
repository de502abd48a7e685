"""What one person may see and change of another: nothing but what is shared."""

import asyncio

import pytest

from golive.api.profile import WRITING
from golive.api.rules_privacy import expect_nothing_private
from golive.core.outcome import Effect
from golive.rules.failure import fail
from golive.rules.http import expect_refusal, expect_status

pytestmark = pytest.mark.checklist("step.smoke.auth", "post.critical")


async def test_answers_hold_nothing_private(api, operations, listener, evidence):
    """No read gives a password hash, a provider's token or another person's address, at any depth."""
    tried = [op for op in operations if op.method == "GET" and op.access != "administrator"]
    looked = 0
    for operation in tried:
        if "{id}" not in operation.route:
            answer = evidence(await api.get(operation.route, token=listener.token))
            expect_status(answer, 200)
            looked += expect_nothing_private(answer, own=listener.email)
    profile = await api.get(api.routes.profile, token=listener.token)
    looked += expect_nothing_private(evidence(profile), own=listener.email)
    evidence.note("values looked at", count=looked)


@pytest.mark.needs("token_answer")
async def test_sign_in_gives_tokens_and_nothing_else_private(sign_in, profile, evidence):
    """The answer to a sign-in holds its tokens, and no hash, provider's token or other person's address."""
    answer = evidence(await sign_in.with_password("listener"))
    session = sign_in.session_of("listener", answer)
    strategy = profile.authentication
    expect_nothing_private(answer, own=session.email, tokens=(strategy.access_field, strategy.refresh_field))


@pytest.mark.write("account:listener", "account:friend")
async def test_members_see_no_more_than_names(api, group_sessions, listener, friend, evidence):
    """Who shares a session sees of the others no address, hash or token."""
    async with group_sessions.opened(listener, friend) as session:
        for member in (listener, friend):
            answer = evidence(await api.get(api.routes.session, id=session.id, token=member.token))
            expect_status(answer, 200)
            expect_nothing_private(answer, own=member.email)


@pytest.mark.write("account:listener")
async def test_outsider_cannot_see_or_change_a_session(
    api, group_sessions, listener, outsider, a_track, evidence, profile
):
    """Who is no member neither reads a session nor changes its playlist, nor ends it."""
    async with group_sessions.opened(listener) as session:
        routes = api.routes
        before = await api.get(routes.session, id=session.id, token=listener.token)
        expect_status(evidence(before), 200)
        change = {"tracks": [profile.rooms.id_sent(a_track["id"])]}
        attempts = [
            ("GET", routes.session, None),
            ("PUT", routes.playlist, change),
            ("DELETE", routes.leave, None),
        ]
        for method, route, body in attempts:
            answer = await api.request(method, route, id=session.id, token=outsider.token, json=body)
            expect_refusal(evidence(answer), f"{method} by somebody who is no member", 403, 404)
        after = await api.get(routes.session, id=session.id, token=listener.token)
        expect_status(evidence(after), 200)
        if before.json().get("playlist") != after.json().get("playlist"):
            fail("playlist", expected="as before", observed="changed by an outsider", where=after.title)


@pytest.mark.parametrize("way", ["parameter id", "parameter userId", "parameter email", "header X-User-Id"])
async def test_naming_somebody_else_does_not_help(way, api, listener, friend, evidence):
    """A request that names another user is answered about the caller, or refused."""
    theirs = await api.get(api.routes.profile, token=friend.token)
    expect_status(theirs, 200)
    user_id = str(theirs.json().get("id"))
    params = {
        "parameter id": {"id": user_id},
        "parameter userId": {"userId": user_id},
        "parameter email": {"email": friend.email},
    }.get(way, {})
    headers = {"x-user-id": user_id} if way.startswith("header") else {}
    answer = await api.get(api.routes.profile, token=listener.token, params=params, headers=headers)
    expect_status(evidence(answer), 200, 400, 403, 404, 422)
    if answer.status == 200 and answer.json().get("email") != listener.email:
        observed = f"another's, by the {way}"
        fail("profile", expected="the caller's own", observed=observed, where=answer.title)


@pytest.mark.needs("administrators")
async def test_administrators_routes_are_closed_to_users(api, operations, listener, evidence, profile):
    """A user is refused with 403 whatever administrators may see, and nobody without a token is let in."""
    of_administrators = [op for op in operations if op.access == "administrator"]
    tried = [op for op in of_administrators if op.method == "GET"]
    writes = [f"{op.method} {op.route}" for op in of_administrators if op.method in WRITING]
    if writes and Effect.WRITE not in profile.allow.effects:
        evidence.note(
            "administrators' writes that are not tried", these=writes, why="allow.effects: no write"
        )
    for operation in tried:
        as_user, as_nobody = await asyncio.gather(
            api.get(operation.route, token=listener.token), api.get(operation.route)
        )
        expect_refusal(evidence(as_user), "a user at an administrators' route", 403)
        expect_refusal(evidence(as_nobody), "nobody at an administrators' route", 401)
    if not of_administrators:
        fail("administrators' operations", expected="at least one", observed="none", where="[[operations]]")


@pytest.mark.write("account:listener")
@pytest.mark.needs("administrators", "administrators_writes")
async def test_administrators_writes_are_closed_to_users(
    api, operations, listener, wrong_acceptances, evidence
):
    """A user is refused with 403 whatever administrators may change, and nobody without a token either."""
    for operation in operations:
        if operation.access != "administrator" or operation.method not in WRITING:
            continue
        path = operation.route.replace("{id}", "golive-no-such-id")
        body = operation.body or None
        as_user, as_nobody = [
            await api.request(operation.method, path, token=token, json=body)
            for token in (listener.token, None)
        ]
        for answer in (as_user, as_nobody):
            await wrong_acceptances.undo(operation, evidence(answer))
        expect_refusal(as_user, f"a user's {operation.method} at an administrators' route", 403)
        expect_refusal(as_nobody, f"nobody's {operation.method} at an administrators' route", 401)
