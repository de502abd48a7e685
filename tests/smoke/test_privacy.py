"""What one person may see and change of another: nothing but what is shared."""

import asyncio

import pytest

from golive.api.profile import WRITING
from golive.api.rules_privacy import expect_nothing_private
from golive.core.controls import Unjudged
from golive.core.outcome import Blind, Effect
from golive.exposure.rules import expect_nothing_exposed
from golive.rules.controls import expect_answered, expect_twin
from golive.rules.failure import fail
from golive.rules.http import expect_refusal, expect_status, is_let_in

pytestmark = [pytest.mark.checklist("step.smoke.auth", "post.critical"), pytest.mark.harm("people")]

HIDDEN_OR_NOT_THERE = "is answered 404: hidden from whoever is no administrator, or not there at all"
NAME_ONE = "name an administrator's test account as accounts.administrator, who shows that the route is there"
TURNED_AWAY = (403, 404, 410)


async def test_answers_hold_nothing_private(api, operations, listener, evidence):
    """No read gives a password hash, a provider's token or another person's address, at any depth."""
    tried = [op for op in operations if op.method == "GET" and op.access != "administrator"]
    # That a route of the profile answers its user is judged by a check of its own.
    named = set(api.routes.model_dump().values())
    looked = 0
    for operation in tried:
        if "{id}" not in operation.route:
            answer = evidence(await api.get(operation.route, token=listener.token))
            route = f"[[operations]] {operation.route}"
            if operation.route in named:
                expect_twin(answer, "the profile's routes answer", route=route, who="accounts.listener")
            expect_answered(answer, route=route, who="accounts.listener")
            looked += expect_nothing_private(answer, own=listener.email)
    profile = await api.get(api.routes.profile, token=listener.token)
    looked += expect_nothing_private(evidence(profile), own=listener.email)
    evidence.note("values looked at", count=looked)


@pytest.mark.needs("token_answer")
@pytest.mark.usefixtures("password_let_in")
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
        expect_twin(evidence(before), "its owner sees a session", route="routes.session", who="its owner")
        change = {"tracks": [profile.rooms.id_sent(a_track["id"])]}
        attempts = [
            ("GET", routes.session, None),
            ("PUT", routes.playlist, change),
            ("DELETE", routes.leave, None),
        ]
        answers = {
            method: evidence(await api.request(method, route, id=session.id, token=outsider.token, json=body))
            for method, route, body in attempts
        }
        after = evidence(await api.get(routes.session, id=session.id, token=listener.token))
        own = await api.request("PUT", routes.playlist, id=session.id, token=listener.token, json=change)
    for method, answer in answers.items():
        if is_let_in(answer):
            expect_refusal(answer, f"{method} by somebody who is no member", 403, 404)
    expect_status(after, 200)
    if before.json().get("playlist") != after.json().get("playlist"):
        fail("playlist", expected="as before", observed="changed by an outsider", where=after.title)
    expect_twin(evidence(own), "its owner changes a playlist", route="routes.playlist", who="its owner")
    for method, answer in answers.items():
        expect_refusal(answer, f"{method} by somebody who is no member", 403, 404)


@pytest.mark.needs("routes.profile")
@pytest.mark.parametrize("way", ["parameter id", "parameter userId", "parameter email", "header X-User-Id"])
async def test_naming_somebody_else_does_not_help(way, api, listener, friend, evidence):
    """A request that names another user is answered about the caller, or refused."""
    theirs = await api.get(api.routes.profile, token=friend.token)
    expect_twin(theirs, "others have a profile of their own", route="routes.profile", who="accounts.friend")
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
async def test_administrators_routes_are_closed_to_users(
    api, operations, right_operations, sign_in, listener, evidence, profile
):
    """A user is refused with 403 whatever administrators may see, and nobody without a token is let in."""
    of_administrators = [op for op in operations if op.access == "administrator"]
    tried = [op for op in of_administrators if op.method == "GET"]
    writes = [f"{op.method} {op.route}" for op in of_administrators if op.method in WRITING]
    if writes and Effect.WRITE not in profile.allow.effects:
        evidence.note(
            "administrators' writes that are not tried", these=writes, why="allow.effects: no write"
        )
    known = sign_in.has("administrator")
    # Beside an administrator who is let in, 404 hides the route; otherwise it may be that there is none.
    hidden = (404,) if known else ()
    unjudged = []
    for operation in tried:
        as_user, as_nobody = await asyncio.gather(
            api.get(operation.route, token=listener.token), api.get(operation.route)
        )
        control = await right_operations.control(operation)
        for answer, who, status in ((as_user, "a user", 403), (as_nobody, "nobody", 401)):
            evidence(answer)
            if control.failure is not None and not is_let_in(answer):
                unjudged.append(control.unjudged())
            elif answer.status == 404 and not known:
                unjudged.append(
                    Unjudged(f"{operation.route} {HIDDEN_OR_NOT_THERE} — {answer.title}", remedy=NAME_ONE)
                )
            else:
                expect_refusal(answer, f"{who} at an administrators' route", status, *hidden)
    if not of_administrators:
        fail("administrators' operations", expected="at least one", observed="none", where="[[operations]]")
    if unjudged:
        raise unjudged[0]


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


@pytest.mark.write("account:listener", "account:friend")
async def test_who_leaves_a_session_has_left_it(api, group_sessions, listener, friend, outsider, evidence):
    """A member who left reads the session no more, those who stayed do, and its owner's leaving ends it."""
    async with group_sessions.opened(listener, friend) as session:

        async def reads(who):
            return evidence(await api.get(api.routes.session, id=session.id, token=who.token))

        for member in (listener, friend):
            expect_status(await reads(member), 200)
        stranger = await reads(outsider)
        if stranger.status == 200:
            raise Blind(
                f"who is no member reads a session too, so leaving cannot be seen — {stranger.title}",
                remedy="see to what strangers may read first; this check then sees who has left",
            )
        for who, staying in ((friend, listener), (listener, None)):
            left = await api.request("DELETE", api.routes.leave, id=session.id, token=who.token)
            expect_status(evidence(left), 200, 202, 204)
            after = await reads(who)
            if after.status not in TURNED_AWAY:
                fail(
                    f"leaving as {who.role}, answered {left.status}",
                    expected=f"that they read the session no more ({', '.join(map(str, TURNED_AWAY))})",
                    observed=f"answered {after.status}",
                    where=after.title,
                )
            if staying is not None:
                expect_status(await reads(staying), 200)


@pytest.mark.serial
@pytest.mark.after_all
async def test_no_answer_shows_what_is_nobody_elses_business(exposure_log, evidence):
    """No answer or message of the run shows hashes, foreign tokens, people's data, traces or SQL errors."""
    expect_nothing_exposed(evidence(exposure_log.observed()))
