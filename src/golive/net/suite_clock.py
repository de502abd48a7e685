"""This machine's own clock against what several hosts tell, and what says so where it is wrong."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar

from pydantic import JsonValue

from golive.core.duration import format_duration
from golive.core.outcome import Blind
from golive.net.errors import VERIFY_TIME_CODES, TlsFailed, TransportError

Clock = Callable[[], datetime]
Validity = tuple[datetime, datetime]
"""The first and the last instant of a certificate, UTC."""

BOUND = timedelta(minutes=1)
"""How far this machine's clock may be off before nothing is judged by it."""
_APART = timedelta(seconds=5)
"""How far clocks that are right may be apart."""
_REMEDY = "set this machine's clock (timedatectl set-ntp true, or chronyc makestep), and run again"
_REMEDY_SILENT = (
    "name control.targets in the profile that this machine reaches and that answer HTTP with a Date header, "
    "and run again"
)


class ClockState(StrEnum):
    """What is known of this machine's clock."""

    RIGHT = "right"
    WRONG = "wrong"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ClockReading:
    """What one host told. The true offset, its clock minus ours, lies between the two."""

    host: str
    server: str
    """The address that answered: hosts of one server have one vote."""
    is_control: bool
    earliest: timedelta
    latest: timedelta
    certificates: tuple[Validity, ...] = ()
    """Of the chain that it sent; none over plain HTTP."""


@dataclass(frozen=True, slots=True)
class ClockComparison:
    """This machine's clock at one instant, beside what hosts told then."""

    kind: ClassVar[str] = "clock"

    at: datetime
    """By this machine's clock, UTC."""
    state: ClockState
    readings: tuple[ClockReading, ...]
    others: tuple[ClockReading, ...]
    """The most that agree on another time than this machine's."""
    silent: tuple[str, ...] = ()
    """Hosts that told nothing, each with the reason."""

    @property
    def title(self) -> str:
        """What was compared."""
        return "this machine's clock beside the Date of other hosts"

    @property
    def words(self) -> str:
        """What is known of the clock, in a sentence without its full stop."""
        servers = len({reading.server for reading in self.readings})
        if not servers:
            return "nothing tells this machine the time, so nobody knows whether its clock is right"
        if self.state is ClockState.RIGHT:
            return f"this machine's clock is within {format_duration(BOUND)} of what others tell"
        agree = len({reading.server for reading in self.others})
        off = self._off()
        if self.state is ClockState.WRONG:
            return f"this machine's clock is {off} what {agree} of {servers} servers tell"
        return (
            f"this machine's clock is {off} what {self.others[0].host} tells, and nobody settles who is right"
        )

    @property
    def remedy(self) -> str:
        """What would make time known."""
        return _REMEDY if self.others else _REMEDY_SILENT

    def undecided_hosts(self) -> tuple[str, ...]:
        """Hosts whose certificates are valid by this machine's clock and not by others', or the reverse."""
        told = [self.at + offset for one in self.others for offset in (one.earliest, one.latest)]
        if self.state is ClockState.RIGHT:
            return ()
        return tuple(
            dict.fromkeys(
                reading.host
                for reading in self.readings
                if any(_valid(reading, instant) != _valid(reading, self.at) for instant in told)
            )
        )

    def facts(self) -> dict[str, JsonValue]:
        """The state, each host's bounds, and how far apart they are."""
        bounds = [offset for reading in self.readings for offset in (reading.earliest, reading.latest)]
        return {
            "this machine's clock": self.at.isoformat(),
            "state": self.state.value,
            "hosts, minus this machine, s": {
                reading.host: [
                    round(reading.earliest.total_seconds(), 1),
                    round(reading.latest.total_seconds(), 1),
                ]
                for reading in self.readings
            },
            "spread s": round((max(bounds) - min(bounds)).total_seconds(), 1) if bounds else None,
            "told nothing": list(self.silent),
        }

    def _off(self) -> str:
        middle = sum((one.earliest + one.latest for one in self.others), timedelta()) / (2 * len(self.others))
        return f"{format_duration(abs(middle))} {'behind' if middle > timedelta() else 'ahead of'}"


def compare(at: datetime, readings: Sequence[ClockReading], silent: Sequence[str] = ()) -> ClockComparison:
    """Return what ``readings`` say of this machine's clock.

    The most that agree decide (Marzullo's algorithm), and this machine's clock has a vote of its own: first
    among the control targets, which depend on no target; where they settle nothing, among all servers. So a
    target whose clock is wrong blinds nobody, and one host alone settles nothing against this machine.
    """
    kept, said = tuple(readings), tuple(silent)
    controls = [reading for reading in readings if reading.is_control]
    others: tuple[ClockReading, ...] = ()
    for jury in (controls, readings):
        near = [one for one in jury if one.earliest <= BOUND and one.latest >= -BOUND]
        far = [one for one in jury if one not in near]
        others = max((_agreeing(far, one) for one in far), key=_votes, default=())
        ours, theirs = 1 + _votes(near), _votes(others)
        if near and ours > theirs:
            return ClockComparison(at, ClockState.RIGHT, kept, (), said)
        if theirs > 1 and theirs > ours:
            return ClockComparison(at, ClockState.WRONG, kept, others, said)
    return ClockComparison(at, ClockState.UNKNOWN, kept, others, said)


class SuiteClock:
    """This machine's clock for checks: who asks it for the time is blind where it is not known to be right.

    Args:
        clock: the instant in UTC, by this machine.
        comparison: what is known of it.
        record: keeps the comparison as evidence of whoever asked in vain.
    """

    def __init__(
        self, clock: Clock, comparison: ClockComparison, record: Callable[[ClockComparison], object]
    ) -> None:
        self._clock = clock
        self._comparison = comparison
        self._record = record

    def __call__(self) -> datetime:
        """Return the instant in UTC.

        Raises:
            Blind: the clock is wrong, or nobody knows.
        """
        if self._comparison.state is not ClockState.RIGHT:
            self._record(self._comparison)
            raise blind_by(self._comparison, "so nothing is judged that depends on the time")
        return self._clock()

    def expect_certificates_judged(self) -> None:
        """Return if this machine's clock decides of no host's certificate whether it is valid.

        Raises:
            Blind: it does, so that no connection is what it is to users.
        """
        hosts = self._comparison.undecided_hosts()
        if hosts:
            named = ", ".join(hosts[:3]) + (f" and {len(hosts) - 3} more" if len(hosts) > 3 else "")
            raise blind_by(
                self._comparison,
                f"and the certificate of {named} is valid by one and not by the other, "
                "so no connection here is what it is to users",
            )


def blind_by(comparison: ClockComparison, consequence: str) -> Blind:
    """Return why something is not judged."""
    return Blind(f"{comparison.words}, {consequence}", remedy=comparison.remedy)


def rests_on_the_clock(error: TransportError) -> bool:
    """Whether the error is a certificate that was refused by this machine's clock."""
    return isinstance(error, TlsFailed) and error.code in VERIFY_TIME_CODES


def _agreeing(readings: Sequence[ClockReading], with_one: ClockReading) -> tuple[ClockReading, ...]:
    """Those whose intervals hold the start of one: the most that share an instant share such a start."""
    start = with_one.earliest
    return tuple(one for one in readings if one.earliest - _APART <= start <= one.latest + _APART)


def _votes(readings: Sequence[ClockReading]) -> int:
    return len({reading.server for reading in readings})


def _valid(reading: ClockReading, instant: datetime) -> bool:
    return all(first <= instant <= last for first, last in reading.certificates)
