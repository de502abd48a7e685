"""The base of everything that is written to, and read back from, a record on disk."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict


class Record(BaseModel):
    """Immutable, strict about unknown keys, with JSON and JSON Schema for free.

    Instants are timezone-aware UTC, durations are floats whose field name ends in ``_seconds``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


def _in_utc(instant: datetime) -> datetime:
    return instant.astimezone(UTC)


Instant = Annotated[AwareDatetime, AfterValidator(_in_utc)]
"""A point in time: whatever its offset when it was written, it is kept in UTC. Without one it is none."""
