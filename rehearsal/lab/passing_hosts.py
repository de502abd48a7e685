"""One lab edge for each CDN case that pages and personal answers show: they must pass it unshared."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace

from rehearsal.lab.h2_serving import Answered, Answering, Asked

PROFILE = "/users/me"
ADDRESS = "/client-address"
CLIENT = "127.0.0.1"
"""Where everybody comes from who looks at the lab."""
A_YEAR = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class PassingHost:
    """An edge before an application: its page, somebody's own account, a socket; healthy by default."""

    page: dict[str, str] = field(default_factory=lambda: {"cache-control": "no-cache"})
    """What the page's answer says."""
    own: dict[str, str] = field(default_factory=lambda: {"cache-control": "no-store"})
    """What the answer about one's own account says."""
    shares: bool = False
    """The edge gives the first personal answer to whoever asks next."""
    seen: str = CLIENT
    """The client's address, as the application sees it."""
    handshake: int = 401
    """How a WebSocket without a token is answered: by the application, or by an edge in its way."""

    def edge(self) -> Answering:
        """The answers of the public host, with a store of their own."""
        store: dict[str, Answered] = {}

        def answer(asked: Asked) -> Answered:
            if asked.path == PROFILE and self.shares and PROFILE in store:
                return store[PROFILE]
            found = self._found(asked)
            if found.status == 200:
                store.setdefault(asked.path, found)
            return found

        return answer

    def _found(self, asked: Asked) -> Answered:
        if asked.path == "/":
            return Answered(
                200, {"content-type": "text/html", **self.page}, b"<!doctype html><title>Lab</title>"
            )
        if asked.path == PROFILE:
            who = asked.headers.get("authorization")
            return _json(200, {"who": who}, self.own) if who else _json(401, {}, self.own)
        if asked.path == ADDRESS:
            return _json(200, {"address": self.seen}, {"cache-control": "no-store"})
        return _json(self.handshake, {}, {"cache-control": "no-store"})


def _json(status: int, content: dict[str, object], said: dict[str, str]) -> Answered:
    return Answered(status, {"content-type": "application/json", **said}, json.dumps(content).encode())


HEALTHY = PassingHost()

HOSTS: dict[str, PassingHost] = {
    "C03": replace(HEALTHY, shares=True),
    "C10": replace(HEALTHY, page={"cache-control": A_YEAR}),
    "C13": replace(HEALTHY, seen="10.0.0.5"),
    "C14": replace(HEALTHY, handshake=400),
}

VARIANTS: dict[str, tuple[str, PassingHost]] = {
    "a page with a cookie that anybody may keep": (
        "C02",
        replace(HEALTHY, page={"cache-control": "public, max-age=60", "set-cookie": "visitor=1"}),
    ),
    "a personal answer that anybody may keep": (
        "C03",
        replace(HEALTHY, own={"cache-control": "public, max-age=300"}),
    ),
    "a page that a cache may keep as long as it likes": (
        "C10",
        replace(HEALTHY, page={"last-modified": "Mon, 01 Jan 2024 00:00:00 GMT"}),
    ),
}
