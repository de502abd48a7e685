"""Defects of what is ranked: the preferences, the variety, the model's age, other lists."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from starlette.responses import JSONResponse

from rehearsal.faults.base import ApiFault
from rehearsal.services.api.routes import recommendations as routes
from rehearsal.services.recommender import Scored, Signal
from rehearsal.stack.plan import StackPlan

LINES = ("step.smoke.recommendations", "post.critical")
FEEDBACK_WEIGHT = 8.0
SLOW_SECONDS = 1.5


class AgainstPreferences(ApiFault):
    """Everybody gets a list of their own, which has nothing to do with their preferences."""

    name = "recommendations.against-preferences"
    expected_failures = LINES
    proves = ("test_recommendations_fit_the_preferences",)

    def modify(self, app: Any) -> None:
        healthy = app.suggestions.for_user

        async def for_user(user_id: str, context: str | None = None) -> list[Scored]:
            popular: list[Scored] = await healthy("nobody", context)
            return popular[10 * (sum(user_id.encode()) % 10) :]

        app.suggestions.for_user = for_user


class OneArtistFirst(ApiFault):
    """All tracks of the best track's artist come before everything else."""

    name = "recommendations.one-artist-first"
    expected_failures = LINES
    proves = ("test_recommendations_are_not_of_one_artist",)

    def modify(self, app: Any) -> None:
        healthy = app.suggestions.for_user

        async def for_user(user_id: str, context: str | None = None) -> list[Scored]:
            ranking: list[Scored] = await healthy(user_id, context)
            artist = ranking[0].track.artists[0]
            by_artist = sorted(ranking, key=lambda scored: artist not in scored.track.artists)
            return [
                replace(scored, score=place.score) for scored, place in zip(by_artist, ranking, strict=True)
            ]

        app.suggestions.for_user = for_user


class FeedbackIgnored(ApiFault):
    """Ratings are accepted and never used."""

    name = "recommendations.feedback-ignored"
    expected_failures = LINES
    proves = ("test_recommendations_learn_from_feedback",)

    def modify(self, app: Any) -> None:
        healthy = app.library.signals

        async def signals(user_id: str) -> list[Signal]:
            return [signal for signal in await healthy(user_id) if abs(signal.weight) < FEEDBACK_WEIGHT]

        app.library.signals = signals


class FeedbackStays(ApiFault):
    """Taking a rating back is answered as done, and the rating stays."""

    name = "recommendations.feedback-stays"
    expected_failures = LINES
    proves = ("test_recommendations_learn_from_feedback",)

    def modify(self, app: Any) -> None:
        healthy = app.database.execute

        async def execute(query: str, *values: Any) -> Any:
            if "DELETE" in query and "TrackInteraction" in query:
                return None
            return await healthy(query, *values)

        app.database.execute = execute


class SimilarToItself(ApiFault):
    """The track most similar to a track is the track itself."""

    name = "recommendations.similar-to-itself"
    expected_failures = LINES
    proves = ("test_similar_tracks_are_other_tracks",)

    def modify(self, app: Any) -> None:
        healthy = app.suggestions.similar

        async def similar(track_id: str) -> list[Scored]:
            ranking = await healthy(track_id)
            return [Scored((await app.library.recommender()).catalogue.by_id[track_id], 1.0), *ranking]

        app.suggestions.similar = similar


class TrendingIgnoresGenre(ApiFault):
    """What is trending in a genre is what is trending everywhere."""

    name = "recommendations.trending-ignores-genre"
    expected_failures = LINES
    proves = ("test_trending_follows_the_genre",)

    def modify(self, app: Any) -> None:
        healthy = app.suggestions.trending
        app.suggestions.trending = lambda timeframe, _genre: healthy(timeframe, None)


class TrendingIgnoresTimeFrame(ApiFault):
    """What is trending today is what was trending all month."""

    name = "recommendations.trending-ignores-time-frame"
    expected_failures = LINES
    proves = ("test_trending_follows_the_time_frame",)

    def modify(self, app: Any) -> None:
        healthy = app.suggestions.trending
        app.suggestions.trending = lambda _timeframe, genre: healthy("month", genre)


class GroupOfOne(ApiFault):
    """A group gets what one of its members likes."""

    name = "recommendations.group-of-one"
    expected_failures = LINES
    proves = ("test_group_gets_what_its_members_like",)

    def modify(self, app: Any) -> None:
        healthy = app.suggestions.for_group
        app.suggestions.for_group = lambda user_ids: healthy(user_ids[:1])


class StaleModel(ApiFault):
    """The model was last brought up to date three days ago."""

    name = "recommendations.stale-model"
    expected_failures = LINES
    proves = ("test_model_is_not_stale",)

    def modify(self, app: Any) -> None:
        healthy = app.library.updated_at

        def updated_at() -> datetime:
            return datetime.fromisoformat(healthy().isoformat()) - timedelta(days=3)

        app.library.updated_at = updated_at


class ReplicaWithOldCatalogue(ApiFault):
    """One of the replicas ranks a catalogue that lacks the newest tracks."""

    name = "recommendations.replica-with-old-catalogue"
    expected_failures = LINES
    proves = ("test_model_is_not_stale",)
    intermittent = True

    def apply(self, stack: StackPlan) -> None:
        """Put it into one replica only."""
        stack.replica("api-2").faults.append(self.name)

    def modify(self, app: Any) -> None:
        healthy = app.suggestions.for_user

        async def for_user(user_id: str, context: str | None = None) -> list[Scored]:
            ranking: Sequence[Scored] = await healthy(user_id, context)
            return [scored for scored in ranking if not scored.track.id.startswith(("0", "1", "2", "3"))]

        app.suggestions.for_user = for_user


class SharedCacheable(ApiFault):
    """Every shared cache may keep one person's recommendations for another person."""

    name = "recommendations.shared-cacheable"
    expected_failures = LINES
    proves = ("test_recommendations_are_not_kept_by_shared_caches",)

    def modify(self, _app: Any) -> None:
        class Cacheable(JSONResponse):
            def init_headers(self, headers: Any = None) -> None:
                super().init_headers({**(headers or {}), "Cache-Control": "public, max-age=60"})

        routes.JSONResponse = Cacheable  # type: ignore[attr-defined]  # what it imports, replaced


class SlowSearch(ApiFault):
    """Language search takes 1.5 s longer than it should."""

    name = "recommendations.slow-search"
    expected_failures = LINES
    proves = ("test_search_comes_in_time",)

    def modify(self, app: Any) -> None:
        healthy = app.suggestions.search

        async def search(query: str, user_id: str) -> list[Scored]:
            await asyncio.sleep(SLOW_SECONDS)
            return list(await healthy(query, user_id))

        app.suggestions.search = search
