"""Limits and pages: bounded, refused where they make no sense, and parts of one list."""

import asyncio

import pytest

from audotics.rules_ranking import expect_count
from fixtures.recommendations import ids
from golive.api.rules_inputs import expect_input_refused
from golive.api.rules_paging import expect_pages, expect_same_list

pytestmark = [
    pytest.mark.checklist("step.smoke.recommendations", "post.critical"),
    pytest.mark.needs("routes.recommendations"),
    pytest.mark.usefixtures("recommendations_are_there"),
]

WRONG_LIMITS = {
    "limit-0": {"limit": 0},
    "limit-negative": {"limit": -1},
    "limit-text": {"limit": "abc"},
    "limit-huge": {"limit": 10**9},
    "limit-repeated": {"limit": [3, 5]},
    "offset-negative": {"offset": -1},
    "offset-text": {"offset": "abc"},
    "offset-huge": {"offset": 10**9},
    "offset-repeated": {"offset": [0, 5]},
}


@pytest.mark.parametrize("params", WRONG_LIMITS.values(), ids=WRONG_LIMITS)
async def test_wrong_limit_or_offset_is_refused(params, rankings, listener, evidence):
    """A limit or offset that makes no sense is refused: no accident, and never the whole catalogue."""
    (name, value), *_ = params.items()
    answer = evidence(await rankings.personal(listener, **params))
    expect_input_refused(answer, what=f"{name} {value}")


async def test_limit_has_a_maximum(rankings, listener, evidence, profile):
    """The largest limit gives that many tracks; one more is refused or gives no more."""
    largest = profile.budgets.recommendations_maximum
    answer = evidence(await rankings.personal(listener, limit=largest))
    total = rankings.total(answer)
    least = largest if total is None else min(largest, total)
    expect_count(rankings.tracks(answer), at_least=least, at_most=largest, where=answer.title)
    beyond = evidence(await rankings.personal(listener, limit=largest + 1))
    if beyond.status == 200:
        expect_count(rankings.tracks(beyond), at_most=largest, where=beyond.title)
    else:
        expect_input_refused(beyond, what=f"limit {largest + 1}")


async def test_pages_are_parts_of_one_list(rankings, listener, evidence, profile):
    """Pages are disjoint, complete and stable: one after the other they are the list itself, twice over."""
    rules = profile.recommendations
    size, count = rules.page_size, rules.pages
    asked = [rankings.personal(listener, limit=size, offset=size * n) for n in (*range(count), 0)]
    *answers, again = [evidence(answer) for answer in await asyncio.gather(*asked)]
    pages = [ids(rankings.tracks(answer)) for answer in answers]
    # As many as fit into one answer: the pages beyond are held to be disjoint only.
    whole = evidence(
        await rankings.personal(listener, limit=min(size * count, profile.budgets.recommendations_maximum))
    )
    expected = ids(rankings.tracks(whole))
    fitting = pages[: len(expected) // size]
    expect_pages(fitting, expected[: size * len(fitting)], where=whole.title)
    expect_same_list(pages[0], ids(rankings.tracks(again)), what="first page, asked again", where=again.title)


async def test_last_page_ends_the_list(rankings, listener, evidence):
    """The last page holds what is left, and behind it there is nothing."""
    answer = evidence(await rankings.personal(listener, limit=1))
    total = rankings.total(answer)
    if total is None:
        evidence.note("answers do not say how many tracks there are", declared="recommendations.fields.total")
        expect_count(rankings.tracks(answer), at_least=1, at_most=1, where=answer.title)
        return
    left = min(5, total)
    last, behind = [
        evidence(seen)
        for seen in await asyncio.gather(
            rankings.personal(listener, limit=20, offset=total - left),
            rankings.personal(listener, limit=20, offset=total),
        )
    ]
    expect_count(rankings.tracks(last), at_least=left, at_most=left, where=last.title)
    found = rankings.found(behind)
    assert not found, f"behind the last page: expected nothing, observed {len(found)} — {behind.title}"
