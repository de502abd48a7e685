"""Wrong input is refused as what it is: never by a failure of the server, never by a success."""

import asyncio

import pytest

from golive.api.fixtures_operations import wrong_inputs
from golive.api.rules_inputs import Tried, expect_all_refused
from golive.api.rules_privacy import expect_nothing_internal
from golive.core.outcome import Blind
from golive.rules.failure import fail
from golive.rules.http import expect_error_shape, is_let_in

pytestmark = [pytest.mark.checklist("step.smoke.auth", "post.critical"), pytest.mark.harm("nuisance")]

SIDE_BY_SIDE = 4
NOT_THERE = {404, 405}


async def test_wrong_parameters_are_refused(
    api, operations, right_operations, listener, wrong_acceptances, evidence
):
    """Wrong parameters and ids of reads get a 4xx of the API's own form, which shows no internals."""
    tried = [op for op in operations if op.method == "GET" and op.access != "administrator"]
    await _try(tried, right_operations, api, listener, wrong_acceptances, evidence)


@pytest.mark.write("account:listener")
async def test_wrong_bodies_are_refused(
    api, operations, right_operations, listener, wrong_acceptances, evidence
):
    """Wrong bodies get a 4xx of the API's own form, which shows no internals, and change nothing."""
    with_body = [op for op in operations if op.method in ("POST", "PUT", "PATCH") and op.body]
    tried = [op for op in with_body if op.access != "administrator"]
    closed = [f"{op.method} {op.route}" for op in with_body if op.access == "administrator"]
    if closed:
        evidence.note("wrong input that no account of ours may send", operations=closed)
    await _try(tried, right_operations, api, listener, wrong_acceptances, evidence)


@pytest.mark.usefixtures("let_in")
async def test_unknown_route_is_not_found(api, evidence):
    """What does not exist is a 404 of the API's own form, not a page and not a success."""
    answer = evidence(await api.get("/golive-no-such-route"))
    expect_error_shape(answer, 404)
    expect_nothing_internal(answer)


async def _try(operations, right_operations, api, listener, wrong_acceptances, evidence):
    if not operations:
        fail("operations to try", expected="at least one", observed="none", where="[[operations]]")
    places = asyncio.Semaphore(SIDE_BY_SIDE)

    async def send(operation, wrong):
        async with places:
            return await api.request(
                operation.method,
                wrong.path,
                token=None if operation.access == "public" else listener.token,
                params=wrong.params or None,
                json=wrong.json,
                content=wrong.content,
                headers={"content-type": wrong.content_type} if wrong.content_type else None,
            )

    cases = [(operation, wrong) for operation in operations for wrong in wrong_inputs(operation)]
    answers = await asyncio.gather(*(send(*case) for case in cases))
    # Whatever is said of them, and before anything is: what was made goes again.
    for (operation, _), answer in zip(cases, answers, strict=True):
        await wrong_acceptances.undo(operation, answer)
    problems = [
        problem
        for operation in operations
        async for problem in _not_there(
            operation,
            [answer for (one, _), answer in zip(cases, answers, strict=True) if one is operation],
            right_operations,
            api,
        )
    ]
    unjudged, tried = [], []
    for (operation, wrong), answer in zip(cases, answers, strict=True):
        control = await right_operations.control(operation)
        if control.failure is not None and not is_let_in(answer):
            unjudged.append(control.unjudged())
            continue
        if answer.status == 429:
            raise Blind(
                f"the rate limit was met, so {wrong.what} was not judged — {answer.title}",
                remedy="exempt the suite's address, or lower cases_at_most of the operation",
            )
        place = f"{operation.method} {operation.route}"
        tried.append(Tried(place, wrong.what, operation.refusals, answer))
    statuses = sorted({answer.status for answer in answers})
    evidence.note("wrong inputs", tried=len(cases), operations=len(operations), statuses=statuses)
    _keep_one_of_each(tried, evidence)
    if problems:
        more = f" (and {len(problems) - 1} more, see the evidence)" if len(problems) > 1 else ""
        raise AssertionError(f"{problems[0]}{more}")
    if tried or not unjudged:
        expect_all_refused(tried)
    if unjudged:
        raise unjudged[0]


def _keep_one_of_each(tried, evidence):
    """Record an answer of each status at each operation, those that are no refusals with all inputs."""
    seen = {}
    for one in tried:
        seen.setdefault((one.place, one.answer.status), []).append(one)
    for (place, status), ones in seen.items():
        evidence(ones[0].answer)
        evidence.note(f"{place}: answered {status}", inputs=[one.what for one in ones])


async def _not_there(operation, answers, right_operations, api):
    """That an operation is not there; of a route of the profile a check of its own says so."""
    if operation.route in set(api.routes.model_dump().values()) or "{id}" in operation.route:
        return
    control = await right_operations.control(operation)
    statuses = {answer.status for answer in answers}
    if isinstance(control.failure, AssertionError) and operation.method != "GET":
        yield str(control.failure)
    elif statuses and statuses <= NOT_THERE:
        what, observed = f"[[operations]] {operation.route}", f"{min(statuses)} to each: no such route"
        yield f"{what}: expected wrong input refused as such, observed {observed} — {answers[0].title}"
