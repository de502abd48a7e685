"""Load and recommendations (kinds C5 and C9), as other developers rightly make them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from rehearsal.faults.kinds.load import around_requests
from rehearsal.services.recommender import Catalogue, Scored, disliked_by
from rehearsal.variants.base import ApiVariant

COLD_SECONDS = 0.3
WARM_BYTES = 40 * 1024 * 1024
AT_ONCE = 16
CONTEXT_WEIGHT = 0.12


class ColdStart(ApiVariant):
    """The first three requests of a replica are slow, for it warms up; all others are quick."""

    name = "healthy.cold-start"

    def modify(self, app: Any) -> None:
        cold = [COLD_SECONDS] * 3

        async def act(go_on: Any, _refuse: Any) -> None:
            if cold:
                await asyncio.sleep(cold.pop())
            await go_on()

        around_requests(app, act)


class MemoryFillsOnce(ApiVariant):
    """A replica fills a cache of 40 MB with its first two hundred requests, and then grows no more."""

    name = "healthy.memory-fills-once"

    def modify(self, app: Any) -> None:
        kept: list[bytes] = []

        async def act(go_on: Any, _refuse: Any) -> None:
            if len(kept) < 200:
                kept.append(b"\x5a" * (WARM_BYTES // 200))
            await go_on()

        around_requests(app, act)


class QueuesAboveSixteen(ApiVariant):
    """A replica works on sixteen requests at once; further ones wait for their turn, and none is refused."""

    name = "healthy.queues-above-sixteen"

    def modify(self, app: Any) -> None:
        turns = asyncio.Semaphore(AT_ONCE)

        async def act(go_on: Any, _refuse: Any) -> None:
            async with turns:
                await go_on()

        around_requests(app, act)


class DurationsInDeclaredSeconds(ApiVariant):
    """Tracks last so many seconds, in a field that says so: durationSeconds."""

    name = "healthy.durations-in-declared-seconds"
    declares = "a track's duration is its durationSeconds, in seconds"

    def modify(self, app: Any) -> None:
        healthy = app.suggestions.page

        def page(ranking: Any, limit: int, offset: int = 0) -> list[dict[str, Any]]:
            tracks = healthy(ranking, limit, offset)
            return [
                {name: value for name, value in track.items() if name != "durationMs"}
                | {"durationSeconds": track["durationMs"] / 1000}
                for track in tracks
            ]

        app.suggestions.page = page


class ContextsOnlyLift(ApiVariant):
    """A context lifts what fits it a little; most of the list stays as it was."""

    name = "healthy.contexts-only-lift"

    def modify(self, app: Any) -> None:
        healthy = app.suggestions.for_user

        async def for_user(user_id: str, context: str | None = None) -> list[Scored]:
            plain: list[Scored] = await healthy(user_id, None)
            if context is None:
                return plain
            fits = {scored.track.id: scored.score for scored in await healthy(user_id, context)}
            mixed = [
                Scored(
                    scored.track,
                    (1 - CONTEXT_WEIGHT) * scored.score + CONTEXT_WEIGHT * fits.get(scored.track.id, 0.0),
                )
                for scored in plain
            ]
            return sorted(mixed, key=lambda scored: (-scored.score, scored.track.id))

        app.suggestions.for_user = for_user


class DislikeHidesTheArtist(ApiVariant):
    """Who dislikes a track sees nothing of its artists for a while."""

    name = "healthy.dislike-hides-the-artist"

    def modify(self, app: Any) -> None:
        healthy = app.suggestions.for_user

        async def for_user(user_id: str, context: str | None = None) -> list[Scored]:
            by_id = (await app.library.recommender()).catalogue.by_id
            disliked = disliked_by(await app.library.signals(user_id))
            hidden = {artist for track_id in disliked for artist in by_id[track_id].artists}
            return [
                scored for scored in await healthy(user_id, context) if not hidden & set(scored.track.artists)
            ]

        app.suggestions.for_user = for_user


class SomeTracksWithoutPreview(ApiVariant):
    """Every third track has no preview, as the provider gives none for it."""

    name = "healthy.some-tracks-without-preview"
    declares = "a track may have no preview"

    def modify(self, app: Any) -> None:
        healthy = app.library._load_catalogue

        async def load() -> Catalogue:
            tracks = (await healthy()).tracks
            return Catalogue(
                [
                    replace(track, preview_url=None if place % 3 == 2 else track.preview_url)
                    for place, track in enumerate(tracks)
                ]
            )

        app.library._load_catalogue = load
