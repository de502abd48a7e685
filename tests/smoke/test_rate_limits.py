"""Rate limits: said on every answer, kept, and not to be talked around."""

import asyncio
import re
from random import randrange

import pytest

from golive.api.rules_limits import expect_limit_headers
from golive.core.outcome import Blind
from golive.rules.controls import expect_twin
from golive.rules.failure import fail
from golive.rules.http import expect_refusal

pytestmark = [
    pytest.mark.harm("people"),
    pytest.mark.checklist("step.smoke.auth", "post.critical"),
    pytest.mark.needs("rate_limits"),
]

NOWHERE = ("192.0.2.77", "198.51.100.77")
BATCH = 8
TURNED_AWAY = (400, 401, 403, 422, 429)
"""How a sign-in that nobody has an account for is answered, where sign-ins are answered at all."""


@pytest.mark.harm("nuisance")
async def test_every_answer_names_its_limit(api, rate_limits, listener, evidence):
    """Answers say limit, remainder and reset, to users, to strangers, and to refusals."""
    answers = await asyncio.gather(
        api.get(api.routes.profile, token=listener.token),
        api.get(api.routes.profile),
        api.get("/golive-no-such-route"),
    )
    for answer in answers:
        expect_limit_headers(evidence(answer), rate_limits)


@pytest.mark.needs("token_answer")
@pytest.mark.usefixtures("password_let_in")
@pytest.mark.harm("nuisance")
async def test_sign_in_names_its_limit(rate_limits, sign_in, evidence):
    """A sign-in says how many more of them there may be."""
    expect_limit_headers(evidence(await sign_in.with_password("outsider")), rate_limits)


@pytest.mark.harm("nuisance")
async def test_remainder_goes_down(api, rate_limits, listener, evidence):
    """Of two requests of the same user the second has less left."""
    one = evidence(await api.get(api.routes.profile, token=listener.token))
    other = evidence(await api.get(api.routes.profile, token=listener.token))
    left = [expect_limit_headers(seen, rate_limits) for seen in (one, other)]
    if left[1] >= left[0]:
        expected, observed = f"fewer than the {left[0]} before", f"{left[1]}: requests are not counted"
        fail("requests that a user has left", expected=expected, observed=observed, where=other.title)


@pytest.mark.usefixtures("api_speaks")
async def test_strangers_cannot_choose_their_address(api, rate_limits, evidence):
    """A forwarding header from outside does not give a client a fresh budget."""
    header = rate_limits.client_address_header or "X-Forwarded-For"
    left = []
    for address in NOWHERE:
        answer = evidence(await api.get(api.routes.profile, headers={header: address}))
        left.append(expect_limit_headers(answer, rate_limits))
    if left[1] >= left[0]:
        observed = f"{left[0]} left, then {left[1]} for another made-up address"
        fail("budget of one client", expected="counted together", observed=observed, where=answer.title)


@pytest.mark.write("budget:sign-ins of a made-up client")
@pytest.mark.meets_rate_limit
@pytest.mark.needs("rate_limit_trial")
async def test_sign_in_limit_is_kept(api, rate_limits, reachable_replicas, evidence):
    """After the promised number of sign-ins a client gets 429 with Retry-After, at every replica.

    The client is made up, at an address that nobody has, and spoken for to a replica as its load
    balancer would: nobody is locked out.
    """
    header = rate_limits.client_address_header
    if header is None:
        raise Blind(
            "the profile does not say how replicas learn the client's address, so nobody can be made up",
            remedy="name rate_limits.client_address_header if the suite reaches the replicas themselves,"
            ' or: [features] rate_limit_trial = { absent = "reason" }',
        )
    network = rate_limits.trial_network
    headers = {header: str(network[randrange(network.num_addresses)])}  # noqa: S311 - anybody may know it
    body = {"email": "golive-nobody@golive.invalid", "password": "golive"}

    async def ask(index):
        base = reachable_replicas[index % len(reachable_replicas)]
        return await api.post(api.routes.sign_in, json=body, headers=headers, base=base)

    answers = []
    for start in range(0, rate_limits.sign_in, BATCH):
        batch = range(start, min(start + BATCH, rate_limits.sign_in))
        answers += await asyncio.gather(*(ask(index) for index in batch))
    for answer in answers:
        if answer.status not in TURNED_AWAY:
            expect_twin(answer, "sign-ins are answered", route="routes.sign_in", who="anybody")
    early = sum(answer.status == 429 for answer in answers)
    evidence(answers[-1])
    beyond = [evidence(await ask(index)) for index in range(len(reachable_replicas))]
    evidence.note("sign-ins of a made-up client", within=len(answers), refused_early=early)
    if early:
        expected = f"none of the first {rate_limits.sign_in} refused by 429"
        fail("sign-in limit", expected=expected, observed=f"{early} refused", where=answers[0].title)
    for answer in beyond:
        expect_refusal(answer, f"sign-in number {rate_limits.sign_in + 1} of a client", 429)
        wait = answer.header("retry-after") or ""
        if not re.fullmatch(r"[1-9]\d{0,5}|[A-Z][a-z]{2}, .+ GMT", wait):
            fail("Retry-After", expected="seconds or a date", observed=wait or "none", where=answer.title)
        left = expect_limit_headers(answer, rate_limits)
        if left != 0:
            fail("sign-ins left to who was refused", expected=0, observed=left, where=answer.title)
