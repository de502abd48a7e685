"""The control target: stands for the rest of the internet, and depends on no other part.

Whoever cannot reach it does not see; whoever reaches it but not the stack sees that the stack is down.
"""

from __future__ import annotations

import asyncio

from rehearsal.stack.network.empty_answers import EmptyAnswers

IDLE_SECONDS = 5.0


class ControlTarget(EmptyAnswers):
    """Accepts TCP connections and answers any first bytes with an empty HTTP answer."""

    async def due(self, reader: asyncio.StreamReader) -> bool:
        """As soon as anything came."""
        async with asyncio.timeout(IDLE_SECONDS):
            return bool(await reader.read(4096))
