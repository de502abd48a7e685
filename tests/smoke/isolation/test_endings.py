"""What ends must end everywhere, over HTTP: done at one replica, seen at every other one."""

import pytest

from golive.api.rules_privacy import walk
from golive.api.wire.success import expect_success
from golive.isolation.rules_accounts import expect_wrong_password_refused, identities, named_by
from golive.isolation.rules_codes import expect_no_guessable_codes
from golive.isolation.rules_endings import expect_closed_everywhere, expect_open_everywhere
from golive.rules.failure import fail
from golive.rules.http import REDIRECTS, expect_status

pytestmark = [pytest.mark.checklist("step.smoke.auth", "post.critical"), pytest.mark.harm("people")]


@pytest.mark.needs("token_answer", "password")
async def test_sign_out_is_known_everywhere(sign_in, api, doors, evidence):
    """Whoever signs out at one replica is signed out at every other one, with both tokens."""
    routes, within = api.routes, doors.rules.ended_within
    for place in doors.acting("POST", routes.sign_out):
        session = sign_in.session_of("outsider", evidence(await sign_in.with_password("outsider")))
        opened = await doors.looks("GET", routes.profile, token=session.token)
        expect_open_everywhere(opened, what="a fresh access token")
        out = await sign_in.out(session, base=place.base)
        if out.status not in REDIRECTS:  # a page to go on from; what it was worth is seen next
            expect_success(out, routes.sign_out)
        for route in (routes.profile, routes.recommendations):
            looks = await doors.looks_after("GET", route, token=session.token)
            for look in looks:
                evidence(look.answer)
            expect_closed_everywhere(
                looks, what="an access token of who signed out", done_at=place.name, within=within
            )
        if session.refresh_token is not None:
            renewal = sign_in.renewal_of(session.refresh_token)
            looks = await doors.looks("POST", routes.refresh, token=None, **renewal)
            expect_closed_everywhere(
                looks, what="a refresh token of who signed out", done_at=place.name, within=within
            )


@pytest.mark.needs("registration", "token_answer", "password")
@pytest.mark.write("session:account deleted at one replica")
async def test_deletion_is_known_everywhere(registrations, sign_in, api, doors, evidence):
    """An account that is deleted at one replica opens nothing at any other, by its tokens or its password."""
    routes, within = api.routes, doors.rules.ended_within
    for place in doors.acting("DELETE"):
        async with registrations.removable() as account:
            token = account.signed_in.token
            opened = await doors.looks("GET", routes.profile, token=token)
            expect_open_everywhere(opened, what="an access token of a new account")
            await registrations.remove(account, base=place.base)
            for route in (routes.profile, routes.recommendations):
                looks = await doors.looks_after("GET", route, token=token)
                for look in looks:
                    evidence(look.answer)
                expect_closed_everywhere(
                    looks, what="an access token of a deleted account", done_at=place.name, within=within
                )
            body = sign_in.credentials(account.signed_in.email, account.password)
            looks = await doors.looks_after("POST", routes.sign_in, token=None, json=body)
            expect_closed_everywhere(
                looks, what="the password of a deleted account", done_at=place.name, within=within
            )
            if account.signed_in.refresh_token is not None:
                renewal = sign_in.renewal_of(account.signed_in.refresh_token)
                looks = await doors.looks("POST", routes.refresh, token=None, **renewal)
                expect_closed_everywhere(
                    looks, what="a refresh token of a deleted account", done_at=place.name, within=within
                )


@pytest.mark.write("account:listener")
async def test_codes_of_sessions_cannot_be_guessed(api, group_sessions, listener, doors, evidence, profile):
    """The code by which people join a session is chance: nobody guesses one, or counts up to the next."""
    codes, places = [], doors.acting("POST", api.routes.sessions)
    for number in range(profile.isolation.codes):
        place = places[number % len(places)]
        async with group_sessions.opened(listener, base=place.base) as session:
            codes.append(session.id)
    evidence.note("codes of sessions", made=len(codes), characters=sorted({len(code) for code in codes}))
    expect_no_guessable_codes(
        codes,
        what="codes of sessions",
        bits=profile.isolation.code_bits,
        where=f"POST {api.url(api.routes.sessions)}",
    )


@pytest.mark.write("account:listener", "account:friend")
async def test_leaving_and_ending_are_known_everywhere(
    api, group_sessions, listener, friend, doors, evidence
):
    """Whoever left a session sees it nowhere; once everybody left it is over, and nobody joins it again."""
    routes, within = api.routes, doors.rules.ended_within
    for place in doors.acting("DELETE"):
        async with group_sessions.opened(listener, friend) as session:
            people = {person.role: person.token for person in (friend, listener)}
            for role, token in people.items():
                opened = await doors.looks("GET", routes.session, token=token, id=session.id)
                expect_open_everywhere(opened, what=f"a session that {role} is a member of")
            named = identities(await api.get(api.routes.profile, token=friend.token))
            is_listed = all(_names(look, named) for look in await _owners_view(doors, api, session, listener))
            for role, token in people.items():
                left = await api.request("DELETE", routes.leave, id=session.id, token=token, base=place.base)
                expect_success(evidence(left), routes.leave)
                looks = await doors.looks_after("GET", routes.session, token=token, id=session.id)
                expect_closed_everywhere(
                    looks, what=f"a session that {role} has left", done_at=place.name, within=within
                )
                if role == friend.role and is_listed:
                    for look in await _owners_view(doors, api, session, listener):
                        if _names(look, named):
                            fail("who left a session is still shown as a member", expected="gone everywhere",
                                 observed=f"left at {place.name}, still listed at {look.place}",
                                 where=look.answer.title)  # fmt: skip
            again = await doors.looks("POST", routes.join, token=friend.token, id=session.id)
            for look in again:
                evidence(look.answer)
            expect_closed_everywhere(
                again, what="joining a session that everybody has left", done_at=place.name, within=within
            )


@pytest.mark.needs("registration", "token_answer", "password")
@pytest.mark.write("session:account whose address was another's")
async def test_new_account_of_an_old_address_is_a_new_one(registrations, api, doors, evidence):
    """Who registers the address of a deleted account starts anew: old tokens and passwords open nothing."""
    async with registrations.removable() as account:
        email, old = account.signed_in.email, account.signed_in.token
        before = await api.get(api.routes.profile, token=old)
        await registrations.remove(account)
        password = registrations.new_password()
        async with registrations.tried(email, password) as answer:
            evidence(answer)
            if 400 <= answer.status < 500:
                evidence.note("addresses of deleted accounts are not given again", status=answer.status)
                return
            session = registrations.session_of(email, await registrations.sign_in(email, password))
            within = doors.rules.ended_within
            looks = await doors.looks("GET", api.routes.profile, token=old)
            expect_closed_everywhere(
                looks,
                what="a token of the account that had the address before",
                done_at="the deletion",
                within=within,
            )
            expect_wrong_password_refused(
                evidence(await registrations.sign_in(email, account.password)),
                what="the password of the account that had the address before",
            )
            after = evidence(await api.get(api.routes.profile, token=session.token))
            expect_status(after, 200)
            if set(named_by(before)) & set(named_by(after)) - {email.casefold()}:
                fail(
                    "a new account continues a deleted one",
                    expected="an id of its own",
                    observed="the old one",
                    where=after.title,
                )


async def _owners_view(doors, api, session, owner):
    """The session as its owner sees it, at every place."""
    return await doors.looks("GET", api.routes.session, token=owner.token, id=session.id)


def _names(look, named):
    return any(str(value).casefold() in named for _, _, value in walk(look.answer.json()))
