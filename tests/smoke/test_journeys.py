"""Two people listen together, in real browsers: the journey that the launch is about."""

import asyncio

import pytest

pytestmark = [
    pytest.mark.harm("unusable"),
    pytest.mark.checklist("step.smoke.journeys", "post.critical"),
    pytest.mark.write("account:listener", "account:friend"),
    pytest.mark.usefixtures("password_let_in", "let_in", "handshake_let_in", "recommendations_in_pages"),
]


async def test_two_users_listen_together(visitors, app, sign_in, group_sessions, evidence):
    """One user signs in, gets recommendations, opens a session; another joins; both see what either does."""
    async with (
        visitors.arrive("listener") as listener,
        visitors.arrive("friend") as friend,
        group_sessions.made_in_a_page("listener", "friend") as made,
    ):
        names = listener.names
        await _come_in(app, sign_in, listener, friend)
        shown = await listener.see_recommendations()
        code = await listener.create_session(group_sessions.name)
        await made(code)
        evidence.note("a session was created in the browser", recommendations=shown, name=group_sessions.name)

        await friend.join_session(code)
        await listener.sees("the friend among the members", listener.entries(names.members).nth(1))
        await friend.sees("both members", friend.entries(names.members).nth(1))

        await _add_and_see(listener, friend, position=0)
        await _add_and_see(friend, listener, position=1)
        await _remove_and_see(listener, friend, left=1)

        await friend.leave_session()
        await listener.sees_count("that the friend has left", listener.entries(names.members), 1)
        await listener.leave_session()
        await listener.sign_out()
        async with listener.step("goes back"):
            await listener.page.go_back()
        await listener.sees_nothing_private("after going back")
        await listener.observe()
        await friend.observe()


async def test_session_can_be_opened_by_its_address(visitors, app, sign_in, group_sessions, listener):
    """Whoever opens a session's address signs in there, lands in it, and stays in it after a reload."""
    async with group_sessions.opened(listener) as session, visitors.arrive("friend") as friend:
        names = friend.names
        group_sessions.joins_in_a_page(session, "friend")
        await friend.open(f"{app.url}{names.session_address.format(code=session.id)}")
        await friend.sign_in(sign_in, "friend")
        await friend.sees("the session of the address", friend.entries(names.members).nth(1))
        async with friend.step("loads the page again"):
            await friend.page.reload()
            await friend.entries(names.members).nth(1).wait_for()
        shown = await friend.page.locator(names.session_code_shown).inner_text()
        assert shown.strip() == session.id, (
            f"address of a session: expected that session, observed another — {friend.where}"
        )
        await friend.observe()


async def _come_in(app, sign_in, *visitors):
    """The visitors open the page and sign in, at the same time."""

    async def comes_in(visitor):
        await visitor.open(app.url)
        await visitor.sign_in(sign_in, visitor.who)

    # Each gets to its end before either's failure is told: pages are not taken away from a running one.
    for ended in await asyncio.gather(*map(comes_in, visitors), return_exceptions=True):
        if isinstance(ended, BaseException):
            raise ended


async def _add_and_see(one, other, *, position):
    """``one`` adds a recommended track; both playlists then show it."""
    async with one.step("adds a track"):
        adding = (
            one.entries(one.names.songs_to_add or one.names.recommendations)
            .nth(position)
            .get_by_role("button")
        )
        await adding.filter(has_text=one.names.add_to_playlist).click()
    await one.sees_count("the added track", one.entries(one.names.playlist), position + 1)
    await other.sees("the track that the other added", other.entries(other.names.playlist).nth(position))


async def _remove_and_see(one, other, *, left):
    """``one`` removes the first track; both playlists then show one less."""
    async with one.step("removes a track"):
        removing = one.entries(one.names.playlist).first.get_by_role("button")
        await removing.filter(has_text=one.names.remove_from_playlist).click()
    await one.sees_count("the playlist without the track", one.entries(one.names.playlist), left)
    await other.sees_count("the playlist without the track", other.entries(other.names.playlist), left)
