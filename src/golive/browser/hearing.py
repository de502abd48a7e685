"""What a page's own requests are answered: told to whoever looks at every answer."""

import asyncio
from contextlib import suppress
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, Response
from playwright.async_api import Error as PlaywrightError

from golive.net.access import Hear, HeardAnswer
from golive.net.http_observation import HttpObservation, Timings
from golive.net.incidents import Incidents, current_incidents

_KINDS = ("fetch", "xhr")
"""Of requests; documents and files are the deployment's, whoever asks."""
_SECONDS = 1.0
_NOT_MEASURED = Timings(None, None, 0.0, 0.0)


class PageHearing:
    """Reads the answers of one user's page beside it, and holds up nothing.

    Args:
        hear: is told.
        incidents: of the check: the browser tells in a context where no check is running.
    """

    def __init__(self, hear: Hear, incidents: Incidents | None) -> None:
        self._hear = hear
        self._incidents = incidents
        self._reading: set[asyncio.Task[None]] = set()

    def listen(self, context: BrowserContext) -> None:
        """Begin."""
        context.on("response", self._on_response)

    async def end(self) -> None:
        """Read what has come; whatever is not there in a second is not looked at."""
        if self._reading:
            _, late = await asyncio.wait(self._reading, timeout=_SECONDS)
            for task in late:
                task.cancel()

    def _on_response(self, response: Response) -> None:
        if response.request.resource_type in _KINDS:
            task = asyncio.ensure_future(self._read(response))
            self._reading.add(task)
            task.add_done_callback(self._reading.discard)

    async def _read(self, response: Response) -> None:
        # The page may have left meanwhile, and a redirect or an aborted fetch has no body.
        with suppress(PlaywrightError):
            body = await response.body()
            headers = await response.headers_array()
            asked = await response.request.all_headers()
            sent = response.request.post_data_buffer or b""
            known = [asked.get("authorization", ""), asked.get("authorization", "").removeprefix("Bearer ")]
            known += [pair.strip().partition("=")[2] for pair in asked.get("cookie", "").split(";")]
            current_incidents.set(self._incidents)
            answer = HttpObservation(
                method=response.request.method,
                url=response.url,
                address=None,
                status=response.status,
                http_version="",
                headers=tuple((one["name"].lower(), one["value"]) for one in headers),
                body=body,
                timings=_NOT_MEASURED,
                host=urlsplit(response.url).hostname or "",
                known=tuple(one for one in known if len(one) >= 6),
            )
            self._hear(HeardAnswer(answer, sent))
