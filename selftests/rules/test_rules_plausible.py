"""Rules over what is said of tracks, what is disliked and what contexts change: right and wrong forms."""

import random
from datetime import timedelta

import pytest

from audotics.rules_plausible import Named, expect_durations, expect_own_previews, expect_scores_differ
from audotics.rules_taste import Shown, expect_context_counts, expect_nowhere, expect_same_everywhere

MS = [214_000, 187_000, 345_000, 90_500, 610_000, 240_000, 201_000, 233_000]
SECOND = timedelta(seconds=1)


def lengths(*values: object, where: str = "list") -> list[Named]:
    return [Named(f"t{number}", where, duration=value) for number, value in enumerate(values)]


def judge_lengths(tracks: list[Named], unit: str = "ms") -> None:
    expect_durations(tracks, unit=unit, shortest=timedelta(seconds=10), longest=timedelta(hours=3))


@pytest.mark.parametrize(
    ("tracks", "unit"),
    [
        (lengths(*MS), "ms"),
        (lengths(*(value / 1000 for value in MS)), "s"),
        (lengths(3.5, 4, 12.25), "min"),
        (lengths(11_000, 7_200_000), "ms"),
        ([*lengths(*MS), *lengths(*(value + 400 for value in MS), where="song")], "ms"),
    ],
    ids=["ms", "s", "min", "interlude and mix", "rounded elsewhere"],
)
def test_lengths_that_music_has_are_fine(tracks: list[Named], unit: str) -> None:
    judge_lengths(tracks, unit)


@pytest.mark.parametrize(
    "tracks",
    [
        lengths(*(value // 1000 for value in MS)),
        lengths(*(value * 1000 for value in MS)),
        lengths(*MS, 3),
        lengths(*MS, 60 * 3_600_000),
        lengths(*MS, -200_000),
        lengths(*MS, 0),
        lengths(*MS, None),
        lengths(*MS, "3:25"),
        lengths(*MS, True),
        lengths(*MS, float("nan")),
        lengths(*[180_000] * 8),
        [*lengths(*MS), *lengths(24_000, where="song")],
        [],
    ],
    ids=["seconds", "microseconds", "3 ms", "60 h", "negative", "zero", "none", "text", "boolean", "nan",
         "all the same", "two lengths", "nothing"],
)  # fmt: skip
def test_lengths_that_no_music_has_are_not(tracks: list[Named]) -> None:
    with pytest.raises(AssertionError):
        judge_lengths(tracks)


def test_scores_differ() -> None:
    expect_scores_differ([0.9, 0.8, *[0.5] * 8], where="list")
    expect_scores_differ([0.5] * 3, where="a short list")
    with pytest.raises(AssertionError):
        expect_scores_differ([0.5] * 20, where="list")


NAMES = ["First Light", "Corner Store", "Blue Lamp", "Undertow", "Copper Wire", "Long Way Down"]
GENRES = ["electronic", "hip hop", "jazz", "metal", "rock", "house"]


def previews(*urls: str | None, where: str = "list") -> list[Named]:
    return [
        Named(
            f"track-{n}", where, preview=url,
            names={"id": f"track-{n}", "spotifyId": f"4uLU6hMC{n}jJwB", "name": NAMES[n], "genre": GENRES[n]},
        )
        for n, url in enumerate(urls)
    ]  # fmt: skip


def by_id(n: int) -> str:
    return f"https://cdn.test/previews/track-{n}.mp3"


def by_genre(n: int) -> str:
    return f"https://cdn.test/previews/{GENRES[n].replace(' ', '-')}.wav"


def by_hash(n: int) -> str:
    return f"https://p.test/mp3-preview/{n * 7919 + 10**9:x}?cid=abc"


@pytest.mark.parametrize(
    "tracks",
    [
        previews(*map(by_id, range(6))),
        previews(*map(by_genre, range(6))),
        previews(*map(by_hash, range(6))),
        previews(*(f"https://cdn.test/p/4uLU6hMC{n}jJwB" for n in range(6))),
        previews(*(f"https://cdn.test/p/{name.replace(' ', '%20')}.mp3" for name in NAMES)),
        previews(*map(by_id, range(3)), None, None, ""),
        [*previews("https://a.test/x.mp3?sig=1"), *previews("https://a.test/x.mp3?sig=2", where="other")],
        previews(None, None),
    ],
    ids=["ids", "genres", "hashes", "other ids", "names", "some without", "signed", "none"],
)
def test_previews_of_their_own_tracks_are_fine(tracks: list[Named]) -> None:
    expect_own_previews(tracks)


@pytest.mark.parametrize(
    "tracks",
    [
        previews(*map(by_id, [0, 1, 2, 3, 4, 0])),
        previews(*map(by_genre, [0, 1, 2, 3, 4, 1])),
        previews(*map(by_hash, [0, 1, 2, 3, 4, 4])),
        previews(*map(by_id, [1, 2, 3, 4, 5, 0])),
        previews(*map(by_genre, [1, 2, 3, 4, 5, 0])),
        [*previews(*map(by_id, range(6))), *previews(by_id(1), where="other")],
    ],
    ids=["one other id", "one other genre", "shared", "all shifted", "genres shifted", "replicas differ"],
)
def test_previews_of_other_tracks_are_not(tracks: list[Named]) -> None:
    with pytest.raises(AssertionError):
        expect_own_previews(tracks)


def test_one_preview_for_all_tracks_is_not_theirs() -> None:
    tracks = [
        Named(
            f"t{n}", "list", preview="https://cdn.test/p.mp3", names={"id": f"t{n}x{n}", "name": f"Song {n}"}
        )
        for n in range(20)
    ]
    with pytest.raises(AssertionError):
        expect_own_previews(tracks)


def shown(*ids: str, place: str = "api-1") -> Shown:
    return Shown("search", place, ids, f"GET {place}")


def test_what_is_disliked_is_nowhere() -> None:
    expect_nowhere(
        [shown("a", "b"), shown("b", place="api-2"), shown()], "x", rated_at="api-1", within=SECOND
    )
    for wrong in ([shown("a", "x")], [shown("a"), shown("x", place="api-2")], []):
        with pytest.raises(AssertionError):
            expect_nowhere(wrong, "x", rated_at="api-1", within=SECOND)


CATALOGUE = [f"t{number}" for number in range(400)]


def exploring(seed: int, shift: int = 0) -> list[str]:
    """A list of a context (where its tracks begin), with some chance in it."""
    chance = random.Random(seed)  # noqa: S311 - repeatable, no secret
    listed = CATALOGUE[shift : shift + 20]
    return [chance.choice(CATALOGUE) if chance.random() < 0.1 else one for one in listed]


def judge_contexts(plain: list[list[str]], **contexts: list[list[str]]) -> None:
    expect_context_counts(plain, contexts, least_change=0.001, place="api-1", where="GET /recommendations")


def test_contexts_that_change_the_list_are_fine() -> None:
    plain = CATALOGUE[:20]
    judge_contexts([plain] * 2, calm=[plain[10:] + CATALOGUE[30:40]] * 2, party=[plain[::-1]] * 2)
    lifted = [*plain[:18], plain[19], plain[18]]
    judge_contexts([plain] * 2, calm=[lifted] * 2, party=[plain[::-1]] * 2)
    near = [CATALOGUE[40:60]] * 2
    judge_contexts([plain] * 2, focus=near, sleep=near, party=[plain[::-1]] * 2)
    judge_contexts([exploring(n) for n in range(3)], calm=[exploring(n, 8) for n in range(3, 6)])


@pytest.mark.parametrize("chance", range(8))
def test_contexts_that_change_nothing_are_not(chance: int) -> None:
    plain = CATALOGUE[:20]
    dice = random.Random(chance)  # noqa: S311 - repeatable, no secret
    forms = [
        ([plain] * 3, {"calm": [plain] * 3}),
        ([plain] * 3, {"calm": [CATALOGUE[40:60]] * 3, "party": [CATALOGUE[40:60]] * 3}),
        ([plain] * 3, {"calm": [CATALOGUE[40:60]] * 3, "party": [plain] * 3}),
        ([plain] * 3, {"calm": [dice.sample(CATALOGUE, 20) for _ in range(3)]}),
        ([plain] * 3, {"calm": [dice.sample(plain, 20) for _ in range(3)]}),
    ]
    for ignored, contexts in forms:
        with pytest.raises(AssertionError):
            judge_contexts(ignored, **contexts)


def test_places_say_the_same() -> None:
    expect_same_everywhere({"api-1": "m1", "api-2": "m1"}, what="models", where="GET")
    with pytest.raises(AssertionError):
        expect_same_everywhere({"api-1": "m1", "api-2": "m2"}, what="models", where="GET")
