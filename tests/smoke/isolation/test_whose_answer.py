"""Whose answer is it: people who ask at the same moment each get their own, and nobody else's."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from golive.api.wire.success import expect_success
from golive.isolation.fixtures import PUBLIC, at_once
from golive.isolation.rules_whose import Belongings, Heard, belongings, expect_own_answers, expect_told_apart
from golive.rules.http import expect_status

pytestmark = [pytest.mark.checklist("step.smoke.auth", "post.critical"), pytest.mark.harm("people")]


async def test_every_answer_is_its_askers(crowd, api, operations, evidence, profile):
    """Accounts that ask for their own at the same moment, at each replica and through the edge, get it."""
    questions = {"profile": api.routes.profile, "recommendations": api.routes.recommendations}
    questions |= {
        operation.route.strip("/"): operation.route
        for operation in operations
        if operation.method == "GET" and operation.access == "user" and "{" not in operation.route
        and operation.route not in questions.values()
    }  # fmt: skip
    alone = await crowd.alone(questions)
    learnt = belongings(alone, crowd.names(alone, "profile"))
    liking = [person.role for person in crowd.people if person.role in profile.recommendations.preferences]
    where = f"GET {api.url(api.routes.recommendations)}"
    expect_told_apart(learnt, "recommendations", liking, where=where)
    heard = await crowd.together(questions)
    evidence.note(
        "answers at the same time",
        asked=len(heard),
        people=len(crowd.people),
        places=[place.name for place in crowd.places],
        told_apart=sorted(learnt.told_apart),
    )
    expect_own_answers(heard, learnt)


@pytest.mark.write("account:listener", "account:friend")
async def test_every_session_is_its_askers(api, group_sessions, listener, friend, places, evidence, profile):
    """People who open and read sessions of their own at the same moment see their own."""
    async with AsyncExitStack() as stack:
        opening = [
            lambda person=person: stack.enter_async_context(
                group_sessions.opened(person, name=f"{group_sessions.name} of {person.role}")
            )
            for person in (listener, friend)
        ]
        sessions = await at_once(opening)
        names = {session.owner.role: frozenset({session.name.casefold()}) for session in sessions}
        made = [Heard(one.owner.role, "new session", PUBLIC, evidence(one.made)) for one in sessions]
        expect_own_answers(made, Belongings({}, names, frozenset()))
        alone, heard = [], []
        for session in sessions:
            answer = await api.get(api.routes.session, id=session.id, token=session.owner.token)
            expect_status(answer, 200)
            alone.append(Heard(session.owner.role, "session", PUBLIC, answer))
        learnt = belongings(alone, names)
        for _ in range(profile.isolation.rounds):
            for place in places:
                calls = [
                    lambda session=session, place=place: _read(api, session, place)
                    for _ in range(profile.isolation.at_once)
                    for session in sessions
                ]
                heard += await at_once(calls)
    evidence.note("sessions read at the same time", asked=len(heard))
    expect_own_answers(heard, learnt)


async def test_every_search_answers_its_own_question(
    api, listener, friend, outsider, doors, evidence, profile
):
    """People who search for different things at the same moment get what they asked for."""
    words = {"listener": "calm jazz", "friend": "loud electronic", "outsider": "folk songs"}
    people = {person: f"golive {words[person.role]}" for person in (listener, friend, outsider)}
    alone, heard, places = [], [], doors.acting("POST", api.routes.search)
    for person, query in people.items():
        alone.append(await _searches(api, person, query, places[-1]))
        expect_success(alone[-1].answer, api.routes.search)
    names = {person.role: frozenset({query.casefold()}) for person, query in people.items()}
    learnt = belongings(alone, names)
    for place in places:
        calls = [
            lambda person=person, query=query, place=place: _searches(api, person, query, place)
            for _ in range(profile.isolation.at_once)
            for person, query in people.items()
        ]
        heard += await at_once(calls)
    evidence.note("searches at the same time", asked=len(heard), told_apart=sorted(learnt.told_apart))
    expect_own_answers(heard, learnt)


@pytest.mark.needs("token_answer", "password")
async def test_every_sign_in_opens_its_own_account(sign_in, api, doors, evidence):
    """People who sign in at the same moment get sessions of their own accounts."""
    roles = ("listener", "friend", "outsider")
    heard, alone = [], []
    for place in doors.acting("POST", api.routes.sign_in):
        answers = await at_once(
            [lambda role=role, place=place: _signs_in(sign_in, role, place) for role in roles]
        )
        sessions = [sign_in.session_of(role, answer) for role, answer in zip(roles, answers, strict=True)]
        profiles = await asyncio.gather(*(api.get(api.routes.profile, token=one.token) for one in sessions))
        heard += [
            Heard(role, "account after signing in", place.name, seen)
            for role, seen in zip(roles, profiles, strict=True)
        ]
        heard += await _renewed(sign_in, api, roles, sessions, place)
    names = {role: frozenset({sign_in.account(role).email.casefold()}) for role in roles}
    for role in roles:
        session = await sign_in(role)
        answer = await api.get(api.routes.profile, token=session.token)
        alone.append(Heard(role, "account after signing in", PUBLIC, answer))
    evidence.note("sign-ins at the same time", asked=len(heard), people=len(roles))
    expect_own_answers(heard, belongings(alone, names))


async def _searches(api, person, query, place):
    answer = await api.post(
        api.routes.search, token=person.token, json={"query": query, "limit": 5}, base=place.base
    )
    return Heard(person.role, "search", place.name, answer)


async def _renewed(sign_in, api, roles, sessions, place):
    """What the tokens open that people renew at the same moment; nothing where tokens are not renewed."""
    if any(session.refresh_token is None for session in sessions):
        return []
    tokens = [session.refresh_token for session in sessions]
    answers = await at_once(
        [lambda token=token: sign_in.renewed_with(token, base=place.base) for token in tokens]
    )
    renewed = [sign_in.session_of(role, answer) for role, answer in zip(roles, answers, strict=True)]
    seen = await asyncio.gather(*(api.get(api.routes.profile, token=one.token) for one in renewed))
    return [
        Heard(role, "account after signing in", place.name, one)
        for role, one in zip(roles, seen, strict=True)
    ]


async def _read(api, session, place):
    answer = await api.get(api.routes.session, id=session.id, token=session.owner.token, base=place.base)
    return Heard(session.owner.role, "session", place.name, answer)


async def _signs_in(sign_in, role, place):
    return await sign_in.with_password(role, base=place.base)
