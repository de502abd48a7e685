"""Screenshots, inlined: recognised by their first bytes, never so large that nobody can send the report."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field

from golive.report.text import file_size, one_line

ReadAttachment = Callable[[str], bytes | None]

MAX_BYTES = 4_000_000
MAX_TOTAL_BYTES = 24_000_000

_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)


@dataclass(frozen=True, slots=True)
class Picture:
    """An image as it is shown: a data URI, or, where there is none, what is said in its place."""

    alternative: str
    uri: str = ""
    note: str = ""


@dataclass(slots=True)
class Gallery:
    """Reads attachments as long as the report has room for them, each once."""

    read: ReadAttachment
    room: int = field(default=MAX_TOTAL_BYTES)
    _shown: dict[str, str] = field(default_factory=dict)
    """Attachment to the evidence that shows it."""

    def picture(self, name: str, title: str) -> Picture:
        """Return the attachment called ``name`` that belongs to the evidence ``title``."""
        alternative = f"Screenshot: {one_line(title, 200)}"
        shown_name = one_line(name, 120)
        if name in self._shown:
            return Picture(alternative, note=f"The page looked as at “{self._shown[name]}”.")
        content = self.read(name)
        if content is None:
            return Picture(alternative, note=f"The screenshot {shown_name} is missing from the run's folder.")
        media_type = _media_type(content)
        if media_type is None:
            return Picture(alternative, note=f"{shown_name} is not an image that can be shown here.")
        if len(content) > min(MAX_BYTES, self.room):
            limit = file_size(min(MAX_BYTES, self.room))
            return Picture(
                alternative,
                note=f"{shown_name} is too large to be part of this document, which has room for {limit}.",
            )
        self.room -= len(content)
        self._shown[name] = one_line(title, 200)
        return Picture(
            alternative, uri=f"data:{media_type};base64,{base64.b64encode(content).decode('ascii')}"
        )


def _media_type(content: bytes) -> str | None:
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return next((media_type for start, media_type in _SIGNATURES if content.startswith(start)), None)
