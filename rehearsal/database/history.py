"""Who listened to what: two people with clearly different preferences among forty others.

The choice is the same in every run; only the times move with the clock. All of it is older than
two hours, because popularity is counted up to the last full hour.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rehearsal.database.catalogue import CatalogueTrack

BACKGROUND_USERS = 40
LISTENER_PREFERENCES = {"electronic": 1.0, "house": 0.9, "pop": 0.15}
FRIEND_PREFERENCES = {"jazz": 1.0, "folk": 0.8, "classical": 0.6}

_NAMESPACE = uuid.UUID("6f1d9e8a-0b3c-5c44-9a35-3c1f0e5d7b02")
_SEED = 20260720
_PREFERENCES: tuple[dict[str, float], ...] = (
    {"electronic": 1.0, "house": 0.7, "ambient": 0.3},
    {"house": 1.0, "pop": 0.6, "electronic": 0.4},
    {"hip hop": 1.0, "pop": 0.5},
    {"pop": 1.0, "folk": 0.3, "hip hop": 0.3},
    {"rock": 1.0, "metal": 0.4, "folk": 0.2},
    {"metal": 1.0, "rock": 0.7},
    {"jazz": 1.0, "classical": 0.4, "folk": 0.4},
    {"classical": 1.0, "ambient": 0.6},
    {"folk": 1.0, "rock": 0.3, "jazz": 0.3},
    {"ambient": 1.0, "electronic": 0.5, "classical": 0.3},
)


@dataclass(frozen=True)
class Interaction:
    """One row of TrackInteraction. `kind` is play, save, skip or rating; only a rating has 1..5."""

    id: str
    user_id: str
    track_id: str
    kind: str
    rating: int | None
    created_at: datetime


def background_user_ids() -> list[str]:
    """Ids of the people who only provide history; nobody can sign in as one of them."""
    return [str(uuid.uuid5(_NAMESPACE, f"background-{number}")) for number in range(BACKGROUND_USERS)]


def generate_history(
    catalogue: Sequence[CatalogueTrack], listeners: Sequence[str], friends: Sequence[str], now: datetime
) -> list[Interaction]:
    """All interactions: 60 tracks each for listeners and friends, by id, 75 for everybody else."""
    dice = random.Random(_SEED)  # noqa: S311 - data, not secrets
    people = [(listeners[0], LISTENER_PREFERENCES, 60), (friends[0], FRIEND_PREFERENCES, 60)]
    people += [
        (user_id, _PREFERENCES[number % len(_PREFERENCES)], 75)
        for number, user_id in enumerate(background_user_ids())
    ]
    # Last, so that what everybody else has listened to does not depend on how many there are.
    people += [(user_id, LISTENER_PREFERENCES, 60) for user_id in listeners[1:]]
    people += [(user_id, FRIEND_PREFERENCES, 60) for user_id in friends[1:]]
    history: list[Interaction] = []
    for user_id, preferences, count in people:
        for track in _choose(catalogue, preferences, count, dice):
            history.extend(_interactions(user_id, track, track.genre in preferences, now, dice))
    return history


def _choose(
    catalogue: Sequence[CatalogueTrack], preferences: dict[str, float], count: int, dice: random.Random
) -> list[CatalogueTrack]:
    # Weighted choice without replacement: the largest of u^(1/w) are a fair sample by weight.
    keyed = [
        (dice.random() ** (1 / (preferences.get(track.genre, 0.012) * (0.2 + track.appeal))), track)
        for track in catalogue
    ]
    keyed.sort(key=lambda pair: (-pair[0], pair[1].id))
    return [track for _, track in keyed[:count]]


def _interactions(
    user_id: str, track: CatalogueTrack, fits: bool, now: datetime, dice: random.Random
) -> list[Interaction]:
    # Squaring puts more of the listening into the recent days, as for real listeners.
    age = timedelta(hours=2.5 + 700 * dice.random() ** 2)
    kinds: list[tuple[str, int | None]] = [("play", None)]
    if fits and dice.random() < 0.4:
        kinds.append(("save", None))
    if not fits and dice.random() < 0.6:
        kinds.append(("skip", None))
    if dice.random() < 0.3:
        kinds.append(("rating", dice.choice((4, 5, 5)) if fits else dice.choice((1, 2))))
    return [
        Interaction(str(uuid.UUID(int=dice.getrandbits(128))), user_id, track.id, kind, rating, now - age)
        for kind, rating in kinds
    ]
