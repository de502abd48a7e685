"""Marked personal data: values of nobody, planted to see whether they come back."""

import secrets as randomness
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from golive.profile.redaction import Redactor
from golive.profile.secrets import Secret


@dataclass(frozen=True, slots=True)
class PersonalData:
    """One made-up person. The address is of a documentation range (RFC 5737), the domain of RFC 2606."""

    email: str
    ip: str
    token: str

    @classmethod
    def made_up(cls) -> Self:
        """Return data that nothing else has."""
        drawn = randomness.token_hex(8)
        return cls(
            email=f"golive-{drawn}@personal.invalid",
            ip=f"203.0.113.{randomness.randbelow(200) + 50}",
            token=f"golive{randomness.token_hex(20)}",
        )

    def found_in(self, text: str, kinds: Iterable[str]) -> tuple[str, ...]:
        """Return which of ``kinds`` occur in ``text``: as they are, in URLs, in JSON or in base64."""
        return tuple(kind for kind in kinds if _occurs(getattr(self, kind), text))


def _occurs(value: str, text: str) -> bool:
    lowered = text.lower()
    return value.lower() in lowered or Redactor([Secret(value)]).scrub(text) != text
