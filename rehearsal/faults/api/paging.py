"""Defects of limits and pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rehearsal.faults.base import ApiFault
from rehearsal.faults.product.recommendations import Page
from rehearsal.services.api import inputs
from rehearsal.services.api.errors import ApiError
from rehearsal.services.recommender import Scored

LINES = ("step.smoke.recommendations", "post.critical")


class LimitUnchecked(ApiFault):
    """A limit of a billion gives the whole catalogue, and a wrong one the default."""

    name = "recommendations.limit-unchecked"
    expected_failures = LINES
    proves = ("test_limit_has_a_maximum",)

    def modify(self, _app: Any) -> None:
        def query_limit(request: Any, default: int) -> int:
            value = request.query_params.get("limit", "")
            return int(value) if value.isdecimal() else default

        inputs.query_limit = query_limit


class WrongLimitIsAnAccident(ApiFault):
    """A limit that is no number ends in an internal error."""

    name = "recommendations.wrong-limit-is-an-accident"
    expected_failures = LINES
    proves = ("test_wrong_limit_or_offset_is_refused",)

    def modify(self, _app: Any) -> None:
        healthy = inputs.query_limit

        def query_limit(request: Any, default: int) -> int:
            int(request.query_params.get("limit", default))
            return healthy(request, default)

        inputs.query_limit = query_limit


class OffsetIgnored(ApiFault):
    """Every page is the first page."""

    name = "recommendations.offset-ignored"
    expected_failures = LINES
    proves = ("test_pages_are_parts_of_one_list",)

    def modify(self, app: Any) -> None:
        healthy = app.suggestions.page
        app.suggestions.page = lambda ranking, limit, _offset=0: healthy(ranking, limit)


class PagesOverlap(ApiFault):
    """Every page begins with the last track of the page before."""

    name = "recommendations.pages-overlap"
    expected_failures = LINES
    proves = ("test_pages_are_parts_of_one_list",)

    def modify(self, app: Any) -> None:
        healthy = app.suggestions.page
        app.suggestions.page = lambda ranking, limit, offset=0: healthy(ranking, limit, max(0, offset - 1))


class LastPageAgain(ApiFault):
    """Behind the end of the list its last page comes again, so that scrolling never ends."""

    name = "recommendations.last-page-again"
    expected_failures = LINES
    proves = ("test_last_page_ends_the_list",)

    def modify(self, app: Any) -> None:
        healthy: Page = app.suggestions.page

        def page(ranking: Sequence[Scored], limit: int, offset: int = 0) -> list[dict[str, Any]]:
            return healthy(ranking, limit, min(offset, max(0, len(ranking) - limit)))

        app.suggestions.page = page


class DanglingIds(ApiFault):
    """Lists hold a track that was deleted from the catalogue."""

    name = "recommendations.dangling-ids"
    expected_failures = LINES
    proves = ("test_every_recommended_track_exists", "test_pages_are_parts_of_one_list")

    def modify(self, app: Any) -> None:
        healthy = app.suggestions.page

        def page(ranking: Sequence[Scored], limit: int, offset: int = 0) -> list[dict[str, Any]]:
            tracks = healthy(ranking, limit, offset)
            return [*tracks[:-1], {**tracks[-1], "id": "deleted"}] if len(tracks) > 10 else tracks

        app.suggestions.page = page


class UnknownTrackIsAnAccident(ApiFault):
    """Tracks similar to one that does not exist are an internal error."""

    name = "recommendations.unknown-track-is-an-accident"
    expected_failures = ("step.smoke.auth", "step.smoke.recommendations", "post.critical")
    proves = ("test_unknown_track_is_not_found",)

    def modify(self, app: Any) -> None:
        healthy = app.suggestions.similar

        async def similar(track_id: str) -> list[Scored]:
            try:
                return list(await healthy(track_id))
            except ApiError:
                raise KeyError(track_id) from None

        app.suggestions.similar = similar
