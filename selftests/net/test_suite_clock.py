"""This machine's clock beside others: who is right, what is not judged where it is wrong, who is not blamed.

The clock is passed in, a lie or not; the servers keep the real time.
"""

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from golive.core.outcome import Blind
from golive.net.errors import ConnectFailed, TlsFailed
from golive.net.suite_clock import (
    Clock,
    ClockComparison,
    ClockReading,
    ClockState,
    SuiteClock,
    compare,
    rests_on_the_clock,
)
from golive.profile.profile import profile_model
from golive.tls.clock_survey import ClockSurvey
from golive.tls.probe import TlsProbe
from rehearsal.lab.serving import Handler, serving, silent
from selftests.examples.probe_loopback import HOST, Pki, access_to, answering, garbage

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MONTH = timedelta(days=30)


def told(
    offset: timedelta, host: str, *, control: bool = False, server: str = "", valid: object = ()
) -> ClockReading:
    return ClockReading(host, server or host, control, offset - SECOND, offset + SECOND, valid)  # type: ignore[arg-type]


def controls(*offsets: timedelta) -> list[ClockReading]:
    return [told(offset, f"control-{number}", control=True) for number, offset in enumerate(offsets)]


def targets(*offsets: timedelta) -> list[ClockReading]:
    return [told(offset, f"target-{number}") for number, offset in enumerate(offsets)]


NOTHING, HALF, FAR = timedelta(), timedelta(seconds=30), timedelta(minutes=10)


@pytest.mark.parametrize(
    "readings",
    [
        controls(NOTHING, NOTHING),
        controls(HALF, -HALF),
        targets(NOTHING),
        [*controls(NOTHING), *targets(FAR)],
        [*controls(NOTHING), *targets(FAR, FAR, FAR)],
        [*controls(FAR), *targets(NOTHING)],
        targets(NOTHING, -FAR),
        targets(NOTHING, NOTHING, FAR, FAR, -FAR),
    ],
    ids=[
        "controls agree",
        "within a minute",
        "one target agrees",
        "one target is wrong",
        "every target is wrong, the control is not",
        "the control is wrong, a target is not",
        "one of two targets is wrong",
        "wrong ones disagree among themselves",
    ],
)
def test_a_clock_that_is_right_stays_right_whoever_else_is_wrong(readings: list[ClockReading]) -> None:
    assert compare(NOON, readings).state is ClockState.RIGHT


@pytest.mark.parametrize("off", [MONTH, -400 * timedelta(days=1), timedelta(minutes=2)], ids=str)
@pytest.mark.parametrize("make", [controls, targets], ids=["controls", "targets"])
def test_a_clock_that_two_servers_contradict_is_wrong(make: object, off: timedelta) -> None:
    seen = compare(NOON, make(off, off + SECOND))  # type: ignore[operator]
    assert seen.state is ClockState.WRONG
    direction = "behind" if off > NOTHING else "ahead of"
    assert direction in seen.words
    assert "2 of 2 servers" in seen.words


@pytest.mark.parametrize(
    "readings",
    [
        [],
        controls(MONTH),
        targets(FAR),
        controls(FAR, -FAR),
        [told(MONTH, "app", server="203.0.113.1:443"), told(MONTH, "api", server="203.0.113.1:443")],
    ],
    ids=["nobody tells", "one control", "one target", "two contradict each other", "two names of one server"],
)
def test_what_nobody_can_settle_is_unknown(readings: list[ClockReading]) -> None:
    assert compare(NOON, readings).state is ClockState.UNKNOWN


def test_the_spread_is_in_the_evidence() -> None:
    facts = compare(NOON, [*controls(MONTH, MONTH), *targets(FAR)], ["idle.test:443: no answer"]).facts()
    assert facts["state"] == "wrong"
    assert facts["spread s"] == pytest.approx((MONTH - FAR).total_seconds() + 2)
    assert facts["told nothing"] == ["idle.test:443: no answer"]


def clock_by(comparison: ClockComparison) -> tuple[SuiteClock, list[object]]:
    kept: list[object] = []
    return SuiteClock(lambda: NOON, comparison, kept.append), kept


def test_who_asks_a_wrong_clock_is_blind_with_the_remedy_and_the_comparison_as_evidence() -> None:
    comparison = compare(NOON, controls(MONTH, MONTH))
    clock, kept = clock_by(comparison)
    with pytest.raises(Blind, match="30 d behind") as blind:
        clock()
    assert "timedatectl" in blind.value.remedy
    assert kept == [comparison]


def test_who_asks_a_clock_that_nobody_confirms_is_told_to_name_control_targets() -> None:
    with pytest.raises(Blind, match="nothing tells this machine the time") as blind:
        clock_by(compare(NOON, []))[0]()
    assert "control.targets" in blind.value.remedy


def test_a_right_clock_tells_the_time_and_leaves_nothing_behind() -> None:
    clock, kept = clock_by(compare(NOON, controls(NOTHING)))
    assert clock() == NOON
    assert not kept


HOUR = timedelta(hours=1)
YEAR = timedelta(days=365)


@pytest.mark.parametrize(
    ("off", "valid", "undecided"),
    [
        (MONTH, (NOON - YEAR, NOON + MONTH / 2), True),
        (-400 * timedelta(days=1), (NOON - 405 * timedelta(days=1), NOON - MONTH), True),
        (-MONTH, (NOON - HOUR, NOON + YEAR), True),
        (MONTH, (NOON - YEAR, NOON + YEAR), False),
        (timedelta(minutes=2), (NOON - HOUR, NOON + YEAR), False),
        (MONTH, (NOON - YEAR, NOON - HOUR), False),
    ],
    ids=[
        "expired meanwhile",
        "healthy, expired by a clock ahead",
        "not valid yet",
        "healthy by both",
        "healthy, and little off",
        "expired by both",
    ],
)
def test_a_certificate_that_the_wrong_clock_decides_says_that_no_connection_counts(
    off: timedelta, valid: tuple[datetime, datetime], undecided: bool
) -> None:
    readings = [*controls(off, off), told(off, HOST, valid=(valid,))]
    clock, _ = clock_by(compare(NOON, readings))
    if undecided:
        with pytest.raises(Blind, match=HOST):
            clock.expect_certificates_judged()
    else:
        clock.expect_certificates_judged()


def test_a_right_clock_decides_of_every_certificate() -> None:
    readings = [*controls(NOTHING), told(FAR, HOST, valid=((NOON - YEAR, NOON + SECOND),))]
    clock_by(compare(NOON, readings))[0].expect_certificates_judged()


def test_only_a_refusal_by_date_rests_on_the_clock() -> None:
    expired = TlsFailed("certificate expired", target=HOST, code=10)
    assert rests_on_the_clock(expired)
    assert not rests_on_the_clock(TlsFailed("hostname does not match", target=HOST, code=62))
    assert not rests_on_the_clock(ConnectFailed("connection refused", target=HOST, phase="connect"))


def dated(offset: timedelta = NOTHING, *, age: int | None = None, date: str | None = None) -> Handler:
    """A server whose clock is off by ``offset`` from the real time."""
    said = date if date is not None else format_datetime(datetime.now(UTC) + offset, usegmt=True)
    headers = (f"Date: {said}",) if said else ()
    return answering(b"", headers=(*headers, *((f"Age: {age}",) if age is not None else ())))


def look(handler: Handler, *, clock_off: timedelta, context: ssl.SSLContext | None = None) -> ClockComparison:
    """Compare a clock that is off with one control target and one host of the profile, both so served."""

    async def compared() -> ClockComparison:
        async with serving(handler, context) as port, serving(handler, context) as other:
            where = {f"{HOST}:443": (f"127.0.0.1:{port}",), "control.test:443": (f"127.0.0.1:{other}",)}
            profile = profile_model().model_validate(
                {
                    "schema": 1,
                    "title": "Clocks",
                    "targets": {"app": {"url": f"https://{HOST}"}},
                    "budgets": {
                        "api_p95": "1 s",
                        "recommendations_p95": "1 s",
                        "realtime_delivery": "1 s",
                        "page_load": "1 s",
                        "first_byte": "1 s",
                    },
                    "control": {"targets": ["control.test:443"]},
                    "allow": {"hosts": {HOST: {}}},
                }
            )
            clock: Clock = lambda: datetime.now(UTC) - clock_off  # noqa: E731
            return await ClockSurvey(profile, clock, access_to(where), deadline=0.5).look()

    return asyncio.run(compared())


@pytest.mark.parametrize("off", [MONTH, -400 * timedelta(days=1), timedelta(minutes=3)], ids=str)
def test_hosts_are_asked_and_tell_that_the_clock_is_wrong(trust: Pki, off: timedelta) -> None:
    seen = look(dated(), clock_off=off, context=trust.context())
    assert seen.state is ClockState.WRONG
    assert all(reading.earliest <= off <= reading.latest for reading in seen.readings)


def test_a_certificate_that_expired_yesterday_is_noticed_by_a_clock_of_last_month(trust: Pki) -> None:
    expired = trust.context(starts_in=timedelta(days=-90), lifetime=timedelta(days=89))
    assert HOST in look(dated(), clock_off=MONTH, context=expired).undecided_hosts()


def test_hosts_that_cannot_be_trusted_tell_the_time_all_the_same(tmp_path: object, trust: Pki) -> None:
    assert look(dated(), clock_off=NOTHING, context=trust.context("another.test")).state is ClockState.RIGHT


def test_a_cached_answer_is_as_old_as_its_age(trust: Pki) -> None:
    seen = look(dated(-timedelta(hours=5), age=5 * 3600), clock_off=NOTHING, context=trust.context())
    assert seen.state is ClockState.RIGHT


@pytest.mark.parametrize(
    "handler",
    [silent, garbage, answering(b""), dated(date="yesterday"), dated(date="Fri, 31 Dec 9999 23:59:59 -2300")],
    ids=["silent", "garbage", "no Date", "no date at all", "a date beyond all dates"],
)
def test_hosts_that_tell_nothing_leave_the_clock_unknown_and_are_named(handler: Handler) -> None:
    seen = look(handler, clock_off=NOTHING)
    assert seen.state is ClockState.UNKNOWN
    assert any(words.startswith("control.test:443: ") for words in seen.silent)


def test_a_control_target_without_tls_is_asked_in_plain() -> None:
    seen = look(dated(), clock_off=NOTHING)
    assert [reading.host for reading in seen.readings] == ["control.test"]
    assert seen.state is ClockState.RIGHT


@pytest.mark.parametrize("known", [True, False], ids=["known", "unknown"])
def test_a_certificate_is_called_expired_only_by_a_clock_that_is_known(trust: Pki, known: bool) -> None:
    comparison = compare(NOON, controls(NOTHING) if known else [])

    async def observe() -> bool:
        expired = trust.context(starts_in=timedelta(days=-90), lifetime=timedelta(days=89))
        async with serving(silent, expired) as port:
            access = access_to({f"{HOST}:443": (f"127.0.0.1:{port}",)}, roots=trust.roots)
            probe = TlsProbe(access.book, access.contexts, now=clock_by(comparison)[0])
            return (await probe.observe(HOST)).verified

    if known:
        assert asyncio.run(observe()) is False
    else:
        with pytest.raises(Blind, match="nothing tells this machine the time"):
            asyncio.run(observe())
