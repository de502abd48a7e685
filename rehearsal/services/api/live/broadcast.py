"""Carries Socket.IO broadcasts between the replicas through the cache's publish and subscribe."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

from rehearsal.services.api.cache import LOST, Cache
from rehearsal.services.api.live.lean_socketio import AsyncPubSubManager
from rehearsal.services.api.resp import RespConnection

logger = logging.getLogger(__name__)


class RedisBroadcast(AsyncPubSubManager):  # type: ignore[misc]  # its package ships no types
    """A client manager over RESP. While the cache is lost, broadcasts reach this replica's clients only."""

    name = "resp"
    RETRY_SECONDS = 0.2

    def __init__(self, cache: Cache, channel: str = "socketio") -> None:
        super().__init__(channel=channel)
        self._cache = cache
        self.subscribed = asyncio.Event()

    async def _publish(self, data: dict[str, Any]) -> None:
        try:
            await self._cache.publish(self.channel, self.json.dumps(data))
        except LOST as problem:
            logger.warning("a broadcast stayed on this replica: %s", problem)

    async def _listen(self) -> AsyncIterator[str]:
        while True:
            connection = None
            try:
                connection = await RespConnection.open(
                    self._cache.url, timeout_seconds=self._cache.TIMEOUT_SECONDS
                )
                async for message in connection.messages(self.channel, self.subscribed):
                    yield message
            except LOST:
                self.subscribed.clear()
                await asyncio.sleep(self.RETRY_SECONDS)
            finally:
                if connection is not None:
                    connection.close()
