"""The base of everything that is written to, and read back from, a record on disk."""

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """Immutable, strict about unknown keys, with JSON and JSON Schema for free.

    Instants are timezone-aware UTC, durations are floats whose field name ends in ``_seconds``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
