"""People who change the same thing at the same moment, at different replicas: what was acknowledged stays."""

import asyncio
import random
from contextlib import suppress
from time import monotonic

import pytest

from golive.api.rules_privacy import walk
from golive.api.wire.success import expect_success
from golive.core.outcome import Blind
from golive.isolation.fixtures import at_once
from golive.isolation.rules_open_connections import is_accepted
from golive.isolation.rules_writers import expect_all_acknowledged, expect_all_gone, expect_one_of
from golive.net.errors import ConnectionLost, DeadlineExceeded
from golive.rules.http import is_let_in

pytestmark = [pytest.mark.checklist("step.smoke.websocket", "post.critical"), pytest.mark.harm("content")]

_ATTEMPTS = 4
"""How often a change that is refused for meeting another one is made."""


@pytest.mark.write("account:listener", "account:friend")
async def test_changes_at_the_same_time_are_all_kept(
    realtime_everywhere, rooms, open_connections, listener, friend, rankings, doors, evidence, profile
):
    """Two members add and remove songs at the same moment, at two replicas; what they were told is so."""
    each = profile.isolation.writes_at_once
    found = rankings.tracks(await rankings.personal(listener, limit=2 * each))
    tracks = list(dict.fromkeys(track["id"] for track in found))
    places = (listener, realtime_everywhere[0]), (friend, realtime_everywhere[-1])
    async with rooms.opened(*places) as room:
        where = f"session {room.session.id}, written at {len(realtime_everywhere)} replicas"

        async def at_each_place(enough):
            async def read(place):
                return await open_connections.playlist(room.session, base=place.base)

            return await doors.settled(read, enough=enough)

        added = await _changed(rooms, room, "add", [tracks[0::2], tracks[1::2]])
        kept = await at_each_place(lambda entries: set(added) <= set(entries))
        evidence.note(
            "added at the same time", tried=len(tracks), acknowledged=len(added), kept=_counts(kept)
        )
        expect_all_acknowledged(kept, acknowledged=added, tried=tracks, what="the playlist", where=where)

        # Half of each other's: nobody removes what they added themselves.
        half = [tracks[1::4], tracks[0::4]]
        removed = await _changed(rooms, room, "remove", half)
        kept = await at_each_place(lambda entries: not set(removed) & set(entries))
        evidence.note("removed at the same time", acknowledged=len(removed), kept=_counts(kept))
        expect_all_gone(kept, removed=removed, what="the playlist", where=where)
        staying = [track for track in added if track not in half[0] + half[1]]
        expect_all_acknowledged(kept, acknowledged=staying, tried=tracks, what="the playlist", where=where)


@pytest.mark.write("account:listener", "account:friend")
async def test_replacing_at_the_same_time_leaves_one_whole_list(
    api, group_sessions, open_connections, listener, friend, rankings, doors, evidence, profile
):
    """Two members replace the playlist at the same moment; it is then what one of them wrote, everywhere."""
    found = rankings.tracks(await rankings.personal(listener, limit=12))
    tracks = list(dict.fromkeys(track["id"] for track in found))
    lists = (tracks[0::2], tracks[1::2])
    writing = doors.acting("PUT")
    async with group_sessions.opened(listener, friend) as session:
        where = f"PUT {api.url(api.routes.playlist, id=session.id)}"
        for turn in range(profile.isolation.rounds):
            answers = await at_once(
                [
                    _replacing(api, session, person, list(map(profile.rooms.id_sent, entries)), place)
                    for person, entries, place in (
                        (listener, lists[0], writing[turn % len(writing)]),
                        (friend, lists[1], writing[(turn + 1) % len(writing)]),
                    )
                ]
            )
            written = [one for one, answer in zip(lists, answers, strict=True) if is_let_in(answer)]
            if not written:
                expect_success(answers[0], api.routes.playlist)

            async def read(place):
                return await open_connections.playlist(session, base=place.base)

            kept = await doors.settled(
                read, enough=lambda entries, written=written: sorted(entries) in map(sorted, written)
            )
            evidence.note("replaced at the same time", acknowledged=len(written), kept=_counts(kept))
            expect_one_of(kept, written=written, what="the playlist", where=where)


@pytest.mark.write("account:listener", "account:friend", "account:newcomer")
async def test_people_who_join_at_the_same_time_are_all_members(
    api, group_sessions, listener, friend, newcomer, doors, evidence, profile
):
    """People who join and leave at the same moment, at different replicas, are members as they were told."""
    routes, people = api.routes, (friend, newcomer)
    joining, leaving = doors.acting("POST"), doors.acting("DELETE")
    async with group_sessions.opened(listener) as session:
        where = f"POST {api.url(routes.join, id=session.id)}"
        for person in people:
            group_sessions.joins_in_a_page(session, person.role)
        for turn in range(profile.isolation.rounds):
            answers = await at_once(
                [
                    _asking(api, "POST", routes.join, session, person, joining[(turn + place) % len(joining)])
                    for place, person in enumerate(people)
                ]
            )
            for answer in answers:
                expect_success(answer, routes.join)
            kept = await _members(api, doors, session, people, all_of_them=True)
            evidence.note("joined at the same time", acknowledged=len(answers), kept=_counts(kept))
            roles = [person.role for person in people]
            expect_all_acknowledged(kept, acknowledged=roles, tried=roles, what="the session", where=where)
            answers = await at_once(
                [
                    _asking(
                        api, "DELETE", routes.leave, session, person, leaving[(turn + place) % len(leaving)]
                    )
                    for place, person in enumerate(people)
                ]
            )
            for answer in answers:
                expect_success(answer, routes.leave)
            kept = await _members(api, doors, session, people, all_of_them=False)
            expect_all_gone(kept, removed=roles, what="the session", where=where)


async def _changed(rooms, room, action, shares):
    """Every member changes its share at the same moment; gives the tracks whose change is acknowledged."""
    changes = [(member, track) for member, share in zip(room.members, shares, strict=True) for track in share]
    since = monotonic()
    answers = await at_once(
        [lambda member=member, track=track: rooms.update(member, room, action, {"id": track})
         for member, track in changes]
    )  # fmt: skip
    if rooms.acknowledges:
        done = [track for (_, track), answer in zip(changes, answers, strict=True) if is_accepted(answer)]
        if 2 * len(done) < len(changes):
            # A deployment that refuses what meets another change expects it again: one by one, from both.
            left = [[track for track in share if track not in done] for share in shares]
            again = (_one_by_one(rooms, member, room, action, share)
                     for member, share in zip(room.members, left, strict=True))  # fmt: skip
            done += [track for tracks in await asyncio.gather(*again) for track in tracks]
        return done
    # A plain WebSocket acknowledges by telling the room: what its sender hears of was done.
    told = await asyncio.gather(*(_is_told(rooms, member, room, track, since) for member, track in changes))
    return [track for (_, track), is_told in zip(changes, told, strict=True) if is_told]


async def _one_by_one(rooms, member, room, action, tracks):
    """The tracks whose change is acknowledged, each tried a few times."""
    done = []
    for track in tracks:
        for attempt in range(_ATTEMPTS):
            if is_accepted(await rooms.update(member, room, action, {"id": track})):
                done.append(track)
                break
            # Not both at the same moment again.
            await asyncio.sleep(random.uniform(0, 0.02) * (attempt + 1))  # noqa: S311 - no secret
    return done


async def _is_told(rooms, member, room, track, since):
    update = room.updates()

    def names_it(event):
        return update(event) and any(value == track for _, _, value in walk(event.payload))

    with suppress(DeadlineExceeded, ConnectionLost):
        await member.wait_for(names_it, since=since, deadline=rooms.patience)
        return True
    return False


def _replacing(api, session, person, entries, place):
    return lambda: api.request(
        "PUT",
        api.routes.playlist,
        id=session.id,
        token=person.token,
        json={"tracks": entries},
        base=place.base,
    )


def _asking(api, method, route, session, person, place):
    return lambda: api.request(method, route, id=session.id, token=person.token, base=place.base)


async def _members(api, doors, session, people, *, all_of_them):
    """Whom each place lets in as a member of the session."""

    async def read(place):
        inside = []
        for person in people:
            answer = await api.get(api.routes.session, id=session.id, token=person.token, base=place.base)
            if answer.status >= 500:
                raise Blind(f"{answer.status} — {answer.title}", remedy="see why, and run it again")
            inside += [person.role] if is_let_in(answer) else []
        return inside

    return await doors.settled(read, enough=lambda inside: len(inside) == (len(people) if all_of_them else 0))


def _counts(kept):
    return {place: len(entries) for place, entries in kept.items()}
