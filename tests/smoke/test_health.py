"""Health of every replica and of the public address: true, complete, stable, and of use to nobody else."""

import asyncio

import pytest

from golive.api.rules_health import expect_all_healthy, expect_health_form, expect_probe, expect_probes_agree
from golive.api.rules_privacy import expect_nothing_internal
from golive.core.outcome import Blind
from golive.rules.http import expect_no_store

pytestmark = [pytest.mark.checklist("step.backend.health", "post.services"), pytest.mark.harm("unusable")]

of_routes_that_are_there = pytest.mark.usefixtures("health_is_there")
"""That a route is missing is said once, by the check of the routes."""


def replicas_first(observations, api_answers):
    """Those of replicas; the public one, which is the last, only where it is the API that answers there."""
    *of_replicas, in_public = observations
    yield from of_replicas
    api_answers.expect_held()
    yield in_public


async def test_api_answers_at_its_public_address(api_answers, evidence):
    """At the public address the API itself answers, and no wall, gateway or page before it."""
    api_answers.judge(evidence)


async def test_health_routes_are_there(health_routes, evidence):
    """Health, version and the probes are where the profile says, at every replica and in public."""
    health_routes.judge(evidence)


@of_routes_that_are_there
@pytest.mark.needs("routes.health")
async def test_every_replica_and_its_dependencies_are_healthy(api, api_answers, evidence):
    """Every replica is healthy, and each dependency by its own state; a 200 that says degraded is not."""
    observations = [evidence(seen) for seen in await api.get_from_each(api.routes.health)]
    for observation in replicas_first(observations, api_answers):
        expect_all_healthy(observation, api.target.named_dependencies)


@of_routes_that_are_there
@pytest.mark.usefixtures("api_speaks")
@pytest.mark.needs("routes.health")
async def test_public_health_is_healthy_and_never_cached(api, evidence):
    """The public health answer is healthy, and no cache may keep it."""
    observation = evidence(await api.get(api.routes.health))
    expect_all_healthy(observation, api.target.named_dependencies)
    expect_no_store(observation)


@of_routes_that_are_there
@pytest.mark.needs("routes.health")
async def test_health_is_never_cached_nor_of_another_form(api, api_answers, evidence):
    """Every replica's health and version are JSON of the promised form, which no cache may keep."""
    for observation in replicas_first(await api.get_from_each(api.routes.health), api_answers):
        evidence(observation)
        expect_no_store(observation)
        expect_health_form(observation, api.target.named_dependencies)
    for observation in replicas_first(await api.get_from_each(api.routes.version), api_answers):
        expect_no_store(evidence(observation))


@of_routes_that_are_there
@pytest.mark.needs("routes.health")
@pytest.mark.harm("people")
async def test_health_shows_no_internals(api, api_answers, evidence):
    """Neither health nor version shows a secret, a connection string or a stack trace."""
    for route in (api.routes.health, api.routes.version):
        for observation in replicas_first(await api.get_from_each(route), api_answers):
            expect_nothing_internal(evidence(observation))


@of_routes_that_are_there
@pytest.mark.needs("routes.health")
@pytest.mark.serial
async def test_health_is_stable(api, api_answers, evidence, profile):
    """Over a short series every replica, and the public address, is healthy each time."""
    times = profile.budgets.health_samples
    for turn in range(times):
        observations = await api.get_from_each(api.routes.health)
        if turn == 0:
            for observation in observations:
                evidence(observation)
        for observation in replicas_first(observations, api_answers):
            try:
                expect_all_healthy(observation, api.target.named_dependencies)
            except AssertionError as error:
                evidence(observation)
                raise AssertionError(
                    f"health is not stable, request {turn + 1} of {times}: {error}"
                ) from None
        await asyncio.sleep(profile.budgets.health_interval.total_seconds())
    evidence.note("health was asked for in a series", times=times, places=len(observations))


@of_routes_that_are_there
@pytest.mark.needs("liveness", "routes.health", "routes.live", "routes.ready")
async def test_readiness_and_liveness_are_not_the_same(api, evidence):
    """Each replica is alive whatever it depends on, and ready exactly while it has what it needs."""
    routes = api.routes
    if routes.live is None or routes.ready is None:
        raise Blind(
            "the profile does not name both routes.live and routes.ready",
            remedy='add them, or say why they are not there: [features] liveness = { absent = "reason" }',
        )
    for replica in api.replicas():
        asked = (routes.health, routes.live, routes.ready)
        health, live, ready = await asyncio.gather(*(api.get(route, base=replica.url) for route in asked))
        expect_probes_agree(evidence(health), evidence(live), evidence(ready))


@of_routes_that_are_there
@pytest.mark.needs("liveness", "routes.live", "routes.ready")
@pytest.mark.parametrize("probe", ["live", "ready"])
async def test_probe_says_yes_on_every_replica(probe, api, api_answers, evidence):
    """Each replica is alive, and ready for requests, by routes of their own that no cache may keep."""
    route = getattr(api.routes, probe)
    if route is None:
        raise Blind(
            f"the profile has no routes.{probe}",
            remedy='add it, or say why there is none: [features] liveness = { absent = "reason" }',
        )
    for observation in replicas_first(await api.get_from_each(route), api_answers):
        expect_probe(evidence(observation))
        expect_nothing_internal(observation)
        expect_no_store(observation)
