"""Wrong input is refused as what it is: never by a failure of the server, never by a success."""

import asyncio

import pytest

from fixtures.operations import wrong_inputs
from golive.expect.failure import unmet
from golive.expect.http import expect_error_shape
from golive.expect.privacy import expect_nothing_internal
from golive.model.outcome import Blind

pytestmark = pytest.mark.checklist("step.smoke.auth", "post.critical")

SIDE_BY_SIDE = 4


async def test_wrong_parameters_are_refused(api, operations, listener, evidence):
    """Wrong parameters and ids of reads get a 4xx of the API's own form, which shows no internals."""
    tried = [op for op in operations if op.method == "GET" and op.access != "administrator"]
    await _try(tried, api, listener, evidence)


@pytest.mark.write
async def test_wrong_bodies_are_refused(api, operations, listener, evidence):
    """Wrong bodies get a 4xx of the API's own form, which shows no internals, and change nothing."""
    tried = [op for op in operations if op.method in ("POST", "PUT", "PATCH") and op.body]
    await _try(tried, api, listener, evidence)


async def test_unknown_route_is_not_found(api, evidence):
    """What does not exist is a 404 of the API's own form, not a page and not a success."""
    answer = evidence(await api.get("/golive-no-such-route"))
    expect_error_shape(answer, 404)
    expect_nothing_internal(answer)


async def _try(operations, api, listener, evidence):
    if not operations:
        unmet("operations to try", expected="at least one", observed="none", where="[[operations]]")
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
    problems = []
    for (operation, wrong), answer in zip(cases, answers, strict=True):
        if answer.status == 429:
            raise Blind(
                f"the rate limit was met, so {wrong.what} was not judged — {answer.title}",
                remedy="exempt the suite's address, or lower cases_at_most of the operation",
            )
        try:
            if answer.status not in operation.refusals:
                wanted = " or ".join(map(str, operation.refusals))
                unmet(
                    f"wrong input ({wrong.what})", expected=wanted, observed=answer.status, where=answer.title
                )
            expect_error_shape(answer, answer.status)
            expect_nothing_internal(answer)
        except AssertionError as error:
            evidence(answer)
            problems.append(str(error))
            await _undo(operation, answer, api, listener)
    statuses = sorted({answer.status for answer in answers})
    evidence.note("wrong inputs", tried=len(cases), operations=len(operations), statuses=statuses)
    if problems:
        more = f" (and {len(problems) - 1} more, see the evidence)" if len(problems) > 1 else ""
        raise AssertionError(f"{problems[0]}{more}")


async def _undo(operation, answer, api, listener):
    """Undo what a wrong input was wrongly accepted for."""
    if operation.undo is None or answer.status >= 300:
        return
    body = answer.json()
    if isinstance(body, dict) and isinstance(body.get("id"), str):
        await api.request("DELETE", operation.undo, id=body["id"], token=listener.token)
