"""What a run, a record or a signature is about."""

from golive.core.record import Record


class ReleaseIdentity(Record):
    """What was verified."""

    version: str
    """The version that users get, as the API reports it."""
    commit: str = ""
    """The commit that was built, in full; left out, only the version is compared."""

    def __str__(self) -> str:
        return f"{self.version} ({self.commit[:10]})" if self.commit else self.version
