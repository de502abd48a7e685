"""Who is on call: calendars whole and broken, over time zones and changes of the clocks."""

import asyncio
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from golive.core.people import People, Person
from golive.net.errors import ProtocolError
from golive.people.observation import OnCallObservation
from golive.people.probe_on_call import read_on_call
from golive.people.rules_on_call import expect_covered, expect_different, expect_known

WINDOW = (datetime(2026, 10, 24, 13, tzinfo=UTC), datetime(2026, 10, 25, 15, tzinfo=UTC))
"""Over the night in which Berlin's clocks go back: 26 hours."""
JANE = Person(name="Jane Doe", principals=("jane@audotics.test",))
OLE = Person(name="Ole Dahl", principals=("Ole@audotics.test",))
PEOPLE = People(person=(JANE, OLE))


def event(start: str, end: str, *more: str, summary: str = "On call: Jane Doe", uid: str = "a") -> str:
    lines = ["BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20260101T000000Z", f"SUMMARY:{summary}",
             f"DTSTART{start}", f"DTEND{end}", *more, "END:VEVENT"]  # fmt: skip
    return "\r\n".join([*lines, ""])


def calendar(*events: str) -> bytes:
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:test\r\n{''.join(events)}END:VCALENDAR\r\n".encode()


def read(content: bytes, *, line: str = "first", zone: str = "UTC", contains=None) -> OnCallObservation:
    reading = read_on_call(
        content, name="calendar", line=line, window=WINDOW, zone=ZoneInfo(zone), contains=contains
    )
    return asyncio.run(reading)


DAY = event(";TZID=Europe/Berlin:20260901T080000", ";TZID=Europe/Berlin:20260901T200000", "RRULE:FREQ=DAILY")
NIGHT = event(
    ";TZID=Europe/Berlin:20260901T200000", ";TZID=Europe/Berlin:20260902T080000", "RRULE:FREQ=DAILY", uid="b"
)
NIGHT_IN_UTC = event(":20260901T180000Z", ":20260902T060000Z", "RRULE:FREQ=DAILY", uid="b")


def test_shifts_that_follow_the_clocks_cover_the_night_in_which_they_change():
    """Both are of one wall clock, and what one leaves the other takes."""
    expect_covered([read(calendar(DAY, NIGHT))], "first", WINDOW)


def test_a_gap_that_shows_only_once_the_clocks_have_changed_is_found():
    """By day after Berlin's clock, by night after UTC: they fit in summer, afterwards an hour is nobody's."""
    with pytest.raises(AssertionError, match="nobody from 2026-10-25 06:00Z until 2026-10-25 07:00Z"):
        expect_covered([read(calendar(DAY, NIGHT_IN_UTC))], "first", WINDOW)
    summer = (datetime(2026, 10, 20, 13, tzinfo=UTC), datetime(2026, 10, 21, 15, tzinfo=UTC))
    reading = read_on_call(
        calendar(DAY, NIGHT_IN_UTC), name="calendar", line="first", window=summer, zone=UTC
    )
    expect_covered([asyncio.run(reading)], "first", summer)


@pytest.mark.parametrize(
    ("zone", "covers"), [("Pacific/Kiritimati", False), ("Europe/Berlin", True), ("Pacific/Niue", False)]
)
def test_times_without_a_zone_are_of_the_declared_one(zone, covers):
    """Fourteen hours ahead, or eleven behind, the same words are another time."""
    seen = read(calendar(event(":20261024T140000", ":20261025T170000")), zone=zone)
    if covers:
        expect_covered([seen], "first", WINDOW)
    else:
        with pytest.raises(AssertionError, match="nobody from"):
            expect_covered([seen], "first", WINDOW)


def test_whole_days_are_shifts_too():
    """From midnight to midnight of the declared zone."""
    seen = read(calendar(event(";VALUE=DATE:20261024", ";VALUE=DATE:20261026")), zone="Europe/Berlin")
    assert seen.shifts[0].start == datetime(2026, 10, 23, 22, tzinfo=UTC)
    expect_covered([seen], "first", WINDOW)


def test_a_swap_replaces_one_shift_and_a_cancelled_one_covers_nothing():
    """RECURRENCE-ID, EXDATE and STATUS are heeded."""
    weekly = event(
        ";TZID=Europe/Berlin:20260907T090000", ";TZID=Europe/Berlin:20260914T090000", "RRULE:FREQ=WEEKLY"
    )
    swap = event(
        ";TZID=Europe/Berlin:20261019T090000",
        ";TZID=Europe/Berlin:20261026T090000",
        "RECURRENCE-ID;TZID=Europe/Berlin:20261019T090000",
        summary="On call: Ole Dahl",
    )
    assert [shift.summary for shift in read(calendar(weekly, swap)).shifts] == ["On call: Ole Dahl"]
    taken = weekly.replace("RRULE", "EXDATE;TZID=Europe/Berlin:20261019T090000\r\nRRULE")
    assert read(calendar(taken)).shifts == ()
    assert read(calendar(event(":20261024T000000Z", ":20261026T000000Z", "STATUS:CANCELLED"))).shifts == ()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the calendar is empty"),
        (b"\n\n", "the calendar is empty"),
        (b"<!doctype html><title>Sign in</title>", "is it a page for people"),
        (calendar(DAY)[:-20], "cut off"),
        (calendar(DAY)[:150], "cut off"),
        (calendar(DAY.replace("END:VEVENT\r\n", "")), "cut off"),
        (calendar(DAY.replace("FREQ=DAILY", "FREQ=SECONDLY")), "repeats by"),
        (calendar(DAY.replace("FREQ=DAILY", "FR\r\n EQ=MINUTELY")), "repeats by"),
        (calendar(DAY.replace("FREQ=DAILY", "FREQ=DAILY;BYHOUR=99")), "cannot be read"),
        (calendar(DAY.replace("Europe/Berlin", "Middle/Earth")), "cannot be read"),
        (calendar(*(DAY.replace("UID:a", f"UID:{n}") for n in range(201))), "more than 200"),
        (b"BEGIN:VCALENDAR\r\n\xff\xfe\r\nEND:VCALENDAR", "cannot be read"),
    ],
)
def test_a_broken_calendar_is_said_to_be_one(content, words):
    """And never read as an empty one, nor for ever."""
    with pytest.raises(ProtocolError, match=words):
        read(content)


def test_a_calendar_without_shifts_and_a_line_without_a_calendar_cover_nothing():
    """Each in its own words."""
    with pytest.raises(AssertionError, match="the calendar is empty"):
        expect_covered([read(calendar())], "first", WINDOW)
    with pytest.raises(AssertionError, match="second line: expected a calendar"):
        expect_covered([read(calendar(DAY, NIGHT))], "second", WINDOW)
    with pytest.raises(AssertionError, match="nobody from 2026-10-24 13:00Z until 2026-10-25 15:00Z"):
        expect_covered([read(calendar(event(":20251024T000000Z", ":20251026T000000Z")))], "first", WINDOW)


def test_two_lines_may_share_a_calendar():
    """By what their summaries contain."""
    both = calendar(
        event(":20261024T000000Z", ":20261026T000000Z", summary="Primary: Jane Doe"),
        event(":20261024T000000Z", ":20261026T000000Z", summary="Secondary: Ole Dahl", uid="b"),
    )
    seen = [read(both, contains="primary"), read(both, line="second", contains="secondary")]
    assert [len(one.shifts) for one in seen] == [1, 1]
    expect_different(seen, WINDOW, PEOPLE)


@pytest.mark.parametrize(
    ("summary", "attendee", "known"),
    [
        ("On call: Jane Doe", "", True),
        ("jane doe (primary)", "", True),
        ("Shift", "ATTENDEE;CN=O:MAILTO:ole@AUDOTICS.test", True),
        ("On call: Jane Doering", "", False),
        ("On call: Sid Former", "ATTENDEE:mailto:sid@audotics.test", False),
        ("", "", False),
    ],
)
def test_who_is_on_call_is_of_the_roster(summary, attendee, known):
    """By whole name, or by address; letters' case apart."""
    more = (attendee,) if attendee else ()
    seen = read(calendar(event(":20261024T000000Z", ":20261026T000000Z", *more, summary=summary)))
    if known:
        expect_known([seen], WINDOW, PEOPLE, "people.toml")
    else:
        with pytest.raises(AssertionError, match=r"expected somebody of people\.toml"):
            expect_known([seen], WINDOW, PEOPLE, "people.toml")


def test_nobody_on_call_is_nobody_known():
    """No shifts are no pass."""
    with pytest.raises(AssertionError, match="shifts of the launch"):
        expect_known([read(calendar())], WINDOW, PEOPLE, "people.toml")


def test_one_person_in_both_lines_is_nobody_behind_them():
    """At the moment at which it comes to that, though it was well before."""
    first = calendar(event(":20261024T000000Z", ":20261026T000000Z"))
    change = WINDOW[0] + timedelta(hours=6)
    second = calendar(
        event(":20261024T000000Z", f":{change:%Y%m%dT%H%M%SZ}", summary="Ole Dahl"),
        event(f":{change:%Y%m%dT%H%M%SZ}", ":20261026T000000Z", summary="Jane Doe", uid="b"),
    )
    seen = [read(first), read(second, line="second")]
    with pytest.raises(AssertionError, match=r"lines at 2026-10-24 19:00Z: .*Jane Doe in the second"):
        expect_different(seen, WINDOW, PEOPLE)


def test_evidence_shows_every_shift_in_utc():
    """And how many events there are in all."""
    facts = read(calendar(DAY, NIGHT)).facts()
    assert facts["events"] == 2
    assert "2026-10-24 18:00Z to 2026-10-25 07:00Z: On call: Jane Doe" in facts["shifts"]
