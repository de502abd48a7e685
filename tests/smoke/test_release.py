"""The release under verification runs everywhere, and nothing else does."""

import asyncio

import pytest

from golive.release.rules import expect_release, expect_uniform

pytestmark = [
    pytest.mark.harm("content"),
    pytest.mark.checklist("step.backend.api", "post.services"),
    pytest.mark.usefixtures("health_is_there"),
    pytest.mark.needs("routes.version"),
]


async def test_every_replica_runs_the_release(api, api_answers, release, evidence):
    """Every replica, and the public address, reports the release under verification."""
    observations = [evidence(seen) for seen in await api.get_from_each(api.routes.version)]
    expect_release(observations[:-1] or observations, release)
    api_answers.expect_held()
    expect_release(observations, release)


@pytest.mark.usefixtures("api_speaks")
async def test_public_address_serves_one_release_only(api, evidence, profile):
    """Over several requests the public address reports one release: no mixed fleet."""
    asked = (api.get(api.routes.version) for _ in range(profile.budgets.release_samples))
    observations = await asyncio.gather(*asked)
    evidence(observations[0])
    instances = sorted({str(seen.json().get("instance", "unnamed")) for seen in observations})
    evidence.note("instances behind the public address", requests=len(observations), instances=instances)
    expect_uniform(observations, instances=max(1, len(api.target.replicas)))
    assert not (api.target.has_one_replica and len(set(instances)) > 1), (
        f"replicas: expected one, as targets.api.replicas says, observed {len(instances)}"
        f" ({', '.join(instances)}) — {observations[0].title}"
    )
