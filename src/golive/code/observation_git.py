"""What is seen of a tag's signature. Facts only."""

from dataclasses import dataclass
from typing import ClassVar

from pydantic import JsonValue


@dataclass(frozen=True, slots=True)
class SignatureObservation:
    """What git says of a tag's signature; ``said`` is its own words, on one line."""

    kind: ClassVar[str] = "forge"

    where: str
    tag: str
    good: bool
    said: str

    @property
    def title(self) -> str:
        """Tag and place."""
        return f"signature of tag {self.tag} at {self.where}"

    def facts(self) -> dict[str, JsonValue]:
        """All of it."""
        return {"good": self.good, "git says": self.said}
