"""After the deployment monitoring still gets its data: from every replica, and of what happens now."""

from functools import partial

import pytest

from golive.monitoring.rules import expect_fresh_everywhere, expect_grown
from golive.rules.failure import require_non_empty

pytestmark = [pytest.mark.checklist("post.monitoring"), pytest.mark.harm("nuisance")]


async def test_fresh_samples_come_from_every_target(prometheus, watched_jobs, monitoring, settled, evidence):
    """The newest sample of every required series, from every target, is younger than two scrape intervals."""
    for series in require_non_empty(monitoring.series, "series that is required"):
        look = partial(prometheus.freshness, series.name, series.job)
        count = watched_jobs[series.job].targets
        holds = partial(expect_fresh_everywhere, count=count, within=2 * monitoring.every)
        holds(evidence(await settled(look, holds)))


@pytest.mark.serial
async def test_own_requests_show_in_the_counters(own_traffic, evidence):
    """Requests that the suite sends are counted, every one of them."""
    before = evidence(await own_traffic.counter())
    holds = partial(expect_grown, before, by=own_traffic.count)
    await own_traffic.send()
    holds(evidence(await own_traffic.counted(holds)))
