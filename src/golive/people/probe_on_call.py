"""Calendars of those who are on call: iCalendar (RFC 5545), its recurrences laid out in time.

A recurring shift ends at the same hour of the wall clock each time, as calendars show it, also where the
clocks are changed in between.
"""

import asyncio
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, tzinfo
from time import monotonic
from typing import Any

from golive.net.errors import ProtocolError
from golive.net.masking import masked_text
from golive.people.observation import Line, OnCallObservation, Shift

SHIFTS_AT_MOST = 2000
RULES_AT_MOST = 200
SECONDS_AT_MOST = 10.0
_RULE = re.compile(r"^RRULE[^:\r\n]*:(.*)$", re.MULTILINE | re.IGNORECASE)
_FOLD = re.compile(r"\r?\n[ \t]")
"""A long line goes on after it (RFC 5545, 3.1)."""
_FREQUENCY = re.compile(r"FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY)\b", re.IGNORECASE)


async def read_on_call(
    content: bytes,
    *,
    name: str,
    line: Line,
    window: tuple[datetime, datetime],
    zone: tzinfo,
    contains: str | None = None,
) -> OnCallObservation:
    """Lay out a calendar.

    Args:
        content: of the calendar, UTF-8.
        name: of it, for messages: its address may be a secret.
        line: which line it is of.
        window: only shifts that reach into it are kept.
        zone: of times that name none.
        contains: only shifts whose summary contains it are kept.

    Raises:
        ProtocolError: it is no whole calendar, or asks for more than is laid out.
    """
    return await asyncio.to_thread(_read, content, name, line, window, zone, contains)


def _read(
    content: bytes,
    name: str,
    line: Line,
    window: tuple[datetime, datetime],
    zone: tzinfo,
    contains: str | None,
) -> OnCallObservation:
    def problem(words: str) -> ProtocolError:
        return ProtocolError(words, target=name, phase="read")

    text = content.decode("utf-8", errors="replace").removeprefix("\ufeff").strip()
    text = _FOLD.sub("", text)
    if fault := _malformed(text):
        raise problem(fault)
    for rule in _RULE.findall(text):
        if not _FREQUENCY.search(rule):
            raise problem(f"a shift that repeats by {masked_text(rule, longest=60)!r}")
    # Not above: half a second, which only a run that reads calendars should pay for.
    from ical.calendar_stream import CalendarStream  # noqa: PLC0415
    from ical.exceptions import CalendarError  # noqa: PLC0415

    limit = monotonic() + SECONDS_AT_MOST
    try:
        calendars = CalendarStream.from_ics(text).calendars
        events = sum(len(calendar.events) for calendar in calendars)
        found: list[Shift] = []
        for calendar in calendars:
            for event in _overlapping(calendar.timeline_tz(zone), window, limit):
                if str(event.status or "").upper().endswith("CANCELLED"):
                    continue
                shift = _shift(event, zone)
                if contains is None or contains.casefold() in shift.summary.casefold():
                    found.append(shift)
    except TimeoutError:
        raise problem(f"its recurrences cannot be laid out within {SECONDS_AT_MOST:g} s") from None
    except (CalendarError, ValueError, TypeError, KeyError, OverflowError, ArithmeticError) as error:
        raise problem(f"it cannot be read as a calendar: {_words(error)}") from None
    if not calendars:
        raise problem("it holds no calendar")
    return OnCallObservation(name, line, events, tuple(sorted(found)))


def _malformed(text: str) -> str:
    """Why ``text`` is no whole calendar; a truncated one would otherwise be read as an empty one."""
    if not text:
        return "the calendar is empty"
    lines = [entry.strip().upper() for entry in text.splitlines()]
    if lines[0] != "BEGIN:VCALENDAR":
        return "it does not begin as a calendar: is it a page for people, or a sign-in?"
    if lines[-1] != "END:VCALENDAR" or any(
        lines.count(f"BEGIN:{part}") != lines.count(f"END:{part}") for part in ("VCALENDAR", "VEVENT")
    ):
        return "the calendar is cut off: it has no end"
    if sum(entry.startswith("RRULE") for entry in lines) > RULES_AT_MOST:
        return f"more than {RULES_AT_MOST} recurring shifts"
    return ""


def _overlapping(timeline: Any, window: tuple[datetime, datetime], limit: float) -> Iterator[Any]:
    for number, event in enumerate(timeline.overlapping(*window)):
        if number >= SHIFTS_AT_MOST or monotonic() > limit:
            raise TimeoutError
        yield event


def _shift(event: Any, zone: tzinfo) -> Shift:
    attendees = [str(person.uri or "") for person in event.attendees or ()]
    people = tuple(uri[7:].lower() for uri in attendees if uri.lower().startswith("mailto:"))
    return Shift(_instant(event.start, zone), _instant(event.end, zone), str(event.summary or ""), people)


def _instant(moment: date | datetime, zone: tzinfo) -> datetime:
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time())
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _words(error: Exception) -> str:
    return masked_text(str(error).split("\n", maxsplit=1)[0], longest=160)
