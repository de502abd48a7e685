"""Users get in: page, API and socket, within their budgets."""

from datetime import timedelta

import pytest

from golive.browser.rules import expect_loaded_within, expect_painted_within, expect_stable_layout
from golive.profile.registry import configured
from golive.rules.http import expect_status
from golive.rules.latency import expect_quantile
from golive.rules.samples import Samples

pytestmark = [pytest.mark.harm("slow"), pytest.mark.checklist("post.accessible"), pytest.mark.serial]

SAMPLES = 5
SETTLING = timedelta(milliseconds=700)
"""How long after the load late content may still move the page."""


async def test_page_is_usable_within_budget(visitors, app, profile):
    """In a browser without any cache the page loads, paints and stands still within its budgets."""
    async with visitors.arrive("visitor") as visitor:
        observation = await visitor.open(app.url)
        await visitor.sees("the way to sign in", visitor.way_in)
        await visitor.page.wait_for_timeout(SETTLING.total_seconds() * 1000)
        settled = await visitor.observe()
        expect_loaded_within(observation, profile.budgets.page_load)
        expect_painted_within(settled, profile.budgets.largest_paint)
        expect_stable_layout(settled, at_most=profile.budgets.layout_shift)


@pytest.mark.harm("nuisance")
async def test_front_page_is_scanned_for_accessibility(visitors, app):
    """The front page is scanned for accessibility; what the scan finds is advice, and fails nothing."""
    async with visitors.arrive("visitor") as visitor:
        await visitor.open(app.url)
        await visitor.sees("the way to sign in", visitor.way_in)
        scanned = await visitor.scan("the form to sign in")
    assert scanned.passed, (
        f"accessibility: expected rules that the page keeps, observed none: nothing was scanned"
        f" — {scanned.target}"
    )


@pytest.mark.parametrize("part", ["app", "api"])
async def test_first_byte_comes_within_budget(part, app, api, http, evidence, profile):
    """The first byte of the page, and of the API's health, comes within the budget at the median."""
    url = app.url if part == "app" else api.url(api.routes.health)
    samples = Samples(SAMPLES, of=lambda seen: seen.timings.to_first_byte_ms)
    while samples.wanted:
        observation = await http.get(url)
        expect_status(observation, 200)
        samples.add(observation)
    evidence(observation)
    budget = profile.budgets.first_byte
    evidence.latency(f"first byte of {observation.title}", samples.ms, budget=budget)
    expect_quantile(samples.ms, 0.5, budget, where=observation.title, at_least=SAMPLES)


@pytest.mark.needs("api_budget")
async def test_api_answers_within_budget(measured_route, api, listener, evidence, profile):
    """Every route that the profile measures answers a user within the budget, at the 95th percentile."""
    route = configured(getattr(api.routes, measured_route), f"routes.{measured_route}")
    budget, samples = profile.budgets.api_p95, Samples(profile.budgets.latency_samples)
    while samples.wanted:
        answer = await api.get(route, token=listener.token)
        expect_status(answer, 200)
        samples.add(answer)
    evidence(answer)
    evidence.latency(f"latency of {answer.title}", samples.ms, budget=budget)
    expect_quantile(samples.ms, 0.95, budget, where=answer.title, at_least=profile.budgets.latency_samples)


@pytest.mark.usefixtures("handshake_let_in")
async def test_socket_opens_within_budget(realtime, listener, evidence, profile):
    """A signed-in user's socket opens within the budget for page load."""
    async with await realtime.connect(listener.token, who="listener") as connection:
        observation = evidence(connection.observe())
    budget_ms = profile.budgets.page_load.total_seconds() * 1000
    assert observation.connect_ms <= budget_ms, (
        f"socket: expected to open within {budget_ms:.0f} ms, observed {observation.connect_ms:.0f} ms"
        f" — {observation.target}"
    )
