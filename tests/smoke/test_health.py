"""Health and release identity of every replica and of the public address."""

import asyncio

import pytest

from golive.expect.health import expect_all_healthy
from golive.expect.http import expect_no_store
from golive.expect.release import expect_release, expect_uniform

MIXED_FLEET_SAMPLES = 12


@pytest.mark.checklist("step.backend.health", "post.services")
async def test_every_replica_and_its_dependencies_are_healthy(api, evidence):
    """Every replica is healthy, and each dependency by its own state; a 200 that says degraded is not."""
    observations = [evidence(seen) for seen in await api.get_from_each(api.routes.health)]
    for observation in observations:
        expect_all_healthy(observation, api.target.dependencies)


@pytest.mark.checklist("step.backend.health", "post.services")
async def test_public_health_is_healthy_and_never_cached(api, evidence):
    """The public health answer is healthy, and no cache may keep it."""
    observation = evidence(await api.get(api.routes.health))
    expect_all_healthy(observation, api.target.dependencies)
    expect_no_store(observation)


@pytest.mark.checklist("step.backend.api", "post.services")
async def test_every_replica_runs_the_release(api, release, evidence):
    """Every replica, and the public address, reports the release under verification."""
    observations = [evidence(seen) for seen in await api.get_from_each(api.routes.version)]
    expect_release(observations, release)


@pytest.mark.checklist("step.backend.api", "post.services")
async def test_public_address_serves_one_release_only(api, evidence):
    """Over several requests the public address reports one release: no mixed fleet."""
    asked = (api.get(api.routes.version) for _ in range(MIXED_FLEET_SAMPLES))
    observations = await asyncio.gather(*asked)
    evidence(observations[0])
    instances = sorted({str(seen.json().get("instance", "unnamed")) for seen in observations})
    evidence.note("instances behind the public address", requests=len(observations), instances=instances)
    expect_uniform(observations, instances=max(1, len(api.target.replicas)))
