"""What state this replica is in: operators may take it out of service for a while, to see what follows.

An inside route, `POST /ops/state/<state>?seconds=<n>` with the operators' token; the edge hides it. A state
ends by itself after its seconds, so that nobody has to remember.
"""

from __future__ import annotations

import asyncio
import hmac
import time
from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send

from rehearsal.services.api.errors import ApiError, ErrorShape

SERVING = "serving"
STATES = (SERVING, "draining", "unhealthy", "failing", "slow")
PREFIX = "/ops/"
HEALTH = ("/health", "/health/ready")
SLOW_SECONDS = 3.0
LONGEST_SECONDS = 600


class ReplicaState:
    """The state of this replica, and what it does to its HTTP answers. Connections that stand go on.

    `draining` and `unhealthy` answer 503 where the load balancer asks; `unhealthy` says so of the whole
    health too. `failing` answers 500 to everything, `slow` answers `SLOW_SECONDS` late.
    """

    def __init__(self, token: str, errors: ErrorShape, clock: Callable[[], float] = time.monotonic) -> None:
        self._token = token
        self._errors = errors
        self._clock = clock
        self._state = SERVING
        self._until = 0.0

    @property
    def state(self) -> str:
        """One of `STATES`."""
        return self._state if self._clock() < self._until else SERVING

    def change(self, token: str | None, state: str, seconds: str) -> None:
        """Be in `state` for so many seconds. Raises ApiError for a wrong token, state or number."""
        if not self._token or not hmac.compare_digest((token or "").encode(), self._token.encode()):
            raise ApiError(401, "Unauthorized")
        if state not in STATES or not seconds.isdecimal() or not 0 < int(seconds) <= LONGEST_SECONDS:
            raise ApiError(400, "Unknown state, or no such time")
        self._state, self._until = state, self._clock() + int(seconds)

    def around(self, app: ASGIApp) -> ASGIApp:
        """The application as it answers in the present state."""

        async def answer_in_state(scope: Scope, receive: Receive, send: Send) -> None:
            state = self.state
            if scope["type"] != "http" or state == SERVING or scope["path"].startswith(PREFIX):
                await app(scope, receive, send)
                return
            refused = {"draining": HEALTH[1:], "unhealthy": HEALTH}.get(state, ())
            if state == "slow":
                await asyncio.sleep(SLOW_SECONDS)
            elif state == "failing":
                await self._errors.response(500, "Internal Server Error")(scope, receive, send)
                return
            elif scope["path"] in refused:
                await self._errors.response(503, "Not ready")(scope, receive, send)
                return
            await app(scope, receive, send)

        return answer_in_state
