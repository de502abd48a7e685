"""The JSON protocol that some deployments speak over a plain WebSocket, instead of Socket.IO."""

import asyncio
import json
from collections.abc import Mapping
from time import monotonic
from urllib.parse import quote, urlsplit

from pydantic import JsonValue

from golive.net.access import Access
from golive.net.errors import ProbeError
from golive.profile.secrets import Secret
from golive.realtime.connection import RealtimeConnection
from golive.realtime.observation import Ack, RealtimeObservation, event_named
from golive.realtime.probe_websocket import RawWebSocket, WebSocketProbe
from golive.realtime.profile import Realtime


class JsonConnection(RealtimeConnection):
    """The JSON protocol ``{type, payload}``, with the same face as a Socket.IO connection.

    Events of a session arrive as ``session_event`` with ``type`` as the profile names it; all others under
    their own type in lower case.
    """

    def __init__(
        self,
        access: Access,
        realtime: Realtime,
        socket: RawWebSocket,
        url: str,
        who: str,
        known: tuple[str, ...],
    ) -> None:
        super().__init__(access, socket.target, known, url)
        self._realtime = realtime
        self._socket = socket
        self._url = url
        self._who = who
        self.handshake = socket.handshake
        self._reader = asyncio.get_running_loop().create_task(self._read())

    @property
    def transport(self) -> str:
        """Always ``websocket``."""
        return "websocket"

    async def emit(self, event: str, data: JsonValue = None, *, deadline: float | None = None) -> Ack:
        """Send ``{type, payload}``; the `Ack` is the event that answers it: the session's, or ``error``.

        This protocol acknowledges nothing else, so for other messages the payload of the `Ack` is None.

        Raises:
            Refused: by the guard; a message counts as a POST.
            DeadlineExceeded, ConnectionLost: it could not be sent, or nothing answered.
        """
        await self._access.admit_message(self._url)
        limit = self._access.patience(deadline)
        self._inbox.note("→", event, data)
        started = monotonic()
        await self._socket.send(json.dumps({"type": event.upper(), "payload": data}), deadline=limit)
        payload = await self._answer(event, data, started, limit) if event in self._realtime.answers else None
        return Ack(event, payload, (monotonic() - started) * 1000, self._socket.target)

    async def _answer(self, event: str, data: JsonValue, since: float, deadline: float) -> JsonValue:
        session = data.get("sessionId") if isinstance(data, dict) else None
        accepted = event_named("session_event", type=self._realtime.answers[event], sessionId=session)
        refused = event_named("error")
        answer = await self._inbox.wait_for(
            lambda seen: accepted(seen) or refused(seen), deadline=deadline, since=since
        )
        if refused(answer):
            return {"ok": False, "error": answer.payload}
        return {"ok": True, "session": answer.get("data")}

    def observe(self) -> RealtimeObservation:
        """Return everything up to now."""
        return self._inbox.observation(
            self._url,
            self._who,
            "websocket",
            transport="websocket",
            upgraded=False,
            connect_ms=self._connect_ms,
            connected=True,
        )

    def abort(self) -> None:
        """Lose the connection at once, without a goodbye, as when a network goes."""
        self._socket.abort()

    def reset(self) -> None:
        """Lose the connection by a TCP reset."""
        self._socket.reset()

    async def disconnect(self) -> None:
        """Leave, and end what was started."""
        self._reader.cancel()
        await asyncio.gather(self._reader, return_exceptions=True)
        await self._socket.close()
        await self._inbox.close("left")

    async def _read(self) -> None:
        try:
            while True:
                text = await self._socket.receive(deadline=float(10**9))
                await self._inbox.receive(*_json_event(text, self._realtime.events))
        except ProbeError as error:
            await self._inbox.close(error.message)

    def started(self, at: float) -> None:
        """Remember how long the handshake took, which began ``at``; called once, by `open_json`."""
        self._connect_ms = (monotonic() - at) * 1000


async def open_json(
    access: Access,
    realtime: Realtime,
    token: Secret | str | None,
    *,
    who: str = "client",
    origin: str | None = None,
    deadline: float | None = None,
) -> JsonConnection:
    """Connect to ``wss://…?token=…`` and return the connection; raises as `WebSocketProbe.open`."""
    url = websocket_url(realtime.url, realtime.path)
    started = monotonic()
    plain = token.reveal() if isinstance(token, Secret) else token
    full = f"{url}?token={quote(plain, safe='')}" if plain else url
    socket = await WebSocketProbe(access).open(full, who=who, origin=origin, deadline=deadline)
    connection = JsonConnection(access, realtime, socket, url, who, (plain,) if plain else ())
    connection.started(started)
    return connection


def _json_event(text: str, events: Mapping[str, str]) -> tuple[str, JsonValue]:
    try:
        message = json.loads(text)
        name, payload = str(message["type"]), message.get("payload")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return "(not of this protocol)", None
    if name in events:
        session = payload.get("sessionId") if isinstance(payload, dict) else None
        return "session_event", {"type": events[name], "sessionId": session, "data": payload}
    return name.lower(), payload


def websocket_url(url: str, path: str) -> str:
    """Return ``url`` with ``path`` below its own, of scheme wss or ws."""
    parts = urlsplit(url)
    scheme = "ws" if parts.scheme in ("http", "ws") else "wss"
    return f"{scheme}://{parts.netloc}{parts.path.rstrip('/')}/{path.strip('/')}"
