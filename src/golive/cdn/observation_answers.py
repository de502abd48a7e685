"""What the edge does with what is not an asset: pages, personal answers, sockets, the client's address."""

from dataclasses import dataclass
from typing import ClassVar

from pydantic import JsonValue

from golive.cdn.observation import Look, ResponseSummary
from golive.core.outcome import Unseen


@dataclass(frozen=True, slots=True)
class Personal:
    """One personal address, asked by its owner and then by others."""

    owner: ResponseSummary
    anonymous: ResponseSummary
    other: ResponseSummary
    """By another signed-in user."""


@dataclass(frozen=True, slots=True)
class SeenAddress:
    """The client's address as the application sees it."""

    seen: str
    ours: tuple[str, ...]
    """Addresses that the suite comes from."""
    dialled: str
    """The address of the edge."""


@dataclass(frozen=True, slots=True)
class AnswerSurvey:
    """Answers that must pass the edge unshared."""

    kind: ClassVar[str] = "http"

    title: str
    pages: tuple[tuple[Look, Look], ...]
    """The front page at each address of its host, twice."""
    personal: Personal | Unseen
    socket: int | Unseen | None
    """Status of a WebSocket handshake; None where the deployment has no sockets."""
    address: SeenAddress | Unseen

    def facts(self) -> dict[str, JsonValue]:
        """Statuses, and what was said of caches."""
        facts: dict[str, JsonValue] = {"page": [[_shown(look) for look in pair] for pair in self.pages]}
        if isinstance(self.personal, Personal):
            asked = (self.personal.owner, self.personal.anonymous, self.personal.other)
            facts["personal answer to owner, nobody, another"] = [_shown(look) for look in asked]
        if isinstance(self.socket, int):
            facts["WebSocket handshake"] = self.socket
        if isinstance(self.address, SeenAddress):
            facts["client address is the suite's"] = self.address.seen in self.address.ours
        return facts


def _shown(look: Look) -> str:
    if not isinstance(look, ResponseSummary):
        return f"{type(look).__name__}: {look.message}"
    return f"{look.status}, {look.header('cache-control') or 'no Cache-Control'}, {look.cache_message}"
