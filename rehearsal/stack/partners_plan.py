"""What of the third parties a fault can change, as plain data."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class PartnersPlan:
    """What a fault can change of the third parties."""

    faults: list[str] = field(default_factory=list)
    """Names of the faults inside their process."""
