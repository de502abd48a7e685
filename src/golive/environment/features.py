"""What a deployment may do without: declared with a reason, never left out in silence."""

from golive.environment.frozen import Absent, Frozen


class Features(Frozen):
    """Abilities of the deployment. One that is not named here is there, and its checks run."""

    registration: Absent | None = None
    """Anybody can make an account."""
    password: Absent | None = None
    """Signing in with an e-mail address and a password."""
    refresh: Absent | None = None
    """A refresh token gives a new pair of tokens."""
    spotify: Absent | None = None
    """Signing in with Spotify, at a provider that the suite may press buttons at."""
    preview: Absent | None = None
    """A recommended track can be listened to in the page."""

    def absent(self) -> dict[str, str]:
        """Feature to reason, for every feature that is declared absent."""
        declared = ((name, getattr(self, name)) for name in type(self).model_fields)
        return {name: entry.absent for name, entry in declared if entry is not None}


IMPLIED = ("bearer", "polling")
"""Features that other parts of the profile decide: tokens in a header, and Socket.IO's long polling."""

FEATURES = frozenset(Features.model_fields) | frozenset(IMPLIED)
"""Every name that a check may need."""
