"""Stand-ins for third parties: what healthy ones say holds on every day, and each fault is a defect."""

import asyncio
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from golive.core.people import People, Person
from golive.net.errors import ProtocolError
from golive.people.observation import OnCallObservation
from golive.people.probe_on_call import read_on_call
from golive.people.rules_on_call import expect_covered, expect_different, expect_known
from rehearsal.faults import named
from rehearsal.people.plan import healthy_people
from rehearsal.third_party.application import ThirdParties
from rehearsal.third_party.error_tracker import FILTERED
from rehearsal.third_party.settings import PartnerCredentials, Settings

PEOPLE = People(person=tuple(Person(name=p.name, principals=(p.principal,)) for p in healthy_people()))
TODAY = datetime.now(UTC).date()


def third_parties(*faults: str) -> ThirdParties:
    paths = Path("chain.pem"), Path("key.pem")
    parties = ThirdParties(Settings("127.0.0.1", 1, 2, *paths, PartnerCredentials(), {}, {}))
    for fault in named(faults):
        fault.modify(parties)  # type: ignore[attr-defined]
    return parties


def window(day: date) -> tuple[datetime, datetime]:
    return datetime.combine(day, time(13), UTC), datetime.combine(day, time(15), UTC) + timedelta(days=1)


def shifts(parties: ThirdParties, day: date) -> list[OnCallObservation]:
    begin, end = window(day)
    around = (begin, end + timedelta(days=1))
    return [
        asyncio.run(
            read_on_call(parties.calendars.text(line).encode(), name=line, line=line, window=around, zone=UTC)
        )
        for line in ("first", "second")
    ]


def expect_all(parties: ThirdParties, day: date) -> None:
    seen = shifts(parties, day)
    expect_covered(seen, "first", window(day))
    expect_covered(seen, "second", window(day))
    expect_known(seen, window(day), PEOPLE, "people.toml")
    expect_different(seen, window(day), PEOPLE)


def test_somebody_is_on_call_whenever_the_launch_is():
    """Every fifth day of a year, over both changes of the clocks and every kind of weekday."""
    parties = third_parties()
    for number in range(0, 366, 5):
        expect_all(parties, TODAY + timedelta(days=number))


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("on-call.gap", "first line: .*nobody from"),
        ("on-call.no-second-line", "second line: .*the calendar is empty"),
        ("on-call.stranger", "'On call: Sid Former'"),
        ("on-call.one-for-both", "(Olga Petrova|Dario Conti) in the first, .* in the second"),
    ],
)
def test_every_defect_of_the_calendars_is_seen(fault, words):
    """On whatever weekday it is drilled."""
    with pytest.raises(AssertionError, match=words):
        expect_all(third_parties(fault), TODAY)


def test_a_calendar_that_is_cut_off_is_seen():
    """And is not an empty one."""
    with pytest.raises(ProtocolError, match="cut off"):
        shifts(third_parties("on-call.calendar-cut-off"), TODAY)


def test_the_tracker_scrubs_by_key_and_by_look():
    """Secrets by their names; addresses wherever they stand."""
    scrubbed = third_parties().tracker.scrub(
        {"access_token": "x", "user": {"email": "jo@personal.invalid"}, "url": ["/?token=abc&a=203.0.113.9"]}
    )
    assert scrubbed == {
        "access_token": FILTERED,
        "user": {"email": FILTERED},
        "url": [f"/?token={FILTERED}&a={FILTERED}"],
    }


def test_settings_survive_the_way_through_the_environment():
    """What the process is told is what was meant."""
    told = third_parties().settings
    assert Settings.from_environment(told.environment()) == told
