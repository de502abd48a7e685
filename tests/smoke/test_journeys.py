"""The journeys that the launch is about, in a real browser."""

import pytest

pytestmark = [pytest.mark.checklist("step.smoke.journeys", "post.critical"), pytest.mark.write]


async def test_two_users_listen_together(visitors, app, sign_in, group_sessions, evidence):
    """One user signs in, gets recommendations, opens a session; another joins; both see what either adds."""
    async with (
        visitors.arrive("listener") as listener,
        visitors.arrive("friend") as friend,
        group_sessions.made_in_a_page("listener") as made,
    ):
        await listener.open(app.url)
        await listener.sign_in(sign_in, "listener")
        shown = await listener.see_recommendations()
        code = await listener.create_session(group_sessions.name)
        made(code)
        evidence.note("a session was created in the browser", recommendations=shown, name=group_sessions.name)

        await friend.open(app.url)
        await friend.sign_in(sign_in, "friend")
        await friend.join_session(code)
        members = listener.names.members
        await listener.sees("the friend among the members", listener.entries(members).nth(1))
        await friend.sees("both members", friend.entries(members).nth(1))

        await _add_and_see(listener, friend, position=0)
        await _add_and_see(friend, listener, position=1)

        await friend.leave_session()
        await listener.leave_session()
        await listener.sign_out()
        await listener.observe()
        await friend.observe()


async def _add_and_see(one, other, *, position):
    """``one`` adds a recommended track; both playlists then show it."""
    async with one.step("adds a track"):
        adding = one.entries(one.names.recommendations).nth(position).get_by_role("button")
        await adding.filter(has_text=one.names.add_to_playlist).click()
    await one.sees("the added track", one.entries(one.names.playlist).nth(position))
    await other.sees("the track that the other added", other.entries(other.names.playlist).nth(position))
