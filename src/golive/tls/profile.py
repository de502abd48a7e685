"""What a profile asks of certificates and of HTTPS."""

from datetime import timedelta
from typing import Literal

from pydantic import Field

from golive.profile.base import Frozen
from golive.profile.fields import Duration
from golive.profile.registry import Section, section


class TlsRequirements(Frozen):
    """What is asked of certificates and of HTTPS."""

    renewal_window: Duration = timedelta(days=21)
    """How much life a certificate must still have; never more than half of its lifetime."""
    renewal_share: float = Field(default=1 / 3, gt=0, lt=1)
    """Share of its lifetime that a certificate must still have: the renewal window where it is longer."""
    protocols: tuple[Literal["TLSv1.2", "TLSv1.3"], ...] = ("TLSv1.2", "TLSv1.3")
    """Versions that must be spoken."""
    hsts_max_age: Duration = timedelta(days=365)
    """How long HSTS must pin HTTPS at least."""
    ciphers: Literal["not-broken", "mozilla-intermediate-5.7"] = "not-broken"
    """What may be spoken: anything that is not broken, or nothing but what a published list names."""

    def window(self, lifetime: timedelta) -> timedelta:
        """How much life a certificate of that lifetime must still have.

        The share of its lifetime, or the renewal window where that is longer; of one that lives for days
        the window is never more than a half.
        """
        return max(min(self.renewal_window, lifetime / 2), lifetime * self.renewal_share)


TLS: Section[TlsRequirements] = section("tls", TlsRequirements, TlsRequirements())
