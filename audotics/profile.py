"""What only Audotics' profiles say: its routes, its words in the frontend, its recommendations."""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import Field, JsonValue

from golive.api.profile import API, Routes, route_can_be_absent
from golive.api.wire.routes import Route
from golive.browser.profile import Frontend
from golive.profile.base import Absent, Frozen
from golive.profile.fields import Duration
from golive.profile.profile import Profile
from golive.profile.registry import Section, extend, implies_absence, reads_by_post, section


class AudoticsRoutes(Routes):
    """Routes of the product; ``{id}`` is filled in."""

    ONLY_READ: ClassVar[tuple[str, ...]] = ("recommendations", "sessions", "trending")

    recommendations: Route = "/recommendations"
    """Path of a listener's own recommendations, by GET."""
    sessions: Route = "/api/sessions"
    """Path of group sessions: POST opens one."""
    session: Route = "/api/sessions/{id}"
    """Path of one session, with its members and playlist."""
    join: Route = "/api/sessions/{id}/join"
    """Path to join a session, by POST."""
    leave: Route = "/api/sessions/{id}/leave"
    """Path to leave a session, by DELETE."""
    playlist: Route = "/api/sessions/{id}/playlist"
    """Path of a session's playlist: adds and removes songs."""
    feedback: Route = "/feedback/songs/{id}"
    """Path at which a listener likes or dislikes a song."""
    song: Route = "/songs/{id}"
    """Path of one song."""
    similar: Route = "/songs/{id}/similar"
    """Path of songs that are similar to one."""
    trending: Route = "/trending"
    """Path of what is trending, by timeframe and genre."""
    search: Route = "/nlp-recommendations/query"
    """Path of search in a sentence, by POST; it changes nothing."""
    group_recommendations: Route = "/api/sessions/{id}/recommendations"
    """Path of recommendations for all members of a session."""


class AudoticsFrontend(Frontend):
    """What the product's pages call things, as users find them."""

    spotify_sign_in: str = "Sign in with Spotify"
    """Label of the button, or link, that signs in with Spotify."""
    recommendations: str = "Recommendations"
    """Name of the list of recommendations."""
    songs_to_add: str | None = None
    """Name of the list from which songs are added to a session's playlist; None: the recommendations."""
    play_preview: str = "Play preview"
    """What the button that plays a recommended track's preview says, at its beginning."""
    player: str = "audio, video"
    """The element that plays it."""
    played_at_least: Duration = timedelta(milliseconds=300)
    """How much of a preview must have been heard to call it playing."""
    session_name: str = "Session name"
    """Label of the field for a new session's name."""
    create_session: str = "Create session"
    """Label of the button that opens a session."""
    session_code: str = "Session code"
    """Label of the field for the code of a session to join."""
    join_session: str = "Join session"
    """Label of the button that joins one."""
    members: str = "Members"
    """Name of the list of a session's members."""
    playlist: str = "Playlist"
    """Name of the list of a session's songs."""
    add_to_playlist: str = "Add to playlist"
    """Label of the button that puts a recommended song on the playlist."""
    remove_from_playlist: str = "Remove"
    """Label of the button that takes a song off it."""
    leave_session: str = "Leave session"
    """Label of the button that leaves the session."""
    session_code_shown: str = "#session-code"
    """Where a session's own page shows the code to share."""
    session_address: str = "/session/{code}"
    """Path of a session's own page, which can be sent to a friend."""


class AudoticsRooms(Frozen):
    """What Audotics' own events hold."""

    track: Literal["object", "id"] = "object"
    """How ``update_playlist`` names the track: ``{"id": …}``, or its id alone."""
    track_ids: Literal["text", "number"] = "text"
    """What a track's id is in the JSON that is sent."""
    present: str | None = None
    """Where the answer to a join says who is present; None: it does not say."""
    told: tuple[
        Literal["session_created", "user_joined", "playlist_updated", "user_left", "session_ended"], ...
    ] = Field(
        default=("session_created", "user_joined", "playlist_updated", "user_left", "session_ended"),
        min_length=1,
    )
    """Events that people are told of; each must really come, at every replica."""

    def id_sent(self, track_id: str) -> str | int:
        """Return a track's id as requests have it."""
        return int(track_id) if self.track_ids == "number" and track_id.isdigit() else track_id

    def track_sent(self, track: Mapping[str, str]) -> JsonValue:
        """Return a track (its ``id``, as text) as ``update_playlist`` has it."""
        named = self.id_sent(track["id"])
        return named if self.track == "id" else {**track, "id": named}


class AudoticsBudgets(Frozen):
    """How fast recommendations and search must be, and how many there are."""

    recommendations_p95: Duration = timedelta(milliseconds=500)
    """The 95th percentile of the time of a listener's recommendations, at most."""
    search_p95: Duration = timedelta(milliseconds=300)
    """The 95th percentile of the time of a search, at most."""
    recommendations_default: int = 20
    """How many recommendations an answer has where no limit is asked for."""
    recommendations_maximum: int = 100
    """The highest limit that may be asked for; more is refused, or cut to it."""


class AudoticsFeatures(Frozen):
    """Abilities of the product that a deployment may do without."""

    spotify: Absent | None = None
    """Signing in with Spotify, at a provider that the suite may press buttons at."""
    preview: Absent | None = None
    """A recommended track can be listened to in the page."""


class Preferences(Frozen):
    """The preferences that a test account was given, in genres."""

    genres: tuple[str, ...] = Field(min_length=1)
    """The genres that the account likes, as the catalogue spells them."""
    catalogue_share: float = Field(gt=0, lt=1)
    """How much of the whole catalogue is of these genres: what chance alone would recommend."""


class Search(Frozen):
    """A sentence that language search must understand."""

    query: str
    """The sentence, as a listener types it."""
    genres: tuple[str, ...] = Field(min_length=1)
    """What the tracks that are found must be of."""


class Fields(Frozen):
    """Where things stand in the answers; dots lead into objects, such as ``data.recommendations``.

    ``.`` is the answer itself, where it is the list; one that is a list is read so too where nothing else is
    named. What answers do not have is ``{ absent = "reason" }``: what needs it is not applicable.
    """

    personal: str = "recommendations"
    """Where a listener's own recommendations are."""
    group: str = "recommendations"
    """Where a group's recommendations are."""
    similar: str = "similar"
    """Where similar songs are."""
    trending: str = "tracks"
    """Where trending songs are."""
    search: str = "recommendations"
    """Where the songs that a search found are."""
    total: str | Absent | None = "total"
    """How many there are in all; ``header NAME`` for a header such as X-Total-Count, ``beside PATH`` for what
    stands beside the envelope's content."""
    id: str = "id"
    """A song's id, within the song."""
    score: str | Absent = "score"
    """A song's score, within the song: the list is ordered by it."""
    genre: str | Absent = "genre"
    """A song's genre, within the song; of several, the first counts."""
    artists: str | Absent = "artists"
    """A song's artists, within the song: names, or objects with a ``name``; or one name."""
    preview: str = "previewUrl"
    """Where a track can be listened to for a moment; a track may have none."""
    duration: str | Absent = "durationMs"
    """How long a track is, as a number; its unit is ``recommendations.duration_unit``."""
    model: str | None = None
    """Where an answer names the model that made it; all replicas must say the same. None: it does not say."""
    context: str | None = None
    """Where an answer says which context it is for; None: nowhere, and unknown ones must be refused."""
    required: tuple[str, ...] = ("id", "name", "artists", "album", "spotifyId")
    """Fields that every recommended track has, never empty."""

    @property
    def named(self) -> frozenset[str]:
        """Places that the profile itself names."""
        return frozenset(str(getattr(self, name)) for name in self.model_fields_set)


class Paging(Frozen):
    """How a listener's own recommendations are asked for in parts."""

    by: Literal["offset", "page", "cursor", "none"] = "offset"
    """What names a part: how many tracks come before it, its number, what the part before it said; or there
    are no parts."""
    limit: str | Absent = "limit"
    """The parameter that says how many tracks a part has."""
    offset: str = "offset"
    """The parameter that says how many come before it."""
    page: str = "page"
    """The parameter that is its number."""
    first_page: Literal[0, 1] = 1
    """The number of the first one."""
    cursor: str = "cursor"
    """The parameter that carries what the part before said."""
    next: str = "nextCursor"
    """Where a part says it: the cursor, or a URL that has it; ``header Link`` for RFC 8288, ``beside PATH``
    for what stands beside the envelope's content."""


class Recommendations(Frozen):
    """What recommendations must be like here."""

    fields: Fields = Fields()
    """Where things stand in the answers, if not where Audotics' own API has them."""
    paging: Paging | Absent = Paging()
    """How they are asked for in parts; absent where every answer is the whole list."""
    preferences: dict[str, Preferences] = {}
    """Test account to the genres that it prefers. An account without history, such as newcomer, has none."""
    significance: float = Field(default=0.001, gt=0, lt=0.1)
    """How improbable by chance a list must be to count as fitting preferences."""
    highest_overlap: float = Field(default=0.5, ge=0, lt=1)
    """Of two lists for different preferences: shared / all."""
    highest_artist_share: float = Field(default=0.2, gt=0, lt=1)
    """Of one list: no artist stands on more of it."""
    group_member_share: float = Field(default=0.2, gt=0, lt=1)
    """Of a group's list: at least so much is of each member's preferences."""
    pages: int = Field(default=4, ge=2, le=20)
    """How many pages are asked for to see whether they are parts of one list."""
    page_size: int = Field(default=20, ge=1, le=100)
    """Songs on each of these pages."""
    timeframes: tuple[str, ...] = ("day", "week", "month")
    """Values of ``timeframe`` that trending knows; their lists must not all be the same."""
    trending_genre: str = "jazz"
    """A genre that has trending songs, to see that the filter holds."""
    searches: tuple[Search, ...] = ()
    """Sentences that search must understand; none: understanding is not tried."""
    counted: tuple[Literal["personal", "group", "similar", "trending"], ...] = ()
    """Lists whose scores count something, such as plays: they have no bound above, others are 1 at most."""
    neutral_rating: int | None = None
    """The rating that changes nothing, where ratings can be changed but not removed; None: DELETE removes."""
    search_share: float = Field(default=0.8, gt=0, le=1)
    """Of what a search finds: at least so much is of what was asked for."""
    contexts: tuple[str, ...] | Absent = ()
    """Contexts and moods that recommendations may be asked for; each must change the list."""
    context_parameter: str = "context"
    """The parameter that names one."""
    context_change: float = Field(default=0.001, gt=0, lt=1)
    """By how much a context must change a list at least, in average overlap of ranks (0 to 1)."""
    duration_unit: Literal["ms", "s", "min"] = "ms"
    """The unit of a track's length."""
    shortest_track: Duration = timedelta(seconds=10)
    """A track is at least so long; spoken interludes are the shortest."""
    longest_track: Duration = timedelta(hours=3)
    """A track is at most so long; recorded sets are the longest."""
    feedback_within: Duration = timedelta(seconds=2)
    """How long after a rating every replica follows it, in every list."""
    longest_query: int = 500
    """Characters of the longest query; a longer one is refused."""
    model_timestamp: str | None = None
    """Field of the answer that says when the model was last brought up to date; None: it does not say."""
    model_age: Duration = timedelta(hours=26)
    """How long ago the model may have been brought up to date: a day, and two hours for a late job."""


ROUTES = extend("routes", AudoticsRoutes)
for _name in AudoticsRoutes.model_fields.keys() - Routes.model_fields.keys():
    route_can_be_absent(_name)
FRONTEND = extend("frontend", AudoticsFrontend)
BUDGETS = extend("budgets", AudoticsBudgets)
extend("features", AudoticsFeatures)
ROOMS: Section[AudoticsRooms] = section("rooms", AudoticsRooms, AudoticsRooms())
RECOMMENDATIONS: Section[Recommendations] = section("recommendations", Recommendations, Recommendations())


def product_routes(routes: Routes) -> AudoticsRoutes:
    """Return the table of routes as Audotics' own: a profile of this suite has no other."""
    assert isinstance(routes, AudoticsRoutes), "pyproject.toml names audotics as a subject"
    return routes


@reads_by_post
def _search(profile: Profile) -> Iterator[str]:
    api = API.get(profile)
    if api is not None:
        yield urlsplit(api.url).path + urlsplit(ROUTES.of(profile).search).path


def _no_field(name: str) -> Callable[[Profile], str | None]:
    def reason(profile: Profile) -> str | None:
        declared = getattr(RECOMMENDATIONS.of(profile).fields, name)
        if isinstance(declared, Absent):
            return declared.absent
        return None if declared else f"answers do not have it (recommendations.fields.{name})"

    return reason


implies_absence("totals", _no_field("total"))
implies_absence("scores", _no_field("score"))
implies_absence("genres", _no_field("genre"))
implies_absence("artists", _no_field("artists"))
implies_absence("durations", _no_field("duration"))


def _no_contexts(profile: Profile) -> str | None:
    contexts = RECOMMENDATIONS.of(profile).contexts
    return contexts.absent if isinstance(contexts, Absent) else None


implies_absence("contexts", _no_contexts)


def _no_limits(profile: Profile) -> str | None:
    paging = RECOMMENDATIONS.of(profile).paging
    if isinstance(paging, Absent):
        return paging.absent
    return paging.limit.absent if isinstance(paging.limit, Absent) else None


def _no_pages(profile: Profile) -> str | None:
    paging = RECOMMENDATIONS.of(profile).paging
    if isinstance(paging, Absent):
        return paging.absent
    return "lists have no parts (recommendations.paging.by)" if paging.by == "none" else None


def _no_signs_of_age(profile: Profile) -> str | None:
    api = API.get(profile)
    if RECOMMENDATIONS.of(profile).model_timestamp or api is None or not api.has_one_replica:
        return None
    return "there is one replica, and its answers do not say when the model was made"


implies_absence("signs_of_age", _no_signs_of_age)


def _no_present(profile: Profile) -> str | None:
    return None if ROOMS.of(profile).present else "joins do not say who is present (rooms.present)"


implies_absence("presence", _no_present)
implies_absence("list_limits", _no_limits)
implies_absence("list_pages", _no_pages)
