"""The load balancer: traffic over all replicas, real time through it, none to a replica that is not well."""

import asyncio
from contextlib import AsyncExitStack, suppress
from datetime import timedelta
from itertools import cycle
from time import monotonic

import pytest

from golive.fleet.rules_balance import expect_none_of, expect_spread
from golive.net.errors import DeadlineExceeded
from golive.realtime.rules import expect_accepted, expect_received
from golive.rules.failure import fail
from golive.rules.http import expect_status

pytestmark = [pytest.mark.checklist("infra.load-balancer"), pytest.mark.harm("unusable")]


@pytest.mark.needs("distribution", "several_replicas")
async def test_requests_are_spread_over_all_replicas(behind_the_balancer, evidence, profile):
    """Requests over connections of their own are spread over all replicas by their shares (binomial test)."""
    rules = profile.load_balancer
    answers = await behind_the_balancer.ask(rules.requests)
    evidence(answers.observations[0])
    shares = behind_the_balancer.shares
    counts = {name: answers.answered_by.count(name) for name in shares}
    test = "exact binomial for each replica, two-sided, Bonferroni"
    evidence.note(
        "requests by replica",
        requests=rules.requests,
        counts=counts,
        failures=answers.failures,
        test=test,
        significance=rules.significance,
    )
    for answer in answers.observations:
        expect_status(answer, 200)
    bounds = expect_spread(answers.answered_by, shares, significance=rules.significance, where=answers.where)
    evidence.note("accepted", **{name: f"{fewest} to {most}" for name, (fewest, most) in bounds.items()})


@pytest.mark.needs("polling")
@pytest.mark.usefixtures("handshake_let_in")
async def test_sessions_begin_by_polling_and_are_upgraded(realtime, listener, evidence, profile):
    """Several clients at once begin by polling, stay with their replica, and become WebSockets."""
    async with AsyncExitStack() as stack:
        opening = (
            realtime.connect(listener.token, who=f"client {number}")
            for number in range(1, profile.load_balancer.connections + 1)
        )
        connections = [await stack.enter_async_context(one) for one in await asyncio.gather(*opening)]
        for connection in connections:
            seen = evidence(connection.observe())
            if not (seen.connected and seen.upgraded):
                observed = seen.transport if seen.connected else "lost"
                fail("connection", expected="upgraded from polling to WebSocket", observed=observed,
                      where=seen.target)  # fmt: skip


@pytest.mark.write("account:listener", "account:friend")
@pytest.mark.serial
@pytest.mark.needs("several_replicas")
async def test_broadcast_crosses_replicas_through_the_balancer(
    realtime, realtime_replicas, rooms, listener, friend, outsider, a_track, evidence
):
    """A change that one client makes through the balancer reaches clients at every single replica."""
    # Clients who stand at known replicas, because nobody is told where the balancer sends the others.
    places = zip(realtime_replicas, cycle((friend, outsider)), strict=False)
    at_replicas = [(account, probe) for probe, account in places]
    patience = timedelta(seconds=rooms.patience)
    async with rooms.opened((listener, realtime), *at_replicas) as room:
        sender, *members = room.members
        since = monotonic()
        answer = await rooms.update(sender, room, "add", a_track)
        await asyncio.gather(*(_until(member, room.updates(), rooms.patience) for member in members))
        seen = [evidence(member.observe()) for member in members]
    expect_accepted(answer)
    for observation in seen:
        expect_received(observation, room.updates(), what="playlist_updated", since=since, within=patience)


async def _until(connection, match, deadline):
    with suppress(DeadlineExceeded):
        await connection.wait_for(match, deadline=deadline)


@pytest.mark.destructive
@pytest.mark.needs("replica_trial", "several_replicas")
async def test_replica_that_is_not_well_gets_no_traffic(
    sick, replica_trials, behind_the_balancer, evidence, profile
):
    """A replica that says it is unhealthy, answers 5xx or answers late is taken out, and comes back."""
    replica = replica_trials.replica
    async with replica_trials.put(replica, sick):
        began = monotonic()
        answers = await behind_the_balancer.out_of_service(replica, replica_trials.rules.requests)
        evidence(answers.observations[0])
        evidence.note(
            f"{replica.name} was {sick}",
            settled_after=f"{monotonic() - began:.1f} s",
            within=f"{profile.load_balancer.settles_within.total_seconds():g} s",
            answered_by=sorted(set(answers.answered_by)),
            requests=len(answers.answered_by),
        )
    expect_none_of(answers.answered_by, replica.name, state=sick, where=answers.where)
    for answer in answers.observations:
        expect_status(answer, 200)


@pytest.mark.destructive
@pytest.mark.needs("replica_trial", "several_replicas")
async def test_draining_replica_keeps_who_is_connected(
    replica_trials, behind_the_balancer, clients_at, evidence
):
    """A draining replica gets no new request, and nobody who is connected to it is cut off."""
    replica, rules = replica_trials.replica, replica_trials.rules
    async with clients_at.standing(replica) as clients:
        evidence.note(f"connected to {replica.name} by its own word", clients=len(clients))
        async with replica_trials.put(replica, "draining"):
            answers = await behind_the_balancer.out_of_service(replica, rules.requests)
            evidence(answers.observations[0])
            await asyncio.sleep(rules.keeps_for.total_seconds())
            seen = [evidence(client.observe()) for client in clients]
    expect_none_of(answers.answered_by, replica.name, state="draining", where=answers.where)
    for observation in seen:
        if not observation.connected:
            what = f"connection to {replica.name} while it drains"
            fail(what, expected="it stands", observed="it was cut off", where=observation.target)
