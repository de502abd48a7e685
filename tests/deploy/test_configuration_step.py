"""The deployment's step at the configuration."""

import asyncio
from urllib.parse import urljoin

import pytest

from golive.configuration.rules_digest import digest_of, expect_configuration
from golive.core.outcome import Blind
from golive.net.errors import TransportError

pytestmark = pytest.mark.harm("unusable")


@pytest.mark.checklist("step.backend.environment")
async def test_every_replica_runs_with_the_release_configuration(api, release_variables, profile, evidence):
    """The configuration digest that each replica reports equals that of the release's variables."""
    declared = profile.configuration.digest
    if declared is None:
        raise Blind(
            "the profile does not say where replicas report their configuration",
            remedy="let replicas report its digest, and name the path as configuration.digest.route",
        )
    variables = evidence(release_variables.of(declared.part))
    expected = digest_of(variables.values, without=declared.without)
    evidence.note("configuration digest of the release", algorithm="SHA-256", begins=expected[:12])
    answers = await asyncio.gather(*(_told(api, declared.route, replica) for replica in api.replicas()))
    observations = [evidence(answer) for answer in answers]
    expect_configuration(observations, declared, expected)


async def _told(api, route, replica):
    """What a replica answers. That it should answer at all is other lines' business."""
    remedy = "fix the replica first; then it says what it runs with"
    try:
        answer = await api.http.get(urljoin(replica.url, route))
    except TransportError as error:
        raise Blind(f"{replica.name} does not say what it runs with: {error}", remedy=remedy) from None
    if answer.status >= 500:
        raise Blind(f"{replica.name} does not say what it runs with: status {answer.status}", remedy=remedy)
    return answer
