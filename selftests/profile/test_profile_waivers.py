"""Waivers end: both sides of the second, across daylight saving and a leap day, thirty days at most."""

from datetime import UTC, datetime, timedelta

import pytest

from golive.core.waiver import Waiver
from golive.profile.waivers import WaiverError, add_waiver, read_waivers
from selftests.examples.gate_examples import checklist, line

DOCUMENT = checklist(line("a"), line("b"))
NOW = datetime(2026, 11, 28, 15, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MONTH = timedelta(days=30)


def waivers(tmp_path, expires, *, now=NOW, **changes):
    values = {"item": "a", "reason": "known", "owner": "QA", "ticket": "AUD-1"} | changes
    lines = [f'{key} = "{value}"' for key, value in values.items()]
    path = tmp_path / "waivers.toml"
    path.write_text("\n".join(["[[waiver]]", *lines, f"expires = {expires}", ""]), encoding="utf-8")
    return read_waivers(path, DOCUMENT, now=now)


def written(instant: datetime) -> str:
    return instant.isoformat()


@pytest.mark.parametrize("left", [SECOND, timedelta(days=1), MONTH])
def test_waiver_holds_up_to_its_end(tmp_path, left):
    """From a second to thirty days."""
    (waiver,) = waivers(tmp_path, written(NOW + left))
    assert waiver.expires - NOW == left


@pytest.mark.parametrize("left", [timedelta(0), -SECOND, -MONTH])
def test_expired_waiver_is_an_error(tmp_path, left):
    """At its very end it is over."""
    with pytest.raises(WaiverError, match=r"waiver 1 \(a\): expired at"):
        waivers(tmp_path, written(NOW + left))


@pytest.mark.parametrize("left", [MONTH + SECOND, timedelta(days=365), timedelta(days=36500)])
def test_waiver_beyond_thirty_days_is_an_error(tmp_path, left):
    """To the second; there are no permanent ones."""
    with pytest.raises(WaiverError, match="more than 30 days"):
        waivers(tmp_path, written(NOW + left))


@pytest.mark.parametrize(
    ("expires", "now", "holds"),
    [
        # Berlin goes to summer time on 28 March 2027: 02:30 +01:00 is before, 03:30 +02:00 an hour later.
        ("2027-03-28T03:30:00+02:00", "2027-03-28T01:29:59+00:00", True),
        ("2027-03-28T03:30:00+02:00", "2027-03-28T01:30:00+00:00", False),
        # The hour that there is twice, on 31 October 2027: the offset says which of the two is meant.
        ("2027-10-31T02:30:00+02:00", "2027-10-31T00:29:59+00:00", True),
        ("2027-10-31T02:30:00+02:00", "2027-10-31T00:30:00+00:00", False),
        ("2027-10-31T02:30:00+01:00", "2027-10-31T01:29:59+00:00", True),
        ("2027-10-31T02:30:00+01:00", "2027-10-31T01:30:00+00:00", False),
        # A leap day is a day: thirty of them from 30 January 2028 end on 29 February, to the second.
        ("2028-02-29T12:00:00Z", "2028-01-30T12:00:00+00:00", True),
        ("2028-02-29T12:00:01Z", "2028-01-30T12:00:00+00:00", False),
        ("2028-02-29T23:59:59Z", "2028-02-29T23:59:58+00:00", True),
        ("2028-03-01T00:00:00Z", "2028-03-01T00:00:00+00:00", False),
        # And where there is none, thirty days from 30 January end on 1 March.
        ("2027-03-01T12:00:00Z", "2027-01-30T12:00:00+00:00", True),
        ("2027-03-01T12:00:01Z", "2027-01-30T12:00:00+00:00", False),
    ],
)
def test_waiver_is_measured_in_utc(tmp_path, expires, now, holds):
    """Whatever offset an end is written in, it is one instant; a day has 24 hours."""
    instant = datetime.fromisoformat(now)
    if holds:
        assert waivers(tmp_path, expires, now=instant)
    else:
        with pytest.raises(WaiverError):
            waivers(tmp_path, expires, now=instant)


@pytest.mark.parametrize("expires", ["2026-12-01T12:00:00", "2026-12-01", '"never"', "true"])
def test_end_without_an_offset_is_none(tmp_path, expires):
    """A local time is another instant elsewhere."""
    with pytest.raises(WaiverError, match=r"waiver 1 \(a\): expires"):
        waivers(tmp_path, expires)


@pytest.mark.parametrize("key", ["reason", "owner", "ticket"])
def test_waiver_says_why_who_and_where(tmp_path, key):
    """An empty word is no word."""
    with pytest.raises(WaiverError, match=f"no {key}"):
        waivers(tmp_path, written(NOW + MONTH), **{key: " "})


def test_waiver_of_one_environment_holds_in_no_other(tmp_path):
    """What is accepted on staging is not accepted in production."""
    expires = written(NOW + MONTH)
    assert waivers(tmp_path, expires, environment="staging")
    path = tmp_path / "waivers.toml"
    assert read_waivers(path, DOCUMENT, now=NOW, environment="staging")
    assert not read_waivers(path, DOCUMENT, now=NOW, environment="prod")


def test_added_waiver_is_read_back_as_it_was(tmp_path):
    """Whatever is in its words: quotes, backslashes, lines, other alphabets."""
    path = tmp_path / "waivers.toml"
    words = 'old "CDN" host \\ renewed\non Monday \t \x7f – große Änderung'
    first = Waiver(item="a", reason=words, owner="OPS", ticket="OPS-1", expires=NOW + MONTH)
    second = Waiver(
        item="b", reason="known", owner="QA", ticket="QA-2", expires=NOW + SECOND, environment="x"
    )
    for waiver in (first, second):
        add_waiver(path, waiver, DOCUMENT, now=NOW)
    assert read_waivers(path, DOCUMENT, now=NOW) == (first, second)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"item": "c"}, "no such line"),
        ({"expires": NOW}, "expired"),
        ({"expires": NOW + MONTH + SECOND}, "more than 30 days"),
        ({"ticket": ""}, "no ticket"),
        ({}, "is waived already"),
    ],
)
def test_waiver_that_would_not_hold_is_not_added(tmp_path, changes, words):
    """The file stays as it was."""
    path = tmp_path / "waivers.toml"
    good = Waiver(item="a", reason="known", owner="QA", ticket="AUD-1", expires=NOW + MONTH)
    add_waiver(path, good, DOCUMENT, now=NOW)
    before = path.read_text(encoding="utf-8")
    with pytest.raises(WaiverError, match=words):
        add_waiver(path, good.model_copy(update=changes), DOCUMENT, now=NOW)
    assert path.read_text(encoding="utf-8") == before
