"""Who leaves a session has left it: the positive twin of everything that this suite undoes."""

import pytest

from golive.core.outcome import Blind
from golive.rules.failure import fail
from golive.rules.http import expect_status

pytestmark = pytest.mark.checklist("step.smoke.auth", "post.critical")

TURNED_AWAY = (403, 404, 410)


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
