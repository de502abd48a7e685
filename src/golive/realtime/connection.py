"""A standing real-time connection: one face for whichever protocol carries it."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Literal, Self

from pydantic import JsonValue

from golive.net.access import Access
from golive.realtime.inbox import Inbox
from golive.realtime.observation import Ack, Match, RealtimeEvent, RealtimeObservation

Transport = Literal["polling", "websocket"]
BOTH: tuple[Transport, ...] = ("polling", "websocket")


class RealtimeConnection(ABC):
    """Times are seconds; `disconnect` ends everything that was started."""

    handshake: Mapping[str, str]
    """Headers of the answer that opened the connection; names in any case."""

    def __init__(self, access: Access, target: str, known: tuple[str, ...], url: str = "") -> None:
        self._access = access
        self._inbox = Inbox(target, known, access.hear, url)
        self._connect_ms = 0.0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.disconnect()

    @property
    @abstractmethod
    def transport(self) -> str:
        """``polling`` or ``websocket``: what carries messages now."""

    @property
    def events(self) -> tuple[RealtimeEvent, ...]:
        """What has arrived so far."""
        return self._inbox.events

    def transcript(self) -> str:
        """One line an event, redacted."""
        return self._inbox.transcript

    @abstractmethod
    async def emit(self, event: str, data: JsonValue = None, *, deadline: float | None = None) -> Ack:
        """Send an event and wait for what answers it.

        Raises:
            Refused: by the guard; a message counts as a POST.
            DeadlineExceeded: no answer in time.
            ConnectionLost: the connection has ended.
        """

    async def wait_for(
        self, match: Match, *, deadline: float | None = None, since: float = 0.0
    ) -> RealtimeEvent:
        """Return the first matching event; see `Inbox.wait_for`."""
        return await self._inbox.wait_for(match, deadline=self._access.patience(deadline), since=since)

    @abstractmethod
    def observe(self) -> RealtimeObservation:
        """Return everything up to now."""

    @abstractmethod
    def abort(self) -> None:
        """Lose the connection at once, without a goodbye, as when a network goes.

        Raises:
            ProtocolError: it is carried by polling, where there is no connection to lose.
        """

    @abstractmethod
    def reset(self) -> None:
        """Lose the connection by a TCP reset, as when a device or a middlebox ends; errors as of `abort`."""

    @abstractmethod
    async def disconnect(self) -> None:
        """Leave, and end what was started."""
