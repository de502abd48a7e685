"""How far a server's clock is from this machine's, as an interval that the measurement leaves open."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import ClassVar

from pydantic import JsonValue

from golive.probes.errors import ProtocolError
from golive.probes.http_observation import HttpObservation

_DATE_SECONDS = 2.0
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
    try:
        date = parsedate_to_datetime(answer.header("date") or "")
    except ValueError:
        raise ProtocolError("the answer has no readable Date", target=answer.title, phase="read") from None
    # RFC 9110 demands GMT; a date without a zone is taken for it.
    said = (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()
    return ClockObservation(
        server,
        "Date",
        answer.title,
        said - after.timestamp(),
        said + _DATE_SECONDS - before.timestamp(),
    )


def clock_by_metric(
    server: str, said: float, where: str, before: datetime, after: datetime
) -> ClockObservation:
    """Read a clock from a gauge of Unix time that was scraped between two local instants."""
    return ClockObservation(server, "metrics", where, said - after.timestamp(), said - before.timestamp())
