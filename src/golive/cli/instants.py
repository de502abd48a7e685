"""Instants and days, as people give them on a command line."""

from datetime import UTC, date, datetime

from golive.cli.errors import UsageError
from golive.core.duration import parse_duration


def instant_of(text: str, *, now: datetime, option: str) -> datetime:
    """Return the instant that ``text`` names, in UTC: ISO 8601 with an offset, or a duration from ``now``.

    Raises:
        UsageError: it is neither, or has no offset, and so is no instant.
    """
    try:
        return now + parse_duration(text)
    except ValueError:
        pass
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"{option} {text!r}: write 2026-12-01T12:00:00Z, or how long from now: '7 d'"
        ) from None
    if instant.tzinfo is None:
        raise UsageError(f"{option} {text!r}: without an offset it is no instant; append Z for UTC")
    return instant.astimezone(UTC)


def day_of(text: str, *, option: str) -> date:
    """Return the day that ``text`` names. Raises UsageError for anything but ``2026-11-02``."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option} {text!r}: write a day such as 2026-11-02") from None
