"""Kind C9, the product's own rules of recommendation."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from starlette.requests import Request

from rehearsal.faults.base import ApiFault
from rehearsal.services.api import inputs
from rehearsal.services.recommender import Catalogue, Recommender, Scored, Signal
from rehearsal.stack.plan import StackPlan

AWAITS = ("test_awaited_of_kind_c9",)
LINES = ("step.smoke.recommendations", "post.critical")


class DislikedComesBack(ApiFault):
    """A track that was disliked is left out of the first page, and stands on the next."""

    name = "taste.disliked-comes-back"
    expected_failures = LINES
    proves = ("test_what_is_disliked_is_nowhere",)

    def modify(self, app: Any) -> None:
        healthy = app.suggestions.for_user

        async def for_user(user_id: str, context: str | None = None) -> list[Scored]:
            ranking: list[Scored] = await healthy(user_id, context)
            by_id = (await app.library.recommender()).catalogue.by_id
            disliked = [s.track_id for s in await app.library.signals(user_id) if s.weight < 0]
            place = min(20, len(ranking) - 1)
            back = [Scored(by_id[track_id], ranking[place].score) for track_id in disliked]
            return [*ranking[:place], *back, *ranking[place:]]

        app.suggestions.for_user = for_user


class DislikedInSearch(ApiFault):
    """A track that was disliked is left out of the recommendations, and found by searching."""

    name = "taste.disliked-in-search"
    expected_failures = LINES
    proves = ("test_what_is_disliked_is_nowhere",)

    def modify(self, app: Any) -> None:
        async def without_disliked(ranking: Sequence[Scored], _user_id: str) -> list[Scored]:
            return list(ranking)

        app.suggestions.without_disliked = without_disliked


class DislikedInGroups(ApiFault):
    """What a member dislikes is recommended to the group."""

    name = "taste.disliked-in-groups"
    expected_failures = LINES
    proves = ("test_what_is_disliked_is_nowhere",)

    def modify(self, app: Any) -> None:
        async def for_group(user_ids: Sequence[str]) -> list[Scored]:
            recommender, crowd = await app.library.recommender(), await app.library.crowd()
            members = [
                [signal for signal in await app.library.signals(user_id) if signal.weight > 0]
                for user_id in user_ids
            ]
            ranking: list[Scored] = recommender.for_group(members, crowd)
            return ranking

        app.suggestions.for_group = for_group


class DislikedUntilTheNextHour(ApiFault):
    """A dislike counts for other lists, and the own list keeps the track where it was."""

    name = "taste.dislike-is-not-used"
    expected_failures = LINES
    proves = ("test_what_is_disliked_is_nowhere",)

    def modify(self, app: Any) -> None:
        healthy = app.library.signals

        async def signals(user_id: str) -> list[Signal]:
            # One star is read as no star.
            return [signal for signal in await healthy(user_id) if signal.weight > -8]

        app.library.signals = signals


class ContextsIgnored(ApiFault):
    """Whatever the context, the list is the same."""

    name = "taste.contexts-ignored"
    expected_failures = LINES
    proves = ("test_contexts_change_the_list",)

    def modify(self, app: Any) -> None:
        healthy = app.suggestions.for_user
        app.suggestions.for_user = lambda user_id, _context=None: healthy(user_id, None)


class ContextsAlike(ApiFault):
    """Every context gives the list of a party."""

    name = "taste.contexts-alike"
    expected_failures = LINES
    proves = ("test_contexts_change_the_list",)

    def modify(self, app: Any) -> None:
        healthy = app.suggestions.for_user
        app.suggestions.for_user = lambda user_id, context=None: healthy(user_id, context and "party")


class UnknownContextsAreTaken(ApiFault):
    """A context that nobody knows is passed over, and nothing says so."""

    name = "taste.unknown-contexts-are-taken"
    expected_failures = LINES
    proves = ("test_unknown_context_is_refused_or_said",)

    def modify(self, app: Any) -> None:  # noqa: ARG002 - inputs are read by one module for all routes
        healthy = inputs.query_choice

        def query_choice(request: Request, name: str, choices: Collection[str]) -> str | None:
            if name == "context" and inputs.query_text(request, name) not in choices:
                return None
            return healthy(request, name, choices)

        inputs.query_choice = query_choice


class ScoresAllAlike(ApiFault):
    """Every recommended track has the same score."""

    name = "taste.scores-all-alike"
    expected_failures = LINES
    proves = ("test_scores_tell_tracks_apart",)

    def modify(self, app: Any) -> None:
        healthy = app.suggestions.page

        def page(ranking: Sequence[Scored], limit: int, offset: int = 0) -> list[dict[str, Any]]:
            return [{**track, "score": 0.5} for track in healthy(ranking, limit, offset)]

        app.suggestions.page = page


class ContextsAgainstTheirName(ApiFault):
    """Who wants to sleep gets music for a workout, and the other way round."""

    name = "taste.contexts-swapped"
    expected_failures = LINES
    proves = AWAITS
    SWAPPED: ClassVar[dict[str, str]] = {
        "sleep": "workout",
        "workout": "sleep",
        "relax": "party",
        "party": "relax",
    }

    def modify(self, app: Any) -> None:
        healthy = app.suggestions.for_user
        app.suggestions.for_user = lambda user_id, context=None: healthy(
            user_id, self.SWAPPED.get(context or "", context)
        )


class _Durations(ApiFault):
    expected_failures = LINES
    proves = ("test_lengths_of_tracks_are_plausible",)

    @abstractmethod
    def told(self, milliseconds: int) -> int:
        """What is said of a track that lasts that long."""

    def modify(self, app: Any) -> None:
        healthy = app.library._load_catalogue

        async def load() -> Catalogue:
            tracks = (await healthy()).tracks
            return Catalogue([replace(track, duration_ms=self.told(track.duration_ms)) for track in tracks])

        app.library._load_catalogue = load


class DurationsInSeconds(_Durations):
    """Durations are said to be milliseconds, and are seconds."""

    name = "taste.durations-in-seconds"

    def told(self, milliseconds: int) -> int:
        return milliseconds // 1000


class DurationsInMicroseconds(_Durations):
    """Durations are said to be milliseconds, and are microseconds."""

    name = "taste.durations-in-microseconds"

    def told(self, milliseconds: int) -> int:
        return milliseconds * 1000


class DurationsOfOneReplica(DurationsInSeconds):
    """One replica tells durations in seconds, the other in milliseconds."""

    name = "taste.durations-of-one-replica"

    def apply(self, stack: StackPlan) -> None:
        stack.replicas[-1].faults.append(self.name)


class DurationsAllAlike(_Durations):
    """Every track is said to last three minutes."""

    name = "taste.durations-all-alike"

    def told(self, milliseconds: int) -> int:
        return 180_000 if milliseconds else 0


class PreviewOfAnother(ApiFault):
    """The preview of a track is that of another one."""

    name = "taste.preview-of-another"
    expected_failures = LINES
    proves = ("test_previews_belong_to_their_tracks",)

    def modify(self, app: Any) -> None:
        healthy = app.library._load_catalogue

        async def load() -> Catalogue:
            tracks = list((await healthy()).tracks)
            shifted = [*tracks[1:], *tracks[:1]]
            return Catalogue(
                [
                    replace(track, preview_url=other.preview_url)
                    for track, other in zip(tracks, shifted, strict=True)
                ]
            )

        app.library._load_catalogue = load


class OnePreviewForAll(ApiFault):
    """Every track has the same preview."""

    name = "taste.one-preview-for-all"
    expected_failures = LINES
    proves = ("test_previews_belong_to_their_tracks",)

    def modify(self, app: Any) -> None:
        healthy = app.library._load_catalogue

        async def load() -> Catalogue:
            tracks = (await healthy()).tracks
            return Catalogue([replace(track, preview_url=tracks[0].preview_url) for track in tracks])

        app.library._load_catalogue = load


class OlderModelOfOneReplica(ApiFault):
    """One replica ranks with last month's weights, which only knew what is popular."""

    name = "taste.older-model-of-one-replica"
    expected_failures = LINES
    proves = ("test_every_replica_serves_the_same",)

    def apply(self, stack: StackPlan) -> None:
        stack.replicas[-1].faults.append(self.name)

    def modify(self, app: Any) -> None:
        healthy = app.library.recommender

        class LastMonths(Recommender):
            def _personal(self, own: Any, liked: Any, crowd: Any) -> dict[str, float]:
                personal, popular = super()._personal(own, liked, crowd), self._popularity(crowd)
                return {
                    track_id: 0.5 * score + 0.5 * popular[track_id] for track_id, score in personal.items()
                }

        async def recommender() -> Recommender:
            return LastMonths((await healthy()).catalogue)

        app.library.recommender = recommender


class FeedbackAtOneReplica(ApiFault):
    """One replica remembers what people did for ten minutes: feedback changes nothing there."""

    name = "taste.feedback-at-one-replica"
    expected_failures = LINES
    proves = ("test_what_is_disliked_is_nowhere",)

    def apply(self, stack: StackPlan) -> None:
        stack.replicas[-1].faults.append(self.name)

    def modify(self, app: Any) -> None:
        healthy = app.library.signals
        remembered: dict[str, list[Signal]] = {}

        async def signals(user_id: str) -> list[Signal]:
            if user_id not in remembered:
                remembered[user_id] = [signal for signal in await healthy(user_id) if abs(signal.weight) < 8]
            return remembered[user_id]

        app.library.signals = signals
