"""Recommendations as the routes need them: history from the database, ranking from the recommender."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from rehearsal.services.api.errors import not_found
from rehearsal.services.api.library import TIMEFRAME_DAYS, Library
from rehearsal.services.recommender import Scored, disliked_by


class Suggestions:
    """Every method returns a whole ranking, best first; the routes cut pages out of it."""

    def __init__(self, library: Library) -> None:
        self._library = library

    async def for_user(self, user_id: str, context: str | None = None) -> list[Scored]:
        recommender, signals, crowd = await asyncio.gather(
            self._library.recommender(), self._library.signals(user_id), self._library.crowd()
        )
        return recommender.recommend(signals, crowd, context)

    async def for_group(self, user_ids: Sequence[str]) -> list[Scored]:
        """Raises ApiError 404 when nobody is left."""
        if not user_ids:
            raise not_found("Session")
        recommender, crowd = await asyncio.gather(self._library.recommender(), self._library.crowd())
        members = [await self._library.signals(user_id) for user_id in user_ids]
        return recommender.for_group(members, crowd)

    def page(self, ranking: Sequence[Scored], limit: int, offset: int = 0) -> list[dict[str, Any]]:
        """The wanted part of a ranking as callers see it."""
        return [scored.public for scored in ranking[offset : offset + limit]]

    async def similar(self, track_id: str) -> list[Scored]:
        """Raises ApiError 404 for an unknown track."""
        recommender = await self._library.recommender()
        if track_id not in recommender.catalogue.by_id:
            raise not_found("Song")
        return recommender.similar(track_id)

    async def without_disliked(self, ranking: Sequence[Scored], user_id: str) -> list[Scored]:
        """The ranking without what this person dislikes."""
        disliked = disliked_by(await self._library.signals(user_id))
        return [scored for scored in ranking if scored.track.id not in disliked]

    async def search(self, query: str, user_id: str) -> list[Scored]:
        recommender, signals, crowd = await asyncio.gather(
            self._library.recommender(), self._library.signals(user_id), self._library.crowd()
        )
        return recommender.search(query, signals, crowd)

    async def trending(self, timeframe: str, genre: str | None) -> list[Scored]:
        recommender, crowd = await asyncio.gather(
            self._library.recommender(), self._library.crowd(TIMEFRAME_DAYS[timeframe])
        )
        return recommender.trending(crowd, genre)

    async def genres(self) -> frozenset[str]:
        return (await self._library.recommender()).catalogue.genres
