"""People of one test alone, and waiting for what they should see."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from typing import Any

WAIT_SECONDS = 10.0
PASSWORD = "a long enough password"


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def somewhere() -> dict[str, str]:
    """As if from another place each time: one address may not register as often as the tests do."""
    return {"X-Forwarded-For": f"203.0.113.{secrets.randbelow(250)}"}


def register(running: Any, email: str, password: str, **more: Any) -> Any:
    """The answer to a registration."""
    account = {"email": email, "password": password, "displayName": "Guest", **more}
    with running.client() as api:
        return api.post("/auth/register", json=account, headers=somewhere())


class Guest:
    """An account of one test; registered anew unless an `email` is given."""

    def __init__(
        self,
        running: Any,
        email: str | None = None,
        password: str = PASSWORD,
        *,
        register_first: bool = False,
        display_name: str = "Guest",
    ) -> None:
        self.running = running
        self.email = email or f"guest-{secrets.token_hex(6)}@audotics.test"
        if email is None or register_first:
            answer = register(running, self.email, password, displayName=display_name)
            assert answer.status_code == 201, answer.text
        signed_in = self.sign_in(self.email, password)
        assert signed_in.status_code == 200, signed_in.text
        pair = signed_in.json()
        self.token, self.refresh = pair["accessToken"], pair["refreshToken"]
        self.id = self.do("GET", "/users/me").json()["id"]

    def sign_in(self, email: str, password: str) -> Any:
        """The answer to signing in with these."""
        account = {"email": email, "password": password}
        with self.running.client() as api:
            return api.post("/auth/login", json=account, headers=somewhere())

    def do(self, method: str, path: str, replica: int = 0, **more: Any) -> Any:
        """The answer to a request of this person at one replica."""
        with self.running.client(replica) as api:
            return api.request(method, path, headers=bearer(self.token), **more)


async def until(holds: Callable[[], bool], what: str) -> None:
    """Wait for something that comes by itself. Fails with its name."""
    for _ in range(int(WAIT_SECONDS / 0.02)):
        if holds():
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"never: {what}")
