"""The real-time probe: the same face for whichever protocol the deployment speaks."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote

from golive.net.access import Access
from golive.net.errors import HandshakeRefused, ProtocolError
from golive.net.http import host_and_port
from golive.profile.secrets import Secret
from golive.realtime.connection import BOTH, RealtimeConnection, Transport
from golive.realtime.profile import Realtime

if TYPE_CHECKING:
    from golive.realtime.probe_websocket import EngineIoObservation, RawWebSocket
# ruff: noqa: PLC0415 - each protocol's libraries are imported by the first connection of it


class RealtimeProbe:
    """Connects clients as the profile says.

    Args:
        access: guard, addresses, trust, limits, deadlines.
        realtime: URL, protocol and path.
    """

    def __init__(self, access: Access, realtime: Realtime) -> None:
        self._access = access
        self._realtime = realtime

    async def connect(
        self,
        token: Secret | str | None,
        *,
        who: str = "client",
        transports: Sequence[Transport] = BOTH,
        origin: str | None = None,
        deadline: float | None = None,
    ) -> RealtimeConnection:
        """Connect and authenticate; see `SocketIoProbe.connect` and `open_json`.

        A plain WebSocket has no transports to choose from: asking it for polling alone is a `ProtocolError`.
        """
        realtime = self._realtime
        if realtime.protocol == "socket.io":
            from golive.realtime.probe_socketio import SocketIoProbe

            probe = SocketIoProbe(self._access, realtime.url, realtime.path)
            return await probe.connect(
                token, who=who, transports=transports, origin=origin, deadline=deadline
            )
        if "websocket" not in transports:
            raise ProtocolError("a plain WebSocket cannot poll", target=realtime.url, phase="handshake")
        from golive.realtime.websocket_json import open_json

        return await open_json(self._access, realtime, token, who=who, origin=origin, deadline=deadline)

    async def engine_io(
        self, token: Secret | str | None, *, origin: str | None = None, deadline: float | None = None
    ) -> "EngineIoObservation":
        """Look at the handshakes in the raw; see `WebSocketProbe.engine_io`."""
        from golive.realtime.probe_websocket import WebSocketProbe

        return await WebSocketProbe(self._access).engine_io(
            self._realtime.url, self._realtime.path, token=token, origin=origin, deadline=deadline
        )

    async def wire(
        self, token: Secret | str | None, *, who: str = "client", deadline: float
    ) -> "RawWebSocket":
        """Connect and authenticate, and hand out the bare connection: anything may be sent over it.

        Raises:
            Refused: by the guard; what is sent counts as a POST.
            HandshakeRefused, TransportError, ProtocolError, Blind: no connection came about.
        """
        from golive.realtime.probe_websocket import WebSocketProbe, answer_to_connect
        from golive.realtime.websocket_json import websocket_url

        realtime = self._realtime
        self._access.guard.permit("POST", realtime.url + realtime.path)
        plain = token.reveal() if isinstance(token, Secret) else token
        sockets = WebSocketProbe(self._access)
        if realtime.protocol == "websocket":
            query = f"?token={quote(plain, safe='')}" if plain else ""
            url = websocket_url(realtime.url, realtime.path)
            return await sockets.open(url + query, who=who, deadline=deadline)
        url = f"{realtime.url}/{realtime.path.strip('/')}/?EIO=4&transport=websocket"
        wire = await sockets.open(url, who=who, deadline=deadline)
        try:
            await wire.receive(deadline=deadline)
            await wire.send("40" + json.dumps({"token": plain} if plain else {}), deadline=deadline)
            answer = await answer_to_connect(wire, deadline=deadline)
        except BaseException:
            await wire.close()
            raise
        if not answer.startswith("40"):
            await wire.close()
            words = "the handshake was refused"
            raise HandshakeRefused(words, target=wire.target, status=None, reason="no reason given")
        return wire

    @property
    def endpoint(self) -> tuple[str, int]:
        """Host and port."""
        return host_and_port(self._realtime.url)
