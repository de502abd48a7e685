"""How recommendations are served: from a model that is not stale, the same everywhere, and in time."""

import asyncio
from datetime import UTC, datetime

import pytest

from fixtures.recommendations import at, ids
from golive.api.rules_paging import expect_same_list
from golive.api.wire.success import expect_success
from golive.core.duration import format_duration
from golive.core.outcome import Blind
from golive.net.errors import TransportError
from golive.rules.latency import expect_quantile
from golive.rules.samples import Samples

pytestmark = [
    pytest.mark.harm("slow"),
    pytest.mark.checklist("step.smoke.recommendations", "post.critical"),
    pytest.mark.needs("routes.recommendations"),
    pytest.mark.usefixtures("recommendations_are_there"),
]


@pytest.mark.needs("signs_of_age")
@pytest.mark.harm("content")
async def test_model_is_not_stale(sign_of_age, rankings, api, listener, evidence, profile, now):
    """Every replica ranks with the same model, and the model is no older than the profile allows."""
    if sign_of_age == "replicas-agree":
        asked = (rankings.personal(listener, base=replica.url) for replica in api.replicas())
        try:
            first, *others = [evidence(answer) for answer in await asyncio.gather(*asked)]
        except TransportError as error:
            # That a replica is down is the health line's finding, not the model's.
            raise Blind(f"a replica does not answer: {error}", remedy="fix the replica first") from None
        for other in others:
            expect_same_list(
                ids(rankings.tracks(first)),
                ids(rankings.tracks(other)),
                what=f"list of another replica than {first.target}",
                where=other.title,
            )
        return
    answer = evidence(await rankings.personal(listener, limit=1))
    expect_success(answer)
    field, limit = profile.recommendations.model_timestamp, profile.recommendations.model_age
    age = now() - _instant(at(answer.json(), field), field, answer)
    evidence.note("age of the model", seconds=round(age.total_seconds()), limit=format_duration(limit))
    assert age <= limit, (
        f"age of the model: expected ≤ {format_duration(limit)}, observed {format_duration(age)}:"
        f" bring the model up to date, see why its refresh stopped — {answer.title}"
    )


@pytest.mark.serial
async def test_recommendations_come_in_time(rankings, listener, evidence, profile):
    """The 95th percentile of the latency is within budget."""
    await _measure(
        lambda: rankings.personal(listener), profile.budgets.recommendations_p95, evidence, profile
    )


@pytest.mark.serial
@pytest.mark.needs("routes.search")
@pytest.mark.usefixtures("search_is_there")
async def test_search_comes_in_time(rankings, listener, evidence, profile):
    """The 95th percentile of language search's latency is within budget."""
    query = next((search.query for search in profile.recommendations.searches), "jazz")
    await _measure(lambda: rankings.search(listener, query), profile.budgets.search_p95, evidence, profile)


async def _measure(ask, budget, evidence, profile):
    samples = Samples(profile.budgets.latency_samples)
    while samples.wanted:
        answer = await ask()
        expect_success(answer)
        samples.add(answer)
    evidence.latency(f"latency of {answer.title}", samples.ms, budget=budget)
    expect_quantile(samples.ms, 0.95, budget, where=answer.title, at_least=profile.budgets.latency_samples)


def _instant(value, field, answer):
    try:
        instant = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise AssertionError(
            f"field {field}: expected an instant such as 2026-11-28T14:00:00Z, observed none — {answer.title}"
        ) from None
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
