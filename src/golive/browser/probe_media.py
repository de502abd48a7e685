"""What a page's media element really does: the browser is asked, not the page."""

from typing import Any

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page

from golive.browser.observation_media import MediaObservation
from golive.net.deadline import Deadline
from golive.net.errors import DeadlineExceeded, ProtocolError
from golive.net.masking import masked_text, masked_url

_PAUSE_MS = 25
_ERRORS = {1: "aborted", 2: "the network failed", 3: "cannot be decoded", 4: "no source that can be played"}
"""Codes of MediaError (HTML standard, 4.8.11.1)."""

_WATCH = """
async ([selector, enough, patience, pause]) => {
  const until = performance.now() + patience;
  let media = null;
  while (performance.now() < until) {
    media = [...document.querySelectorAll(selector)].find((one) => one.currentSrc || one.error) ?? media;
    if (media && (media.error || media.currentTime >= enough)) break;
    await new Promise((again) => setTimeout(again, pause));
  }
  if (!media) return { elements: document.querySelectorAll(selector).length };
  return {
    elements: document.querySelectorAll(selector).length,
    source: media.currentSrc,
    position: media.currentTime,
    duration: Number.isFinite(media.duration) ? media.duration : null,
    paused: media.paused && !media.ended,
    loudness: media.muted ? 0 : media.volume,
    // Not of the standard; browsers without it say nothing about it.
    decoded: media.webkitAudioDecodedByteCount ?? null,
    error: media.error ? media.error.code : null,
  };
}
"""


async def watch_media(page: Page, selector: str, *, enough: float, deadline: float) -> MediaObservation:
    """Watch until so many seconds have been played, an error strikes, or the time is over.

    Args:
        page: Playwright's.
        selector: CSS, of the elements that may play.
        enough: seconds of the medium.
        deadline: seconds to wait for them.

    Raises:
        DeadlineExceeded: the page itself did not answer.
        ProtocolError: the page went away meanwhile.
    """
    target = masked_url(page.url)
    try:
        async with Deadline(deadline + 1):
            seen: dict[str, Any] = await page.evaluate(_WATCH, [selector, enough, deadline * 1000, _PAUSE_MS])
    except TimeoutError:
        message = f"the page did not answer within {deadline + 1:g} s"
        raise DeadlineExceeded(message, target=target, phase="play") from None
    except PlaywrightError as error:
        first = masked_text(error.message.partition("\n")[0])
        raise ProtocolError(f"the page cannot be watched: {first}", target=target, phase="play") from None
    code = seen.get("error")
    return MediaObservation(
        url=page.url,
        elements=seen["elements"],
        source=seen.get("source") or "",
        position=seen.get("position") or 0.0,
        duration=seen.get("duration"),
        paused=bool(seen.get("paused")),
        loudness=seen.get("loudness") or 0.0,
        decoded_bytes=seen.get("decoded"),
        error="" if code is None else _ERRORS.get(code, f"error {code}"),
    )
