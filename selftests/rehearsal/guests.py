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


class Guest:
    """An account of this test alone."""

    def __init__(self, running: Any) -> None:
        self.running = running
        self.email = f"guest-{secrets.token_hex(6)}@audotics.test"
        place = {"X-Forwarded-For": f"203.0.113.{secrets.randbelow(250)}"}
        account = {"email": self.email, "password": PASSWORD}
        with running.client() as api:
            answer = api.post("/auth/register", json={**account, "displayName": "Guest"}, headers=place)
            assert answer.status_code == 201, answer.text
            self.id = answer.json()["id"]
            pair = api.post("/auth/login", json=account, headers=place).json()
        self.token, self.refresh = pair["accessToken"], pair["refreshToken"]

    def do(self, method: str, path: str, replica: int = 0, **more: Any) -> Any:
        with self.running.client(replica) as api:
            return api.request(method, path, headers=bearer(self.token), **more)


async def until(holds: Callable[[], bool], what: str) -> None:
    """Wait for something that comes by itself. Fails with its name."""
    for _ in range(int(WAIT_SECONDS / 0.02)):
        if holds():
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"never: {what}")
