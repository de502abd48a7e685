"""What people write: through the API, real time and the page, and back, neither lost, run nor escaped."""

import secrets
from contextlib import AsyncExitStack

import pytest

from golive.api.rules_privacy import walk
from golive.api.wire.success import expect_success
from golive.core.outcome import Blind
from golive.realtime.rules import expect_accepted
from golive.rules.failure import fail
from golive.rules.http import expect_status
from golive.rules.text import expect_same_text, expect_text_kept, expect_text_shown

pytestmark = [pytest.mark.checklist("step.smoke.journeys", "post.critical"), pytest.mark.harm("content")]

KINDS = {
    "accents": "Zoë Noe\u0308l Łukasz Ørsted",
    "emoji": "🎷 👩‍🎤 𝄞",
    "quotes": 'O\'Neill & “Söhne” "5/8" \\ %41',
    "markup": "<i data-golive>a</i> &lt;b&gt; {{7*7}}",
}
"""What names are made of: accents are written in both of Unicode's ways, and emoji lie beyond 16 bits."""
SHORT = {
    "accents": "Zoë Noe\u0308l",
    "emoji": "🎷",
    "quotes": "O'N & “S” \\",
    "markup": "<i data-golive>a</i>",
}
"""The same in few letters, for one name of all."""
_REFUSED = (400, 413, 422)

_SHOWN = """(head) => [...document.querySelectorAll("body *")]
  .filter((one) => !["SCRIPT", "STYLE", "TEMPLATE"].includes(one.tagName) && one.textContent.includes(head))
  .filter((one) => ![...one.children].some((inner) => inner.textContent.includes(head)))
  .map((one) => one.textContent)"""
_RUN = """() => document.querySelectorAll("[data-golive]").length"""


@pytest.mark.write("account:listener", "account:friend")
@pytest.mark.checklist("step.smoke.websocket")
@pytest.mark.parametrize("kind", KINDS)
async def test_names_come_back_as_written(
    kind, api, group_sessions, realtime_everywhere, rooms, listener, friend, doors, evidence, profile
):
    """A session's name is read as it was written, by everybody, at every replica, also in real time."""
    name = _name(KINDS[kind])
    async with AsyncExitStack() as stack:
        ears = [
            await stack.enter_async_context(await probe.connect(friend.token, who="friend"))
            for probe in realtime_everywhere
        ]
        answer, session = await stack.enter_async_context(group_sessions.tried(listener, name))
        evidence(answer)
        if session is None:
            _expect_may_be_refused(answer, kind, profile)
            await _expect_refused_everywhere(group_sessions, listener, name, doors, evidence)
            return
        said = answer.json().get("name") if answer.body else None
        if said is not None:
            expect_text_kept(name, said, what="a session's name", where=answer.title)
        await group_sessions.join(session, friend)
        seen = {}
        for person in (listener, friend):
            looks = await doors.looks("GET", api.routes.session, token=person.token, id=session.id)
            for look in looks:
                expect_status(evidence(look.answer), 200)
                seen[f"{look.place}, as {person.role}"] = look.answer.json().get("name")
        for place, received in seen.items():
            expect_text_kept(name, received, what="a session's name", where=place)
        expect_same_text(seen, what="a session's name")
        for connection in ears:
            joined = evidence(await rooms.join(connection, session.id))
            expect_accepted(joined)
            # In the answer, and in what everybody was told when the session began.
            for said in [joined.payload, *(event.payload for event in connection.events)]:
                for text in _begun_like(name, said):
                    expect_text_kept(name, text, what="a session's name in real time", where=joined.target)


@pytest.mark.parametrize("kind", KINDS)
async def test_search_is_for_what_was_typed(kind, api, listener, evidence):
    """A search says of itself what was searched for, as it was typed."""
    query = _name(KINDS[kind])
    answer = evidence(await api.post(api.routes.search, token=listener.token, json={"query": query}))
    if answer.status not in _REFUSED:
        expect_success(answer, api.routes.search)
        said = _begun_like(query, answer.json())
        evidence.note("what the search says of itself", times=len(said))
        for text in said:
            expect_text_kept(query, text, what="what was searched for", where=answer.title)


@pytest.mark.needs("registration", "token_answer", "password")
@pytest.mark.write("account:listener", "session:account with a name of every kind")
async def test_own_name_comes_back_as_written(
    api, registrations, group_sessions, listener, doors, evidence, profile
):
    """What somebody is called is read as they wrote it, at every replica, by themselves and by others."""
    field, kinds = registrations.name_field, dict(SHORT)
    async with registrations.removable(), group_sessions.opened(listener) as shared:
        for _ in range(2):
            name, email = _name(" ".join(kinds.values())), registrations.new_address()
            password = registrations.new_password()
            async with registrations.tried(email, password, **{field: name}) as answer:
                evidence(answer)
                if answer.status in _REFUSED and set(kinds) & set(profile.isolation.may_refuse):
                    kinds = {
                        one: text for one, text in kinds.items() if one not in profile.isolation.may_refuse
                    }
                    continue
                if answer.status in _REFUSED:
                    _expect_may_be_refused(answer, " and ".join(kinds), profile)
                expect_success(answer)
                signed_in = await registrations.sign_in(email, password)
                session = registrations.session_of(email, signed_in)
                seen = {}
                for look in await doors.looks("GET", api.routes.profile, token=session.token):
                    expect_status(evidence(look.answer), 200)
                    seen[look.place] = look.answer.json().get(field)
                for place, received in seen.items():
                    expect_text_kept(name, received, what="somebody's own name", where=place)
                expect_same_text(seen, what="somebody's own name")
                joined = await api.post(api.routes.join, id=shared.id, token=session.token)
                expect_success(joined, api.routes.join)
                for look in await doors.looks("GET", api.routes.session, token=listener.token, id=shared.id):
                    for text in _begun_like(name, look.answer.json()):
                        expect_text_kept(name, text, what="somebody's name among members", where=look.place)
                return


@pytest.mark.write("account:listener", "account:friend")
async def test_page_shows_names_as_text(visitors, app, sign_in, api, group_sessions, evidence, profile):
    """A name that is typed into the page is shown as typed, to both members, and nothing of it runs."""
    owner = await sign_in("listener")
    name = _name(" ".join(await _taken_kinds(group_sessions, owner, profile)))
    async with (
        visitors.arrive("listener") as listener,
        visitors.arrive("friend") as friend,
        group_sessions.made_in_a_page("listener", "friend") as made,
    ):
        for visitor in (listener, friend):
            await visitor.open(app.url)
            await visitor.sign_in(sign_in, visitor.who)
        code = await listener.create_session(name)
        await made(code)
        answer = evidence(await api.get(api.routes.session, id=code, token=owner.token))
        expect_status(answer, 200)
        kept = answer.json().get("name")
        expect_text_kept(name, kept, what="a name typed into the page", where=answer.title)
        await friend.join_session(code)
        for visitor in (listener, friend):
            await _expect_shown_as_text(visitor, name, evidence)
        await friend.leave_session()
        await listener.leave_session()
        await listener.observe()
        await friend.observe()


@pytest.mark.needs("registration", "token_answer", "password")
@pytest.mark.write("account:listener", "session:account with a name on a page")
async def test_page_shows_people_as_text(
    visitors, app, sign_in, api, registrations, group_sessions, listener, evidence, profile
):
    """What somebody is called is shown on others' pages as they wrote it, and nothing of it runs there."""
    texts = await _taken_kinds(group_sessions, listener, profile)
    name, email, password = _name(" ".join(texts)), registrations.new_address(), registrations.new_password()
    async with (
        registrations.removable(),
        registrations.tried(email, password, **{registrations.name_field: name}) as answer,
        group_sessions.opened(listener) as session,
        visitors.arrive("listener") as visitor,
    ):
        evidence(answer)
        if answer.status in _REFUSED:
            raise Blind(
                f"nobody may be called so ({answer.status}), while sessions may — {answer.title}",
                remedy="see what names people may have (the line's other checks)",
            )
        expect_success(answer)
        account = registrations.session_of(email, await registrations.sign_in(email, password))
        expect_success(await api.post(api.routes.join, id=session.id, token=account.token), api.routes.join)
        await visitor.open(f"{app.url}{visitor.names.session_address.format(code=session.id)}")
        await visitor.sign_in(sign_in, "listener")
        await visitor.sees("both members", visitor.entries(visitor.names.members).nth(1))
        await _expect_shown_as_text(visitor, name, evidence)
        await visitor.observe()


async def _expect_shown_as_text(visitor, name, evidence):
    shown = await visitor.page.evaluate(_SHOWN, name.split()[0])
    elements = await visitor.page.evaluate(_RUN)
    evidence.note(f"the name on the page of {visitor.who}", places=len(shown), elements=elements)
    if elements:
        fail(
            "markup in a name becomes a part of the page, and runs for everybody who sees it",
            expected="shown as text",
            observed=f"{elements} elements made of it",
            where=visitor.where,
        )
    if not shown:
        raise Blind(
            f"the page shows the name nowhere — {visitor.where}",
            remedy="look at it by hand, and attest the line",
        )
    for text in shown:
        expect_text_shown(name, text, what="a name on the page", where=visitor.where)


async def _taken_kinds(group_sessions, owner, profile):
    """The texts of kinds that names may have here: those that may be refused are tried first."""
    taken = []
    for kind, text in SHORT.items():
        if kind in profile.isolation.may_refuse:
            async with group_sessions.tried(owner, _name(text)) as (_, session):
                if session is None:
                    continue
        taken.append(text)
    return taken


def _expect_may_be_refused(answer, kind, profile):
    if answer.status not in _REFUSED or kind not in profile.isolation.may_refuse:
        fail(
            f"people cannot give names with {kind}",
            expected="taken and kept, or refused by 400 where isolation.may_refuse says so",
            observed=answer.status,
            where=answer.title,
        )


async def _expect_refused_everywhere(group_sessions, listener, name, doors, evidence):
    for place in doors.acting("POST"):
        async with group_sessions.tried(listener, name, base=place.base) as (answer, session):
            evidence(answer)
            if session is not None:
                fail(
                    "a name is refused at one replica and taken at another",
                    expected="the same everywhere",
                    observed=f"{answer.status} at {place.name}",
                    where=answer.title,
                )


def _name(text):
    """A name of this suite with ``text`` in it."""
    return f"golive-{secrets.token_hex(3)} {text}"


def _begun_like(name, payload):
    """The texts in a payload that begin as ``name`` does: what became of it there."""
    head = name.split()[0]
    return [value for _, _, value in walk(payload) if isinstance(value, str) and value.startswith(head)]
