"""Stand-ins for the calendars of an on-call tool: two iCalendar feeds (RFC 5545) of weekly shifts.

Shifts are handed over on Mondays at nine in Berlin. Whoever knows the address may read a feed, as it is with
such tools.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

ZONE = "Europe/Berlin"
HANDED_OVER = "090000"
FIRST_MONDAY = date(2026, 1, 5)


@dataclass
class Rotation:
    """Weekly shifts of people (name, e-mail address), in turn; an empty one has no shifts."""

    people: list[tuple[str, str]]
    taken_out: list[date] = field(default_factory=list)
    """Mondays whose shift was taken out of the rotation, and given to nobody."""
    helpers: list[tuple[str, str, datetime]] = field(default_factory=list)
    """Who helps out beside the others (name, e-mail address), for an hour from an instant in UTC."""

    def calendar(self, name: str) -> str:
        """The feed."""
        lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Audotics//on call (stand-in)//EN"]
        lines += [f"X-WR-CALNAME:{name}"]
        for turn, (person, address) in enumerate(self.people):
            monday = FIRST_MONDAY + timedelta(weeks=turn)
            following = monday + timedelta(weeks=1)
            lines += [
                "BEGIN:VEVENT",
                f"UID:{name}-{turn}@calendar.partners.test",
                "DTSTAMP:20260101T000000Z",
                f"SUMMARY:On call: {person}",
                f"ATTENDEE;CN={person}:mailto:{address}",
                f"DTSTART;TZID={ZONE}:{monday:%Y%m%d}T{HANDED_OVER}",
                f"DTEND;TZID={ZONE}:{following:%Y%m%d}T{HANDED_OVER}",
                f"RRULE:FREQ=WEEKLY;INTERVAL={len(self.people)}",
                *(f"EXDATE;TZID={ZONE}:{day:%Y%m%d}T{HANDED_OVER}" for day in self._taken_from(turn)),
                "END:VEVENT",
            ]
        for number, (person, address, start) in enumerate(self.helpers):
            lines += [
                "BEGIN:VEVENT",
                f"UID:{name}-helper-{number}@calendar.partners.test",
                "DTSTAMP:20260101T000000Z",
                f"SUMMARY:On call: {person}",
                f"ATTENDEE;CN={person}:mailto:{address}",
                f"DTSTART:{start:%Y%m%dT%H%M%SZ}",
                "DURATION:PT1H",
                "END:VEVENT",
            ]
        return "\r\n".join([*lines, "END:VCALENDAR", ""])

    def _taken_from(self, turn: int) -> list[date]:
        weeks = {day: (day - FIRST_MONDAY).days // 7 for day in self.taken_out}
        return [day for day, week in weeks.items() if week % len(self.people) == turn]


class OnCallCalendars:
    """The feeds of both lines."""

    def __init__(self, token: str) -> None:
        self.first = Rotation(
            [("Olga Petrova", "olga@audotics.test"), ("Dario Conti", "dario@audotics.test")]
        )
        self.second = Rotation(
            [("Fumiko Sato", "fumiko@audotics.test"), ("Lea Lindqvist", "lea@audotics.test")]
        )
        self._token = token

    def text(self, line: str) -> str:
        """The feed of the "first" or the "second" line."""
        rotation: Rotation = getattr(self, line)
        return rotation.calendar(f"on-call-{line}")

    def routes(self) -> list[BaseRoute]:
        """Of the feeds."""
        return [Route("/{token}/{line}.ics", self._feed)]

    async def _feed(self, request: Request) -> Response:
        line = request.path_params["line"]
        if request.path_params["token"] != self._token or line not in ("first", "second"):
            return PlainTextResponse("not found", 404)
        return PlainTextResponse(self.text(line), media_type="text/calendar")
