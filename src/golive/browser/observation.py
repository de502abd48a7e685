"""What a page looked like to a browser."""

from dataclasses import dataclass
from typing import ClassVar

from pydantic import JsonValue

from golive.net.masking import masked_text, masked_url

_MOST = 20


@dataclass(frozen=True, slots=True)
class PageRequest:
    """A request of the page that went wrong; ``outcome`` is a status or the browser's reason in words."""

    method: str
    url: str
    outcome: str

    def __str__(self) -> str:
        return f"{self.method} {masked_url(self.url)}: {masked_text(self.outcome)}"


@dataclass(frozen=True, slots=True, repr=False)
class PageObservation:
    """A page and everything that happened on it so far. Times: ms from the navigation's start."""

    kind: ClassVar[str] = "browser"

    url: str
    status: int | None
    """Status of the document; None when no navigation took place."""
    first_byte_ms: float | None
    dom_ms: float | None
    load_ms: float | None
    """End of the load event; None when the page has not finished loading."""
    largest_paint_ms: float | None
    """Largest Contentful Paint, None when the browser reported none."""
    layout_shift: float
    """Cumulative Layout Shift without those after input."""
    requests: int
    hosts: tuple[str, ...]
    """Every host that the page tried to contact, sorted."""
    console_errors: tuple[str, ...]
    page_errors: tuple[str, ...]
    """Uncaught exceptions of scripts."""
    failed_requests: tuple[PageRequest, ...]
    error_responses: tuple[PageRequest, ...]
    """Answers with a status of 400 and above."""
    refused: tuple[PageRequest, ...]
    """Requests that the suite's own guard stopped."""
    insecure: tuple[str, ...]
    """Requests over plain HTTP or an unencrypted WebSocket, which browsers block as mixed content."""
    telling: tuple[str, ...]
    """Requests whose URL carries a token."""
    websockets: int
    frames_sent: int
    frames_received: int
    messages_received: int
    """Frames that carried something, beyond what a protocol needs to stay connected."""

    def __repr__(self) -> str:
        return f"<{self.title}>"

    @property
    def title(self) -> str:
        """The page's address, without secrets."""
        return f"page {masked_url(self.url)}"

    @property
    def target(self) -> str:
        """As messages name it."""
        return masked_url(self.url)

    def facts(self) -> dict[str, JsonValue]:
        """Times, counts, hosts and bounded, masked messages."""
        return {
            "status": self.status,
            "ms": {
                "first byte": _rounded(self.first_byte_ms),
                "DOM ready": _rounded(self.dom_ms),
                "load": _rounded(self.load_ms),
                "largest contentful paint": _rounded(self.largest_paint_ms),
            },
            "cumulative layout shift": round(self.layout_shift, 4),
            "requests": self.requests,
            "hosts": list(self.hosts[:_MOST]),
            "console errors": [masked_text(text) for text in self.console_errors[:_MOST]],
            "script errors": [masked_text(text) for text in self.page_errors[:_MOST]],
            "failed requests": [str(request) for request in self.failed_requests[:_MOST]],
            "error responses": [str(request) for request in self.error_responses[:_MOST]],
            "insecure requests": [masked_url(url) for url in self.insecure[:_MOST]],
            "requests with a token in the URL": [masked_url(url) for url in self.telling[:_MOST]],
            "refused by the guard": [str(request) for request in self.refused[:_MOST]],
            "websockets": {
                "count": self.websockets,
                "frames sent": self.frames_sent,
                "frames received": self.frames_received,
                "messages received": self.messages_received,
            },
        }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
