"""What a profile says of recommendations and of real time: names of fields, and numbers that must hold."""

from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field

from golive.profile.fields import Duration


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Taste(_Frozen):
    """The taste that a test account was given, in genres."""

    genres: tuple[str, ...] = Field(min_length=1)
    catalogue_share: float = Field(gt=0, lt=1)
    """How much of the whole catalogue is of these genres: what chance alone would recommend."""


class Search(_Frozen):
    """A sentence that language search must understand."""

    query: str
    genres: tuple[str, ...] = Field(min_length=1)
    """What the tracks that are found must be of."""


class Fields(_Frozen):
    """Where things stand in the answers; dots lead into objects, such as ``data.recommendations``."""

    personal: str = "recommendations"
    group: str = "recommendations"
    similar: str = "similar"
    trending: str = "tracks"
    search: str = "recommendations"
    total: str | None = "total"
    """How many there are in all; None where the answer does not say."""
    id: str = "id"
    score: str = "score"
    genre: str = "genre"
    artists: str = "artists"
    preview: str = "previewUrl"
    """Where a track can be listened to for a moment; a track may have none."""
    required: tuple[str, ...] = ("id", "name", "artists", "album", "spotifyId")
    """Fields that every recommended track has, never empty."""


class Recommendations(_Frozen):
    """What recommendations must be like here."""

    fields: Fields = Fields()
    tastes: dict[str, Taste] = {}
    """Test account to taste. An account without history, such as newcomer, has none."""
    significance: float = Field(default=0.001, gt=0, lt=0.1)
    """How improbable by chance a list must be to count as fitting a taste."""
    highest_overlap: float = Field(default=0.5, ge=0, lt=1)
    """Of two lists for different tastes: shared / all."""
    highest_artist_share: float = Field(default=0.2, gt=0, lt=1)
    """Of one list: no artist stands on more of it."""
    group_member_share: float = Field(default=0.2, gt=0, lt=1)
    """Of a group's list: at least so much is of each member's taste."""
    pages: int = Field(default=4, ge=2, le=20)
    page_size: int = Field(default=20, ge=1, le=100)
    timeframes: tuple[str, ...] = ("day", "week", "month")
    trending_genre: str = "jazz"
    searches: tuple[Search, ...] = ()
    search_share: float = Field(default=0.8, gt=0, le=1)
    """Of what a search finds: at least so much is of what was asked for."""
    longest_query: int = 500
    model_timestamp: str | None = None
    """Field of the answer that says when the model was last brought up to date; None: it does not say."""
    model_age: Duration = timedelta(hours=26)


class RealtimeBehaviour(_Frozen):
    """What real time must be like here."""

    ping_interval: Duration = timedelta(seconds=25)
    loss_noticed: Duration = timedelta(seconds=5)
    """How long after an abrupt loss the others are told."""
    burst: int = Field(default=200, ge=2, le=1000)
    burst_within: Duration = timedelta(seconds=10)
    version: str | None = "data.version"
    """Field of an update that counts the updates of a session one by one; None: there is none."""
    largest_message: int = Field(default=1_000_000, ge=1000, le=4_000_000)
    """Bytes; a larger message must be refused."""
    messages_limit: int | None = Field(default=None, ge=10, le=5000)
    """Messages of one connection that are answered in a window; None: flooding is not tried here."""
    connections_per_user: int | None = Field(default=None, ge=1, le=100)
    """At one replica; None: the limit is not tried here."""
    error_event: str = "error"
    """How a plain WebSocket names the answer to what it refuses."""
