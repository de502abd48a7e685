"""Defects of the recommender and of how its ranking is handed out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from rehearsal.faults.base import ApiFault
from rehearsal.services.recommender import Scored

ForUser = Callable[[str, str | None], Awaitable[list[Scored]]]
Page = Callable[[Sequence[Scored], int, int], list[dict[str, Any]]]

SLOW_SECONDS = 0.8
WRONG_COUNT = 50


class EmptyRecommendations(ApiFault):
    """Nobody gets any recommendation."""

    name = "recommendations.empty"
    expected_failures = ("step.smoke.journeys", "step.smoke.recommendations", "post.critical")
    proves = ("test_recommendations_fit_the_preferences",)
    masks = "whatever needs a track to share cannot see"

    def modify(self, app: Any) -> None:
        async def for_user(_user_id: str, _context: str | None = None) -> list[Scored]:
            return []

        app.suggestions.for_user = for_user


class DuplicateRecommendations(ApiFault):
    """Every track is recommended twice."""

    name = "recommendations.duplicates"
    expected_failures = ("step.smoke.recommendations", "post.critical")
    proves = ("test_recommendations_are_well_formed_and_ranked",)

    def modify(self, app: Any) -> None:
        healthy: ForUser = app.suggestions.for_user

        async def for_user(user_id: str, context: str | None = None) -> list[Scored]:
            return [scored for scored in await healthy(user_id, context) for _ in range(2)]

        app.suggestions.for_user = for_user


class SameForEverybody(ApiFault):
    """Everybody gets the same recommendations, whatever their preferences."""

    name = "recommendations.same-for-everybody"
    expected_failures = ("step.smoke.recommendations", "post.critical")
    proves = ("test_different_preferences_get_different_lists",)

    def modify(self, app: Any) -> None:
        healthy: ForUser = app.suggestions.for_user

        async def for_user(_user_id: str, context: str | None = None) -> list[Scored]:
            return await healthy("nobody", context)

        app.suggestions.for_user = for_user


class IgnoresLimit(ApiFault):
    """The limit is ignored: always fifty tracks."""

    name = "recommendations.ignores-limit"
    expected_failures = ("step.smoke.recommendations", "post.critical")
    proves = ("test_limit_is_honoured",)

    def modify(self, app: Any) -> None:
        healthy: Page = app.suggestions.page

        def page(ranking: Sequence[Scored], _limit: int, offset: int = 0) -> list[dict[str, Any]]:
            return healthy(ranking, WRONG_COUNT, offset)

        app.suggestions.page = page


class MissingFields(ApiFault):
    """Recommended tracks come without artists and score, as from an old serialiser."""

    name = "recommendations.missing-fields"
    expected_failures = ("step.smoke.journeys", "step.smoke.recommendations", "post.critical")
    proves = ("test_recommendations_are_well_formed_and_ranked",)
    masks = "whatever needs a track to share cannot see"

    def modify(self, app: Any) -> None:
        healthy: Page = app.suggestions.page

        def page(ranking: Sequence[Scored], limit: int, offset: int = 0) -> list[dict[str, Any]]:
            left_out = ("artists", "score")
            return [
                {name: value for name, value in track.items() if name not in left_out}
                for track in healthy(ranking, limit, offset)
            ]

        app.suggestions.page = page


class Unsorted(ApiFault):
    """Recommendations come worst first."""

    name = "recommendations.unsorted"
    expected_failures = ("step.smoke.recommendations", "post.critical")
    proves = ("test_recommendations_are_well_formed_and_ranked",)

    def modify(self, app: Any) -> None:
        healthy: Page = app.suggestions.page

        def page(ranking: Sequence[Scored], limit: int, offset: int = 0) -> list[dict[str, Any]]:
            return healthy(ranking, limit, offset)[::-1]

        app.suggestions.page = page


class ColdStartFails(ApiFault):
    """People without any history get an internal error."""

    name = "recommendations.cold-start-fails"
    expected_failures = ("step.smoke.recommendations", "post.critical")
    proves = ("test_newcomer_gets_recommendations",)

    def modify(self, app: Any) -> None:
        healthy: ForUser = app.suggestions.for_user

        async def for_user(user_id: str, context: str | None = None) -> list[Scored]:
            if not await app.library.signals(user_id):
                raise ZeroDivisionError("mean of no signals")
            return await healthy(user_id, context)

        app.suggestions.for_user = for_user


class SlowRecommendations(ApiFault):
    """Recommendations take 0.8 s longer than they should."""

    name = "recommendations.slow"
    expected_failures = ("step.smoke.recommendations", "post.critical")
    proves = ("test_recommendations_come_in_time",)

    def modify(self, app: Any) -> None:
        healthy: ForUser = app.suggestions.for_user

        async def for_user(user_id: str, context: str | None = None) -> list[Scored]:
            await asyncio.sleep(SLOW_SECONDS)
            return await healthy(user_id, context)

        app.suggestions.for_user = for_user
