"""Carries Socket.IO broadcasts, and orders to all replicas, through the cache's publish and subscribe."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from rehearsal.services.api.cache import LOST, Cache
from rehearsal.services.api.live.lean_socketio import AsyncPubSubManager
from rehearsal.services.api.resp import RespConnection

logger = logging.getLogger(__name__)
_ORDER = '{"order":'
EVERYBODY = "everybody"
"""The sender of what this replica delivers, too, when it comes back: every replica then has one order."""


class RedisBroadcast(AsyncPubSubManager):  # type: ignore[misc]  # its package ships no types
    """A client manager over RESP. While the cache is lost, broadcasts reach this replica's clients only."""

    name = "resp"
    RETRY_SECONDS = 0.2

    def __init__(self, cache: Cache, channel: str = "socketio") -> None:
        super().__init__(channel=channel)
        self._cache = cache
        self.subscribed = asyncio.Event()
        self.orders: dict[str, Callable[..., Awaitable[None]]] = {}
        """What a replica does with its own sockets when it is told, by the order's name."""

    async def emit(self, event: str, data: Any, namespace: Any = None, room: Any = None, **more: Any) -> None:
        """Send to everybody in a room, on all replicas in the same order."""
        if any(more.values()) or not self.subscribed.is_set():
            await super().emit(event, data, namespace=namespace, room=room, **more)
            return
        message = {"method": "emit", "event": event, "data": [data], "namespace": namespace or "/"}
        message |= {"room": room, "host_id": EVERYBODY}
        if not await self._publish(message):
            await self._handle_emit(message)

    async def order(self, name: str, **what: Any) -> None:
        """Have every replica do `orders[name](**what)`, after whatever was sent before."""
        told = await self._publish({"order": name, "what": what})
        if not (told and self.subscribed.is_set()):
            await self.orders[name](**what)

    async def _publish(self, data: dict[str, Any]) -> bool:
        try:
            await self._cache.publish(self.channel, json.dumps(data))
        except LOST as problem:
            logger.warning("a broadcast stayed on this replica: %s", problem)
            return False
        return True

    async def _listen(self) -> AsyncIterator[str]:
        while True:
            connection = None
            try:
                connection = await RespConnection.open(
                    self._cache.url, timeout_seconds=self._cache.TIMEOUT_SECONDS
                )
                async for message in connection.messages(self.channel, self.subscribed):
                    if message.startswith(_ORDER):
                        await self._obey(json.loads(message))
                    else:
                        yield message
            except LOST:
                self.subscribed.clear()
                await asyncio.sleep(self.RETRY_SECONDS)
            finally:
                if connection is not None:
                    connection.close()

    async def _obey(self, order: dict[str, Any]) -> None:
        try:
            await self.orders[order["order"]](**order["what"])
        except Exception:
            # The next order must not be lost for this one.
            logger.exception("an order could not be carried out")
