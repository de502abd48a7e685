"""Loads what the recommender ranks: the catalogue once, the crowd by the hour, one user's signals always."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from rehearsal.services.api.database import Database
from rehearsal.services.recommender import Catalogue, Crowd, Recommender, Signal, Track
from rehearsal.services.recommender.model import FEATURES, weight_of

CROWD_DAYS = 30
TIMEFRAME_DAYS = {"day": 1, "week": 7, "month": 30}


class Library:
    """Everything here raises the database's errors when it cannot be reached."""

    def __init__(self, database: Database, previews_url: str = "") -> None:
        self._database = database
        self._previews_url = previews_url
        self._recommender: Recommender | None = None
        self._crowds: dict[tuple[datetime, int], Crowd] = {}
        self._loading = asyncio.Lock()

    async def recommender(self) -> Recommender:
        """The recommender over the whole catalogue, loaded when it is first asked for."""
        if self._recommender is None:
            async with self._loading:
                if self._recommender is None:
                    self._recommender = Recommender(await self._load_catalogue())
        return self._recommender

    async def ping(self) -> None:
        """Raises when there is nothing to rank."""
        if not len((await self.recommender()).catalogue):
            raise LookupError("the catalogue is empty")

    async def signals(self, user_id: str) -> list[Signal]:
        """What one user did, up to now."""
        rows = await self._database.fetch(
            'SELECT "trackId", type, rating FROM "TrackInteraction" WHERE "userId" = $1', user_id
        )
        return [Signal(user_id, row["trackId"], weight_of(row["type"], row["rating"])) for row in rows]

    def updated_at(self) -> datetime:
        """Up to when the crowd is counted: the last full hour."""
        return datetime.now(UTC).replace(minute=0, second=0, microsecond=0)

    async def crowd(self, days: int = CROWD_DAYS) -> Crowd:
        """What everybody did in the days before the last full hour: the same on every replica."""
        until = self.updated_at()
        key = (until, days)
        if key not in self._crowds:
            rows = await self._database.fetch(
                'SELECT "userId", "trackId", type, rating FROM "TrackInteraction"'
                ' WHERE "createdAt" < $1 AND "createdAt" >= $2 ORDER BY id',
                until,
                until - timedelta(days=days),
            )
            self._crowds = {other: kept for other, kept in self._crowds.items() if other[0] == until}
            self._crowds[key] = Crowd(
                [Signal(row["userId"], row["trackId"], weight_of(row["type"], row["rating"])) for row in rows]
            )
        return self._crowds[key]

    def preview_of(self, genre: str) -> str | None:
        """Where a track of this genre can be listened to for a moment."""
        return f"{self._previews_url}/{genre.replace(' ', '-')}.wav" if self._previews_url else None

    async def _load_catalogue(self) -> Catalogue:
        features = ", ".join(f'f."{name}"' for name in FEATURES)
        rows = await self._database.fetch(
            f'SELECT t.id, t."spotifyId", t.name, t.artists, t.album, t.genre, t."durationMs", {features}'
            ' FROM "Track" t JOIN "TrackFeatures" f ON f."trackId" = t.id'
        )
        return Catalogue(
            [
                Track(
                    id=row["id"],
                    spotify_id=row["spotifyId"],
                    name=row["name"],
                    artists=tuple(row["artists"]),
                    album=row["album"],
                    genre=row["genre"],
                    duration_ms=row["durationMs"],
                    features=tuple(row[name] for name in FEATURES),
                    preview_url=self.preview_of(row["genre"]),
                )
                for row in rows
            ]
        )
