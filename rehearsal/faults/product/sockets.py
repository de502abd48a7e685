"""Defects of connections: keep-alive, upgrade, limits, and what a bad client can do to others."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any

from rehearsal.faults.base import ApiFault

LINES = ("step.smoke.websocket", "post.critical")
NO_LIMIT = 10**8


class NoKeepAlive(ApiFault):
    """The server announces pings and never sends one, so that idle connections are cut."""

    name = "realtime.no-keep-alive"
    expected_failures = LINES
    proves = ("test_connection_is_kept_alive",)

    def modify(self, _app: Any) -> None:
        from engineio.async_socket import AsyncSocket  # noqa: PLC0415 - only with this fault

        AsyncSocket.schedule_ping = lambda _socket: None


class NoUpgrade(ApiFault):
    """The server offers no upgrade: clients are stuck on polling."""

    name = "realtime.stuck-on-polling"
    expected_failures = ("infra.load-balancer", "step.frontend.connectivity", *LINES)
    proves = ("test_every_way_in_connects", "test_sessions_begin_by_polling_and_are_upgraded")

    def modify(self, app: Any) -> None:
        app.realtime.server.eio.allow_upgrades = False


class OversizedAccepted(ApiFault):
    """Messages of any size are accepted."""

    name = "realtime.oversized-accepted"
    expected_failures = LINES
    proves = ("test_abuse_is_refused_and_harms_nobody",)

    def modify(self, app: Any) -> None:
        app.realtime.server.eio.max_http_buffer_size = NO_LIMIT
        sys.modules["__main__"].LARGEST_PAYLOAD_BYTES = NO_LIMIT  # type: ignore[attr-defined]


class MalformedHarmsOthers(ApiFault):
    """A message that cannot be read ends every connection of the replica."""

    name = "realtime.malformed-harms-others"
    expected_failures = LINES
    proves = ("test_abuse_is_refused_and_harms_nobody",)

    def modify(self, app: Any) -> None:
        server = app.realtime.server
        healthy = server.eio.handlers["message"]

        async def message(eio_sid: str, data: Any) -> None:
            try:
                await healthy(eio_sid, data)
            except Exception:
                for other in list(server.eio.sockets.values()):
                    await other.close(wait=False)
                raise

        server.eio.on("message", message)


class FloodServed(ApiFault):
    """One client may send as much as it likes."""

    name = "realtime.flood-served"
    expected_failures = LINES
    proves = ("test_abuse_is_refused_and_harms_nobody",)

    def modify(self, app: Any) -> None:
        app.realtime.throttle.admits = lambda _sid: True


class UnlimitedConnections(ApiFault):
    """One user may open any number of connections."""

    name = "realtime.unlimited-connections"
    expected_failures = LINES
    proves = ("test_abuse_is_refused_and_harms_nobody",)

    def modify(self, app: Any) -> None:
        app.realtime.limits = replace(app.realtime.limits, connections_per_user=NO_LIMIT)


class RudeGoodbye(ApiFault):
    """Connections end without a word instead of a close frame."""

    name = "realtime.rude-goodbye"
    expected_failures = LINES
    proves = ("test_goodbye_is_clean",)

    def modify(self, _app: Any) -> None:
        from uvicorn.protocols.websockets import websockets_sansio_impl as wire  # noqa: PLC0415

        healthy = wire.WebSocketsSansIOProtocol.handle_close

        def handle_close(protocol: Any, event: Any) -> None:
            transport = protocol.transport
            transport.write = lambda _data: None
            healthy(protocol, event)
            transport.abort()

        # A method is replaced: that is the defect.
        wire.WebSocketsSansIOProtocol.handle_close = handle_close  # type: ignore[method-assign, assignment]
