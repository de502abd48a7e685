"""What a run, a record or a signature is about."""

from golive.core.record import Record


class ReleaseIdentity(Record):
    """What was verified."""

    version: str
    commit: str = ""

    def __str__(self) -> str:
        return f"{self.version} ({self.commit[:10]})" if self.commit else self.version
