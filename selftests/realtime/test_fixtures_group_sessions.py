"""Group sessions of a run: everybody leaves, the end is read back, and what stays is said."""

import asyncio
import json
from types import SimpleNamespace

import pytest

from audotics.profile import AudoticsRoutes
from fixtures.realtime import GroupSessions
from golive.api.afterwards.playing import accounts_in_play
from golive.api.fixtures import ApiClient
from golive.api.fixtures_accounts import SignedIn
from golive.api.wire.serialization import Wire
from golive.net.http import HttpProbe
from golive.profile.secrets import Secret
from golive.report.journal import Journal, left_behind, read_journal
from selftests.examples import session_deployment as ways
from selftests.examples.probe_loopback import access_to

RUN = "20261130T120000Z-abc123"
ROUTES = AudoticsRoutes(
    sessions="/sessions",
    session="/sessions/{id}",
    join="/sessions/{id}/join",
    leave="/sessions/{id}/leave",
)
pytestmark = pytest.mark.usefixtures("writing")


def account(role):
    return SignedIn(role, f"{role}@mini.test", Secret(f"token-of-{role}"))


@pytest.fixture
def during(tmp_path):
    """Runs a coroutine function over group sessions of a run, in a deployment of some way."""

    def run(way, act):
        async def signed_in(role):
            return account(role)

        async def acting(deployment):
            http = HttpProbe(access_to({}, hosts=("127.0.0.1",)))
            api = ApiClient(http, SimpleNamespace(url=deployment.url), ROUTES, Wire())
            try:
                await act(
                    GroupSessions(api, signed_in, RUN, Journal(tmp_path / "created.jsonl", RUN)), deployment
                )
            finally:
                await http.aclose()

        with ways.deployed(way) as deployment:
            asyncio.run(acting(deployment))
        return deployment

    return run


def last_events(folder):
    """What the journal says last of each thing."""
    lines = [json.loads(text) for text in (folder / "created.jsonl").read_text(encoding="utf-8").splitlines()]
    return list({line["key"]: line["event"] for line in lines}.values())


async def together(sessions, _deployment):
    async with sessions.opened(account("listener"), account("friend")) as session:
        await sessions.join(session, account("outsider"))


@pytest.mark.parametrize("way", [ways.ENDS_WITH_ITS_OWNER, ways.ENDS_WITH_THE_LAST, ways.ENDS_HIDDEN])
def test_everybody_leaves_and_the_end_is_seen(during, tmp_path, way):
    """Whoever joined leaves first, the owner last; then nobody finds the session any more."""
    deployment = during(way, together)
    assert deployment.sessions == {}
    left = [line for line in deployment.seen if "/leave" in line]
    assert [line.rpartition(" ")[2] for line in left] == ["outsider", "friend", "listener"]
    assert last_events(tmp_path) == ["removed"]
    assert left_behind(tmp_path, run=RUN, stays=True) == ()


@pytest.mark.parametrize(
    ("way", "why"),
    [
        (ways.STAYS, "it is still there, answered 200"),
        (ways.STAYS_UNSEEN, "cannot be read back: answered 403"),
        (ways.NEVER_FOUND, "cannot be read back"),
        (ways.REFUSES_TO_LET_GO, "DELETE as listener: 503"),
        (ways.STAYS_HIDDEN, "it is still there: POST as listener is let in"),
        (ways.ONLY_ITS_OWNER_LEAVES, "it is still there, answered 200 to friend"),
        (ways.NO_ROUTE_TO_LEAVE, "DELETE as listener: 404): say as routes.leave how a session is left"),
        (ways.NOBODY_LEAVES, "it is still there, answered 200 to listener"),
    ],
)
def test_what_stays_or_cannot_be_seen_is_left_behind(during, tmp_path, way, why):
    """Never "removed" for a request that was merely answered."""
    during(way, together)
    assert last_events(tmp_path) == ["left behind"]
    said, remedy = left_behind(tmp_path, run=RUN, stays=True)
    assert said.startswith("left behind: group session s1")
    assert why in said
    assert remedy.startswith("to remove what was left behind: golive undo ")


def test_where_it_is_hidden_a_session_of_one_is_knocked_at(during, tmp_path):
    """Somebody who has left is told 404 there, and that it is gone is seen by nobody getting in any more."""

    async def alone_after_others(sessions, deployment):
        await together(sessions, deployment)
        async with sessions.opened(account("listener")):
            pass

    assert during(ways.ENDS_HIDDEN, alone_after_others).sessions == {}
    assert last_events(tmp_path) == ["removed", "removed"]


def test_who_knocked_leaves_again(during):
    """Looking whether it is there makes nobody a member for longer than that."""
    deployment = during(ways.STAYS_HIDDEN, together)
    assert [session["members"] for session in deployment.sessions.values()] == [[]]


def test_failure_of_leaving_does_not_take_the_place_of_the_check_s_own(during, tmp_path):
    """Nor does a sign-in that fails where a token is needed to leave."""

    async def fail(sessions, deployment):
        async def refused(_role):
            raise AssertionError("sign-in: expected status 200, observed 429")

        async def check():
            async with sessions.opened(account("listener")) as session:
                sessions.joins_in_a_page(session, "friend")
                deployment.sessions[session.id]["members"].append("friend")
                sessions._sign_in = refused
                raise RuntimeError("the check's own")

        with pytest.raises(RuntimeError, match="own"):
            await check()

    during(ways.ENDS_WITH_THE_LAST, fail)
    (thing,) = read_journal(tmp_path, run=RUN).open
    assert "observed 429" in thing.why


def test_failing_check_leaves_nothing_behind(during, tmp_path):
    """Whatever happens in between."""

    async def fail(sessions, _deployment):
        with pytest.raises(RuntimeError):
            async with sessions.opened(account("listener"), account("friend")):
                raise RuntimeError("in between")

    assert during(ways.ENDS_WITH_THE_LAST, fail).sessions == {}
    assert last_events(tmp_path) == ["removed"]


def test_session_of_a_page_is_read_back_where_the_page_ended_it(during, tmp_path):
    """Nothing is sent for it any more."""

    async def in_a_page(sessions, deployment):
        async with sessions.made_in_a_page("listener", "friend") as made:
            session = deployment.open("listener")
            await made(session)
            del deployment.sessions[session]

    deployment = during(ways.ENDS_WITH_THE_LAST, in_a_page)
    assert not [line for line in deployment.seen if "DELETE" in line]
    assert last_events(tmp_path) == ["already gone"]


def test_members_who_joined_in_pages_leave_too(during, tmp_path):
    """Where the page did not come to leaving, or leaving alone does not end it."""

    async def in_a_page(sessions, deployment):
        async with sessions.made_in_a_page("listener", "friend") as made:
            await made(deployment.open("listener", "friend"))
        async with sessions.opened(account("listener")) as session:
            sessions.joins_in_a_page(session, "friend")
            deployment.sessions[session.id]["members"].append("friend")

    assert during(ways.ENDS_WITH_THE_LAST, in_a_page).sessions == {}
    assert last_events(tmp_path) == ["removed", "removed"]


def test_session_that_no_page_told_of_is_perhaps_left_behind(during, tmp_path):
    """Nobody knows whether it was made; its name is said."""

    async def in_a_page(sessions, _deployment):
        async with sessions.made_in_a_page("listener"):
            pass

    during(ways.ENDS_WITH_THE_LAST, in_a_page)
    assert left_behind(tmp_path, run=RUN, stays=False) == (
        f"perhaps left behind: group session golive {RUN}",
    )


def test_journal_is_written_before_the_requests(during, tmp_path):
    """What a killed run leaves can be read whenever it was killed."""
    found = []

    async def look(sessions, _deployment):
        async with sessions.opened(account("listener"), account("friend")):
            found.extend(read_journal(tmp_path, run=RUN).open)

    during(ways.ENDS_WITH_THE_LAST, look)
    (thing,) = found
    assert [step.account for step in thing.steps] == ["listener", "friend"]
    assert [step.account for step in thing.read_backs] == ["listener", "friend"]
    assert "token-of" not in (tmp_path / "created.jsonl").read_text(encoding="utf-8")


def test_the_journal_names_the_account_that_played_the_role(during, tmp_path):
    """Whoever undoes it later signs in as that one, and not as the role's own."""

    async def in_a_page(sessions, deployment):
        token = accounts_in_play.set({"listener": "listener-2", "friend": "friend-3"})
        try:
            async with sessions.made_in_a_page("listener", "friend") as made:
                await made(deployment.open("listener-2", "friend-3"))
        finally:
            accounts_in_play.reset(token)

    assert during(ways.ENDS_WITH_THE_LAST, in_a_page).sessions == {}
    (thing,) = read_journal(tmp_path, run=RUN).things
    assert [step.account for step in thing.steps] == ["listener-2", "friend-3"]
