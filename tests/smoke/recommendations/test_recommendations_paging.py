"""Limits and pages: bounded, refused where they make no sense, and parts of one list."""

import asyncio

import pytest

from audotics.rules_ranking import expect_count
from fixtures.recommendations import ids
from golive.api.rules_inputs import expect_input_refused
from golive.api.rules_paging import expect_pages, expect_same_list
from golive.rules.http import is_let_in

pytestmark = [
    pytest.mark.harm("content"),
    pytest.mark.checklist("step.smoke.recommendations", "post.critical"),
    pytest.mark.needs("routes.recommendations"),
    pytest.mark.usefixtures("recommendations_are_there"),
]

HUGE = 10**9


@pytest.mark.needs("list_limits")
async def test_wrong_limit_or_offset_is_refused(wrong_part, rankings, listener, evidence, profile):
    """A limit, offset, page or cursor that makes no sense is refused, or cut: never the whole catalogue."""
    (name, value), *_ = wrong_part.items()
    answer = evidence(await rankings.personal(listener, **wrong_part))
    if name == "limit" and value == HUGE and is_let_in(answer):
        largest = profile.budgets.recommendations_maximum
        expect_count(rankings.tracks(answer), at_most=largest, where=answer.title)
        return
    expect_input_refused(answer, what=f"{name} {value}")


@pytest.mark.needs("list_limits")
async def test_limit_has_a_maximum(rankings, listener, evidence, profile):
    """The largest limit gives that many tracks; one more is refused or gives no more."""
    largest = profile.budgets.recommendations_maximum
    answer = evidence(await rankings.personal(listener, limit=largest))
    total = rankings.total(answer)
    least = largest if total is None else min(largest, total)
    expect_count(rankings.tracks(answer), at_least=least, at_most=largest, where=answer.title)
    beyond = evidence(await rankings.personal(listener, limit=largest + 1))
    if is_let_in(beyond):
        expect_count(rankings.tracks(beyond), at_most=largest, where=beyond.title)
    else:
        expect_input_refused(beyond, what=f"limit {largest + 1}")


@pytest.mark.needs("list_limits", "list_pages")
async def test_pages_are_parts_of_one_list(rankings, listener, evidence, profile):
    """Pages are disjoint, complete and stable: one after the other they are the list itself, twice over."""
    rules = profile.recommendations
    size, count = rules.page_size, rules.pages
    answers = [evidence(answer) for answer in await rankings.parts(listener, count, size)]
    again = evidence((await rankings.parts(listener, 1, size))[0])
    pages = [ids(rankings.tracks(answer)) for answer in answers]
    # As many as fit into one answer: the pages beyond are held to be disjoint only.
    whole = evidence(
        await rankings.personal(listener, limit=min(size * count, profile.budgets.recommendations_maximum))
    )
    expected = ids(rankings.tracks(whole))
    fitting = pages[: len(expected) // size]
    expect_pages(fitting, expected[: size * len(fitting)], where=whole.title)
    expect_same_list(pages[0], ids(rankings.tracks(again)), what="first page, asked again", where=again.title)


@pytest.mark.needs("list_limits", "list_pages")
async def test_last_page_ends_the_list(rankings, listener, evidence):
    """The last page holds what is left, and behind it there is nothing."""
    answer = evidence(await rankings.personal(listener, limit=1))
    total = rankings.total(answer)
    if total is None or rankings.paging.by == "cursor":
        evidence.note("no last page can be asked for", declared="recommendations.fields.total or paging.by")
        expect_count(rankings.tracks(answer), at_least=1, at_most=1, where=answer.title)
        return
    size = next(size for size in (20, 19, 17) if total % size or size == 17)
    number = max(0, total - 1) // size
    last, behind = [
        evidence(seen)
        for seen in await asyncio.gather(
            rankings.part(listener, number, size), rankings.part(listener, number + 1, size)
        )
    ]
    left = total - number * size
    expect_count(rankings.tracks(last), at_least=left, at_most=left, where=last.title)
    if behind.status == 404 and rankings.paging.by == "page":
        return  # a page that is not there
    found = rankings.found(behind)
    assert not found, f"behind the last page: expected nothing, observed {len(found)} — {behind.title}"
