"""Who must be on call, and when."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from golive.core.duration import format_duration
from golive.core.people import People, Person
from golive.net.masking import masked_name
from golive.people.observation import Line, OnCallObservation, Shift
from golive.rules.failure import fail

Window = tuple[datetime, datetime]
"""From, until; aware."""
_PROFILE = "targets.on_call.calendars"


def of_line(several: Iterable[OnCallObservation], line: Line) -> tuple[Shift, ...]:
    """Return the shifts of a line, of all its calendars."""
    return tuple(sorted(shift for seen in several if seen.line == line for shift in seen.shifts))


def expect_covered(several: Sequence[OnCallObservation], line: Line, window: Window) -> None:
    """At every moment of ``window`` somebody of ``line`` is on call."""
    calendars = [seen for seen in several if seen.line == line]
    if not calendars:
        fail(f"{line} line", expected="a calendar of its shifts", observed="none", where=_PROFILE)
    where = ", ".join(seen.name for seen in calendars)
    if not any(seen.events for seen in calendars):
        fail(f"shifts of the {line} line", expected="at least one", observed="none: the calendar is empty",
              where=where)  # fmt: skip
    covered_until, end = window
    for shift in of_line(calendars, line):
        if shift.start > covered_until:
            break
        covered_until = max(covered_until, shift.end)
    if covered_until < end:
        following = [shift.start for shift in of_line(calendars, line) if shift.start > covered_until]
        gap_ends = min([*following, end])
        fail(
            f"{line} line",
            expected=f"somebody on call from {_at(window[0])} until {_at(end)}",
            observed=f"nobody from {_at(covered_until)} until {_at(gap_ends)}"
            f" ({format_duration(gap_ends - covered_until)})",
            where=where,
        )


def expect_known(several: Sequence[OnCallObservation], window: Window, people: People, roster: str) -> None:
    """Everybody who is on call in ``window`` is one of ``people``, by address or by name."""
    looked_at = 0
    for seen in several:
        for shift in _within(seen.shifts, window):
            looked_at += 1
            if not persons(shift, people):
                fail(
                    f"who is on call from {_at(shift.start)} ({seen.line} line)",
                    expected=f"somebody of {roster}",
                    observed=repr(masked_name(shift.summary or ", ".join(shift.people), longest=80)),
                    where=seen.name,
                )
    if not looked_at:
        fail("shifts of the launch", expected="at least one", observed="none", where=_PROFILE)


def expect_different(several: Sequence[OnCallObservation], window: Window, people: People) -> None:
    """At every moment of ``window`` somebody is on call, and somebody else in the second line."""
    lines: tuple[Line, Line] = ("first", "second")
    shifts = {line: _within(of_line(several, line), window) for line in lines}
    changes = {moment for both in shifts.values() for shift in both for moment in (shift.start, shift.end)}
    for moment in sorted({window[0], *(change for change in changes if window[0] < change < window[1])}):
        first, second = (
            {person.name for shift in shifts[line] if shift.start <= moment < shift.end
             for person in persons(shift, people)}
            for line in lines
        )  # fmt: skip
        if not first or not second - first:
            fail(
                f"lines at {_at(moment)}",
                expected="somebody in the first, and somebody else in the second",
                observed=f"{_names(first)} in the first, {_names(second)} in the second",
                where=", ".join(seen.name for seen in several) or _PROFILE,
            )


def _names(names: set[str]) -> str:
    return ", ".join(sorted(names)) or "nobody who is known"


def persons(shift: Shift, people: People) -> tuple[Person, ...]:
    """Return who of ``people`` has the shift: by an attendee's address, or by name in the summary."""
    return tuple(
        person
        for person in people.person
        if {principal.lower() for principal in person.principals} & set(shift.people)
        or re.search(rf"(?<!\w){re.escape(person.name)}(?!\w)", shift.summary, re.IGNORECASE)
    )


def _within(shifts: Iterable[Shift], window: Window) -> list[Shift]:
    return [shift for shift in shifts if shift.start < window[1] and shift.end > window[0]]


def _at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%MZ}"
