"""What a profile asks of certificates and of HTTPS."""

from datetime import timedelta
from typing import Literal

from pydantic import AwareDatetime, Field

from golive.profile.base import Frozen
from golive.profile.fields import Duration
from golive.profile.registry import Section, section

_LONGEST_SHARE = timedelta(days=30)
"""Whoever renews by hand has a month even for a certificate that lives for more than a year."""


class TlsRequirements(Frozen):
    """What is asked of certificates and of HTTPS."""

    renewal_window: Duration | None = None
    """How much life a certificate must still have, though never more than half of its lifetime."""
    renewal_share: float = Field(default=1 / 3, gt=0, lt=1)
    """Share of its lifetime that a certificate must still have where no window is set; never above 30 d."""
    renewed_at: AwareDatetime | None = None
    """When the certificates were last renewed: each address must serve one issued since (T26)."""
    protocols: tuple[Literal["TLSv1.2", "TLSv1.3"], ...] = ()
    """Versions that must be spoken; without any, one of TLS 1.2 and 1.3 is enough."""
    hsts_max_age: Duration = timedelta(days=365)
    """How long HSTS must pin HTTPS at least."""
    ciphers: Literal["not-broken", "mozilla-intermediate-5.7"] = "not-broken"
    """What may be spoken: anything that is not broken, or nothing but what a published list names."""

    def window(self, lifetime: timedelta) -> timedelta:
        """How much life a certificate of that lifetime must still have."""
        if self.renewal_window is not None:
            return min(self.renewal_window, lifetime / 2)
        return min(lifetime * self.renewal_share, _LONGEST_SHARE)


TLS: Section[TlsRequirements] = section("tls", TlsRequirements, TlsRequirements())
