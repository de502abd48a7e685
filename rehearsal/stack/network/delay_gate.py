"""A gate that the edge asks before it serves a slow host, and that answers only after a while."""

from __future__ import annotations

import asyncio

from rehearsal.stack.network.empty_answers import EmptyAnswers

HEADER_LIMIT_SECONDS = 5.0


class DelayGate(EmptyAnswers):
    """Answers every request on its path `/<seconds>` after that many seconds."""

    async def due(self, reader: asyncio.StreamReader) -> bool:
        """As late as the path says."""
        async with asyncio.timeout(HEADER_LIMIT_SECONDS):
            head = await reader.readuntil(b"\r\n\r\n")
        await asyncio.sleep(float(head.split(b" ", 2)[1].lstrip(b"/")))
        return True
