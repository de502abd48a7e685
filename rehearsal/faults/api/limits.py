"""Rate limits that are not said, not kept, or easily talked around."""

from __future__ import annotations

from typing import Any

from rehearsal.faults.api.rewriting import Answer, rewrite
from rehearsal.faults.base import ApiFault, Fault
from rehearsal.stack.plan import StackPlan


class NotSaid(ApiFault):
    """Answers say nothing about limits."""

    name = "limits.not-said"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_every_answer_names_its_limit", "test_sign_in_names_its_limit")

    def modify(self, app: Any) -> None:
        def change(_scope: dict[str, Any], answer: Answer) -> None:
            answer.headers = [pair for pair in answer.headers if not pair[0].startswith("x-ratelimit")]

        rewrite(app, change)


class NotCounted(ApiFault):
    """Limits are named, and requests are not counted."""

    name = "limits.not-counted"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_remainder_goes_down",)

    def modify(self, app: Any) -> None:
        async def increment(_key: str, seconds: int) -> tuple[int, int]:
            return 1, seconds

        app.cache.increment = increment


class SignInNotLimited(ApiFault):
    """Passwords may be tried without end."""

    name = "limits.sign-in-is-not-limited"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_sign_in_limit_is_kept",)

    def modify(self, app: Any) -> None:
        healthy = app.rate_limits.take

        async def take(path: str, *request: Any) -> Any:
            return app.rate_limits.untouched() if path == "/auth/login" else await healthy(path, *request)

        app.rate_limits.take = take


class NoRetryAfter(ApiFault):
    """Who met the limit is not told how long to wait."""

    name = "limits.no-retry-after"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_sign_in_limit_is_kept",)

    def modify(self, app: Any) -> None:
        rewrite(app, lambda _scope, answer: answer.set_header("retry-after", None))


class CountedByReplica(ApiFault):
    """Each replica counts for itself, so that together they let twice as much through."""

    name = "limits.counted-by-replica"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_sign_in_limit_is_kept",)

    def modify(self, app: Any) -> None:
        healthy = app.cache.increment

        async def increment(key: str, seconds: int) -> Any:
            return await healthy(f"{key}:{app.settings.instance}", seconds)

        app.cache.increment = increment


class AddressFromTheClient(Fault):
    """The edge believes clients what address they come from, so each chooses a fresh budget."""

    name = "limits.address-from-the-client"
    expected_failures = ("step.smoke.auth", "post.critical")
    proves = ("test_strangers_cannot_choose_their_address",)

    def apply(self, stack: StackPlan) -> None:
        stack.edge.believes_clients = True
