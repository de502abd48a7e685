"""What a profile says of the launch: its day, who is on call, and the channels by which people are told."""

import datetime
from datetime import timedelta
from typing import Literal
from zoneinfo import available_timezones

from pydantic import Field, field_validator, model_validator

from golive.profile.base import Absent, Frozen
from golive.profile.fields import Duration, HttpUrl, ReachedEndpoint, SecretName
from golive.profile.registry import Section, part, section


def _zone(name: str) -> str:
    if name != "UTC" and name not in available_timezones():
        raise ValueError(f"{name!r} is no time zone: write one such as 'Europe/Berlin'")
    return name


class OnCallCalendar(Frozen):
    """A calendar of shifts, by exactly one of its address, a secret that is its address, and a file."""

    line: Literal["first", "second"]
    """Whom it is about: who is called first, or who is called next."""
    url: HttpUrl | None = None
    """Its address, where anybody may know it."""
    secret: SecretName | None = None
    """The address, where whoever knows it may read the calendar."""
    file: str | None = None
    """Path of an iCalendar file, below the project."""
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
    """The calendars of both lines."""
    timezone: str = "UTC"
    """Of shifts whose times name none."""
    after: Duration = timedelta(hours=24)
    """How long after the launch window somebody must be on call."""

    _known = field_validator("timezone")(_zone)


class Launch(Frozen):
    """The day of the deployment; its hours are the first and the last planned ones of the checklist."""

    date: datetime.date
    """The day, as YYYY-MM-DD."""
    timezone: str = "UTC"
    """In which the checklist's hours are meant."""

    _known = field_validator("timezone")(_zone)


class ReadBack(Frozen):
    """How it is seen that a message arrived: an address that answers with a channel's latest messages."""

    url: HttpUrl
    """``{marker}`` is filled in, where messages must be searched for."""
    messages: str
    """Where in the answer the messages stand, as a list or an object of them; dots lead into objects."""
    token: SecretName | None = None
    """The secret that lets the suite read; None: nothing is sent."""
    header: str = "Authorization"
    """The request header that carries the token."""
    scheme: str = "Bearer "
    """Put before the token in that header."""
    within: Duration = timedelta(seconds=20)
    """How long a message may take to arrive."""


class Channel(Frozen):
    """A channel of communication. Messages are sent by Apprise."""

    url: SecretName
    """An Apprise URL, such as ``mmosts://chat.example/TOKEN``: a secret, because its password is in it."""
    to: tuple[ReachedEndpoint, ...] = Field(min_length=1, max_length=8)
    """Where Apprise connects to for it, ``host:port``; it is let nowhere else."""
    read_back: ReadBack | Absent
    """How it is seen that a message arrived; absent with a reason where it cannot be."""
    within: Duration = timedelta(seconds=20)
    """How long sending may take."""


ON_CALL = part("on_call", OnCall)
"""Who is called when something breaks."""
LAUNCH: Section[Launch | None] = section("launch", Launch | None, None)
CHANNELS: Section[dict[str, Channel]] = section("channels", dict[str, Channel], {})
"""Where the team, users and stakeholders are told things, by name."""
