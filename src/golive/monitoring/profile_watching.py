"""What a profile says of who watches: error tracker, log store, dashboards, on-call calendar, channels."""

import datetime
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import Field, Tag, field_validator, model_validator

from golive.profile.base import Absence, Absent, Frozen, Presence
from golive.profile.fields import Duration, HttpUrl, ReachedEndpoint, SecretName

DASHBOARD_QUERIES = "/api/ds/query"
"""Where Grafana is asked for data, by POST: it changes nothing."""
Personal = Literal["email", "ip", "token"]
"""A kind of marked personal data that the suite sends, and that must not come back."""


def _zone(name: str) -> str:
    if name != "UTC" and name not in available_timezones():
        raise ValueError(f"{name!r} is no time zone: write one such as 'Europe/Berlin'")
    return name


class ErrorTracker(Frozen):
    """A Sentry-compatible error tracker: Sentry, GlitchTip, Bugsink."""

    dsn: SecretName
    """The project's DSN, as the application has it: ``https://KEY@host/PROJECT``."""
    api: HttpUrl
    """Base of its web API, such as ``https://sentry.io/api/0``."""
    organisation: str
    project: str
    token: SecretName
    """May read events; and delete or resolve issues, as ``afterwards`` says."""
    environment: str | None = None
    """Environment that the marked error names."""
    scrubbed: tuple[Personal, ...] = Field(default=("email", "ip", "token"), min_length=1)
    """What of the marked error's personal data must not come back."""
    within: Duration = timedelta(seconds=60)
    """How long it may take until an error is found."""
    afterwards: Literal["delete", "resolve"] = "delete"
    """What becomes of the marked error's issue."""


class LogStore(Frozen):
    """A log store that is asked as Grafana Loki is."""

    url: HttpUrl
    selector: str = Field(pattern=r"^\{.+\}$")
    """The streams of the API, such as ``{app="audotics-api"}``."""
    user: str | None = None
    """Sent with ``token`` by HTTP Basic; without it the token is a bearer token."""
    token: SecretName | None = None
    tenant: str | None = None
    """Sent as ``X-Scope-OrgID``."""
    scrubbed: tuple[Literal["email", "token"], ...] = ("email", "token")
    """What of the marked request's query must not come back."""
    within: Duration = timedelta(seconds=60)


class RequiredDashboard(Frozen):
    """A dashboard that must be there, by exactly one of its uid and its title."""

    uid: str | None = None
    title: str | None = None

    @model_validator(mode="after")
    def _one(self) -> "RequiredDashboard":
        if (self.uid is None) == (self.title is None):
            raise ValueError("name exactly one of 'uid' and 'title'")
        return self

    def __str__(self) -> str:
        return f"uid {self.uid}" if self.uid is not None else f"{self.title!r}"


class Dashboards(Frozen):
    """Dashboards in Grafana."""

    url: HttpUrl
    token: SecretName
    """Of a service account that may view."""
    required: tuple[RequiredDashboard, ...] = Field(min_length=1, max_length=32)
    period: Duration = timedelta(minutes=15)
    """The last so much of time must have data."""
    variables: dict[str, str] = {}
    """Values of dashboards' variables, instead of those that they were saved with."""
    without_query: tuple[str, ...] = ("text", "row", "news", "dashlist", "welcome", "annolist", "alertlist")
    """Types of panels that show no data of their own: they do not count."""
    quiet: dict[str, str] = {}
    """Title of a panel to the reason why it may have nothing to show; its query must work all the same."""


class OnCallCalendar(Frozen):
    """A calendar of shifts, by exactly one of its address, a secret that is its address, and a file."""

    line: Literal["first", "second"]
    url: HttpUrl | None = None
    secret: SecretName | None = None
    """The address, where whoever knows it may read the calendar."""
    file: str | None = None
    contains: str | None = None
    """Only shifts whose summary contains this count, where one calendar has both lines."""

    @model_validator(mode="after")
    def _one(self) -> "OnCallCalendar":
        if sum(source is not None for source in (self.url, self.secret, self.file)) != 1:
            raise ValueError("name exactly one of 'url', 'secret' and 'file'")
        return self


class OnCall(Frozen):
    """Who is called when something breaks, in iCalendar (RFC 5545)."""

    calendars: tuple[OnCallCalendar, ...] = Field(min_length=1, max_length=16)
    timezone: str = "UTC"
    """Of shifts whose times name none."""
    after: Duration = timedelta(hours=24)
    """How long after the launch window somebody must be on call."""

    _known = field_validator("timezone")(_zone)


class Launch(Frozen):
    """The day of the deployment; its hours are the first and the last planned ones of the checklist."""

    date: datetime.date
    timezone: str = "UTC"
    """In which the checklist's hours are meant."""

    _known = field_validator("timezone")(_zone)


class StatusPage(Frozen):
    """A status page with Statuspage's public API."""

    url: HttpUrl
    components: tuple[str, ...] = Field(min_length=1)
    """Names of components that it must show."""


class ReadBack(Frozen):
    """How it is seen that a message arrived: an address that answers with a channel's latest messages."""

    url: HttpUrl
    """``{marker}`` is filled in, where messages must be searched for."""
    messages: str
    """Where in the answer the messages stand, as a list or an object of them; dots lead into objects."""
    token: SecretName | None = None
    header: str = "Authorization"
    scheme: str = "Bearer "
    within: Duration = timedelta(seconds=20)
    """How long a message may take to arrive."""


class Channel(Frozen):
    """A channel of communication. Messages are sent by Apprise."""

    url: SecretName
    """An Apprise URL, such as ``mmosts://chat.example/TOKEN``: a secret, because its password is in it."""
    to: tuple[ReachedEndpoint, ...] = Field(min_length=1, max_length=8)
    """Where Apprise connects to for it, ``host:port``; it is let nowhere else."""
    read_back: ReadBack | Absent
    within: Duration = timedelta(seconds=20)
    """How long sending may take."""


class WatchingTargets(Frozen):
    """The parts of a deployment by which it is watched."""

    errors: Annotated[Annotated[ErrorTracker, Tag("(present)")] | Absence, Presence] | None = None
    logs: Annotated[Annotated[LogStore, Tag("(present)")] | Absence, Presence] | None = None
    dashboards: Annotated[Annotated[Dashboards, Tag("(present)")] | Absence, Presence] | None = None
    on_call: Annotated[Annotated[OnCall, Tag("(present)")] | Absence, Presence] | None = None
    status_page: Annotated[Annotated[StatusPage, Tag("(present)")] | Absence, Presence] | None = None


def watching_secrets(
    targets: WatchingTargets, channels: Mapping[str, Channel]
) -> list[tuple[str, SecretName | None]]:
    """Key to the secret that it names."""
    named: list[tuple[str, SecretName | None]] = []
    if isinstance(targets.errors, ErrorTracker):
        named += [("targets.errors.dsn", targets.errors.dsn), ("targets.errors.token", targets.errors.token)]
    if isinstance(targets.logs, LogStore):
        named.append(("targets.logs.token", targets.logs.token))
    if isinstance(targets.dashboards, Dashboards):
        named.append(("targets.dashboards.token", targets.dashboards.token))
    if isinstance(targets.on_call, OnCall):
        named += [("targets.on_call.calendars.secret", entry.secret) for entry in targets.on_call.calendars]
    for name, channel in channels.items():
        named.append((f"channels.{name}.url", channel.url))
        if isinstance(channel.read_back, ReadBack):
            named.append((f"channels.{name}.read_back.token", channel.read_back.token))
    return named
