"""How far a server's clock is from this machine's, as an interval that the measurement leaves open."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from pydantic import JsonValue

from golive.net.errors import ProtocolError
from golive.net.headers import read_date
from golive.net.http_observation import HttpObservation

DATE_SECONDS = timedelta(seconds=2)
"""A Date is in whole seconds (RFC 9110, 5.6.7), and servers make a new one once a second."""


@dataclass(frozen=True, slots=True)
class ClockObservation:
    """Offsets in seconds, the server's clock minus ours: the true one lies between the two."""

    kind: ClassVar[str] = "clock"

    server: str
    source: str
    where: str
    earliest: float
    latest: float

    @property
    def title(self) -> str:
        """Whose clock, read from what."""
        return f"clock of {self.server} by its {self.source}: {self.where}"

    def facts(self) -> dict[str, JsonValue]:
        """The bounds."""
        return {"offset at least s": round(self.earliest, 3), "offset at most s": round(self.latest, 3)}


def clock_by_date(
    server: str, answer: HttpObservation, before: datetime, after: datetime
) -> ClockObservation:
    """Read a clock from an answer's Date; the request was sent and answered between two local instants.

    Raises:
        ProtocolError: there is no Date, or it is none.
    """
    date = read_date(answer.header("date"))
    if date is None:
        raise ProtocolError("the answer has no readable Date", target=answer.title, phase="read")
    said = date.timestamp()
    return ClockObservation(
        server,
        "Date",
        answer.title,
        said - after.timestamp(),
        said + DATE_SECONDS.total_seconds() - before.timestamp(),
    )


def clock_by_metric(
    server: str, said: float, where: str, before: datetime, after: datetime
) -> ClockObservation:
    """Read a clock from a gauge of Unix time that was scraped between two local instants."""
    return ClockObservation(server, "metrics", where, said - after.timestamp(), said - before.timestamp())
