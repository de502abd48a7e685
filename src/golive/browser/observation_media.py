"""What is seen of a page's media element. Facts only."""

from dataclasses import dataclass
from typing import ClassVar

from pydantic import JsonValue

from golive.net.masking import masked_url


@dataclass(frozen=True, slots=True)
class MediaObservation:
    """A media element after it was watched for a while. Times in seconds of the medium."""

    kind: ClassVar[str] = "media"

    url: str
    """Of the page."""
    elements: int
    """How many media elements the page has; without a source none of them plays anything."""
    source: str
    """What is played; empty where nothing is."""
    position: float
    """How far the medium has been played."""
    duration: float | None
    paused: bool
    loudness: float
    """From 0, which is muted, to 1."""
    decoded_bytes: int | None
    """Bytes of sound that were decoded; None where the browser does not say."""
    error: str
    """The browser's reason for not playing, empty where there is none."""

    @property
    def title(self) -> str:
        """The page and what it plays."""
        return f"playing {masked_url(self.source) if self.source else 'nothing'}, page {masked_url(self.url)}"

    @property
    def target(self) -> str:
        """As messages name it."""
        return masked_url(self.source or self.url)

    def facts(self) -> dict[str, JsonValue]:
        """Source, position, loudness and the browser's error."""
        return {
            "media elements": self.elements,
            "source": masked_url(self.source) if self.source else None,
            "position s": round(self.position, 3),
            "duration s": self.duration,
            "paused": self.paused,
            "loudness": self.loudness,
            "decoded bytes": self.decoded_bytes,
            "error": self.error or None,
        }
