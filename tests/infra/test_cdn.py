"""The content delivery network: what it keeps, what it must never keep, and whether it forgets on request."""

import asyncio

import pytest

from golive.cdn.response_summary import summarise
from golive.cdn.rules import judge_assets
from golive.cdn.rules_answers import judge_answers
from golive.cdn.rules_purge import expect_forgotten
from golive.rules.cases import expect_no_blocking_case
from golive.rules.http import expect_status

pytestmark = [pytest.mark.checklist("infra.cdn"), pytest.mark.harm("people")]

ATTEMPTS_TO_STORE = 4
"""An address of the edge may be several machines, each with a store of its own."""
PAUSE = 0.2


@pytest.mark.harm("content")
async def test_no_cdn_case_of_assets_is_met(asset_host, profile, evidence):
    """No CDN case that assets show is met at any address of the asset host."""
    survey = evidence(await asset_host.survey())
    expect_no_blocking_case(evidence(judge_assets(survey, profile.cases)))


async def test_pages_and_personal_answers_pass_unshared(passing_answers, cdn, profile, evidence):
    """Pages and personal answers are shared with nobody, and clients get through as themselves."""
    survey = evidence(await passing_answers.survey())
    expect_no_blocking_case(evidence(judge_answers(survey, cdn.bounds.page_lifetime, profile.cases)))


@pytest.mark.write("service:cdn store")
@pytest.mark.serial
@pytest.mark.needs("purge")
@pytest.mark.harm("content")
async def test_purged_asset_is_fetched_anew(asset_host, cdn, large_http, purging, evidence):
    """After a purge the edge asks the origin again, and then answers from its store as before."""
    survey = await asset_host.survey()
    url = f"{cdn.url}{survey.assets[0].path}"
    for _ in range(ATTEMPTS_TO_STORE):
        before = evidence(await large_http.get(url))
        if summarise(before).cache == "hit":
            break
    expect_status(evidence(await purging(url)), 200, 201, 202, 204)
    clock = asyncio.get_running_loop().time
    until = clock() + cdn.purge.within.total_seconds()
    answers = []
    while not answers or (answers[-1].cache == "hit" and clock() < until):
        await asyncio.sleep(PAUSE if answers else 0)
        answers.append(summarise(evidence(await large_http.get(url))))
    again = summarise(evidence(await large_http.get(url)))
    expect_forgotten(summarise(before), answers[-1], again)
