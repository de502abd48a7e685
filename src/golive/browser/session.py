"""One user in a browser: a fresh context, watched and guarded."""

import asyncio
import base64
import hashlib
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import (
    BrowserContext,
    CDPSession,
    ConsoleMessage,
    Page,
    Request,
    Response,
    WebSocket,
)
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import TimeoutError as PlaywrightTimeout

from golive.browser.guard import NOT_NETWORK
from golive.browser.messages import carries_a_message
from golive.browser.observation import PageObservation, PageRequest
from golive.browser.scripts import COVER_PASSWORDS, OUTLINE, READ_TIMES, TOKENS_KEPT, WATCH_VITALS
from golive.core.outcome import Blind, Effect
from golive.net.deadline import Attention, Deadline
from golive.net.errors import (
    ConnectFailed,
    ConnectionLost,
    DeadlineExceeded,
    NameNotFound,
    ProbeError,
    ProtocolError,
    Refused,
    TlsFailed,
)
from golive.net.guard import Guard
from golive.net.incidents import current_incidents, note_status
from golive.net.masking import HIDDEN, masked_text, masked_url, token_in_url

_MOST = 200
_MOST_LINES = 250
_PICTURE_DEADLINE = 5.0
_PICTURE = {"format": "jpeg", "quality": 50, "optimizeForSpeed": True}
"""Not WebP: Chromium takes three times as long to write it, on the processor that paints the page."""
_PICTURE_WIDTH = 768
"""Pixels, at most: a reader sees what was there, and a report of fifty pictures can still be sent."""
_ADDRESS = re.compile(r"[^\s@<>\"]+@[^\s@<>\"]+\.[^\s@<>\"]+")
_NET_ERROR = re.compile(r"net::(ERR_[A-Z0-9_]+)")

_CERTIFICATE_WORDS = {
    "ERR_CERT_DATE_INVALID": "certificate expired or not yet valid",
    "ERR_CERT_COMMON_NAME_INVALID": "hostname does not match",
    "ERR_CERT_AUTHORITY_INVALID": "issuer unknown or intermediate missing",
    "ERR_CERT_REVOKED": "certificate revoked",
    "ERR_CERT_WEAK_SIGNATURE_ALGORITHM": "the chain is signed with a hash that is too weak",
    "ERR_CERT_WEAK_KEY": "the certificate's key is too small",
    "ERR_SSL_PROTOCOL_ERROR": "the server does not speak TLS on this port",
    "ERR_SSL_VERSION_OR_CIPHER_MISMATCH": "the server refuses every TLS version and cipher that was offered",
}
_EXPIRED = 10
"""OpenSSL's X509_V_ERR number, as every other client says it."""
_NAME_ERRORS = frozenset({"ERR_NAME_NOT_RESOLVED", "ERR_NAME_RESOLUTION_FAILED"})
_LOST_ERRORS = frozenset(
    {"ERR_CONNECTION_RESET", "ERR_CONNECTION_CLOSED", "ERR_EMPTY_RESPONSE", "ERR_ABORTED"}
)


class PageSession:
    """A user's page. `page` is Playwright's own, for the check's actions.

    Args:
        context: fresh, of this user alone.
        guard: asked before a navigation; all other requests are asked about by the `BrowserGuard`.
        effect: of the check.
        screenshots: folder for pictures.
        pictures: those that lie there, by the digest of what they show; each is written once.
        deadline: seconds for one navigation.
        sees_trust: whether the browser trusts exactly what it should.
    """

    page: Page
    _devtools: CDPSession

    def __init__(
        self,
        context: BrowserContext,
        guard: Guard,
        *,
        effect: Effect,
        screenshots: Path,
        pictures: dict[bytes, str],
        deadline: float,
        sees_trust: bool,
    ) -> None:
        self.context_id = ""
        """The browser's own name of this user's context, once `open` has asked."""
        self._context = context
        self._guard = guard
        self._effect = effect
        self._screenshots = screenshots
        self._pictures = pictures
        self.deadline = deadline
        self._sees_trust = sees_trust
        self._status: int | None = None
        self._requests = 0
        self._hosts: set[str] = set()
        self._console: list[str] = []
        self._errors: list[str] = []
        self._failed: list[PageRequest] = []
        self._answers: list[PageRequest] = []
        self._refused: list[PageRequest] = []
        self._insecure: list[str] = []
        self._telling: list[str] = []
        self._log: list[str] = []
        self._sockets = self._sent = self._received = self._messages = 0
        # The browser tells in a context of its own, where no check is running.
        self._incidents = current_incidents.get()

    async def open(self) -> None:
        """Prepare the page; called once, by the probe."""
        await self._context.add_init_script(WATCH_VITALS)
        self._context.on("console", self._on_console)
        self._context.on("weberror", lambda error: _keep(self._errors, str(error.error)))
        self._context.on("request", self._on_request)
        self._context.on("requestfailed", self._on_failure)
        self._context.on("response", self._on_response)
        self._context.on("page", self._on_page)
        self.page = await self._context.new_page()
        self._devtools = await self._context.new_cdp_session(self.page)
        known = await self._devtools.send("Target.getTargetInfo")
        self.context_id = str(known["targetInfo"].get("browserContextId", ""))

    def hear_of_refusal(self, refused: PageRequest) -> None:
        """Keep a request that the guard stopped."""
        _keep(self._refused, refused)

    async def goto(self, url: str, *, deadline: float | None = None) -> PageObservation:
        """Navigate and wait for the load event.

        Raises:
            Refused: by the guard.
            TlsFailed, NameNotFound, ConnectFailed, ConnectionLost, DeadlineExceeded, ProtocolError: in words.
            Blind: the certificate's issuer is refused where the browser could not be given the roots;
                or the suite was late itself.
        """
        self._guard.permit("GET", url, effect=self._effect)
        limit = self.deadline if deadline is None else deadline
        target = masked_url(url)
        try:
            with Attention() as looked:
                try:
                    async with asyncio.timeout(limit + 1):
                        response = await self.page.goto(url, wait_until="load", timeout=limit * 1000)
                except (PlaywrightTimeout, TimeoutError):
                    looked.require_awake()
                    raise
        except (PlaywrightTimeout, TimeoutError):
            message = f"the page did not load within {limit:g} s"
            raise DeadlineExceeded(message, target=target, phase="navigate") from None
        except PlaywrightError as error:
            raise self._navigation_error(error, target) from None
        self._status = response.status if response is not None else None
        return await self.observe()

    async def observe(self) -> PageObservation:
        """Return everything about the page up to now.

        Raises:
            DeadlineExceeded: the page does not answer, such as one whose script never ends.
        """
        times = await self._times()
        return PageObservation(
            url=self.page.url,
            status=self._status,
            first_byte_ms=times["first"],
            dom_ms=times["dom"],
            load_ms=times["load"],
            largest_paint_ms=times["largest"],
            layout_shift=float(times["shift"] or 0.0),
            requests=self._requests,
            hosts=tuple(sorted(self._hosts)),
            console_errors=tuple(self._console),
            page_errors=tuple(self._errors),
            failed_requests=tuple(self._failed),
            error_responses=tuple(self._answers),
            refused=tuple(self._refused),
            insecure=tuple(self._insecure),
            telling=tuple(self._telling),
            websockets=self._sockets,
            frames_sent=self._sent,
            frames_received=self._received,
            messages_received=self._messages,
        )

    async def screenshot(self, name: str) -> str:
        """Write a picture of the page and return its file name: an earlier one's where it shows the same.

        Fields for passwords are covered.

        Raises:
            DeadlineExceeded: the browser did not paint in time.
            ConnectionLost: the page is closed.
            OSError: the picture could not be written.
        """
        target = masked_url(self.page.url)
        try:
            async with asyncio.timeout(min(self.deadline, _PICTURE_DEADLINE)):
                content = await self._taken()
        except TimeoutError:
            raise DeadlineExceeded("no picture of the page", target=target, phase="screenshot") from None
        if not content:
            message = "no picture of the page: it is closed"
            raise ConnectionLost(message, target=target, phase="screenshot")
        digest = hashlib.sha256(content).digest()
        if digest not in self._pictures:
            self._pictures[digest] = self._written(name, content)
        return self._pictures[digest]

    def _written(self, name: str, content: bytes) -> str:
        stem = re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-")[:80] or "page"
        file = self._screenshots / f"{stem}.jpg"
        number = 1
        while file.exists():
            number += 1
            file = self._screenshots / f"{stem}-{number}.jpg"
        self._screenshots.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        return file.name

    async def _taken(self) -> bytes:
        # Not Playwright's own, which takes twice as long: it waits for fonts, animations and overlays.
        while True:
            try:
                left, top, width, height = await self.page.evaluate(COVER_PASSWORDS, True)
                scale = min(1.0, _PICTURE_WIDTH / max(width, 1))
                clip = {"x": left, "y": top, "width": width, "height": height, "scale": scale}
                taken = await self._devtools.send("Page.captureScreenshot", {**_PICTURE, "clip": clip})
                await self.page.evaluate(COVER_PASSWORDS, False)
                return base64.b64decode(taken["data"])
            except PlaywrightError:
                # Between two documents there is nothing to take a picture of.
                if self.page.is_closed():
                    return b""
                await asyncio.sleep(0.02)

    async def set_offline(self, offline: bool) -> None:
        """Take the user's network away, or give it back."""
        await self._context.set_offline(offline)

    async def tokens_kept(self, *cookies: str) -> tuple[str, ...]:
        """Name the places in which this browser keeps a token: storage entries, and the cookies named."""
        places: list[str] = await self.page.evaluate(TOKENS_KEPT)
        held = {entry.get("name") for entry in await self._context.cookies()}
        return (*places, *(f"cookie {name}" for name in cookies if name in held))

    async def width(self) -> int:
        """Return how wide the page's content is, in CSS pixels."""
        found: int = await self.page.evaluate("() => document.documentElement.scrollWidth")
        return found

    async def outline(self) -> str:
        """Return the document's elements and bounded texts, without scripts, values and what looks secret.

        Raises:
            DeadlineExceeded: the page does not answer.
        """
        try:
            async with Deadline(self.deadline):
                lines: list[str] = await self.page.evaluate(OUTLINE, _MOST_LINES)
        except TimeoutError:
            message = f"the page did not answer within {self.deadline:g} s"
            raise DeadlineExceeded(message, target=masked_url(self.page.url), phase="observe") from None
        return "\n".join(_without_addresses(masked_text(line)) for line in lines)

    def network_log(self) -> str:
        """Return one line a request, in the order of the answers."""
        return "\n".join(self._log)

    async def _times(self) -> dict[str, Any]:
        try:
            async with Deadline(self.deadline):
                # The load event's end is only known once its handlers have returned.
                for _ in range(10):
                    times: dict[str, Any] = await self.page.evaluate(READ_TIMES)
                    if times["load"] is not None or self._status is None:
                        break
                    await asyncio.sleep(0.02)
                return times
        except TimeoutError:
            message = f"the page did not answer within {self.deadline:g} s"
            raise DeadlineExceeded(message, target=masked_url(self.page.url), phase="observe") from None
        except PlaywrightError:
            # Between two documents there is nothing to ask.
            return {"first": None, "dom": None, "load": None, "largest": None, "shift": 0.0}

    def _navigation_error(self, error: PlaywrightError, target: str) -> ProbeError | Blind:
        found = _NET_ERROR.search(error.message)
        name = found[1] if found else ""
        if name == "ERR_CERT_AUTHORITY_INVALID" and not self._sees_trust:
            return Blind(
                "the browser does not know the profile's root certificate",
                remedy="add it to this machine's keychain as trusted, or run the suite on Linux",
            )
        if name in _CERTIFICATE_WORDS or name.startswith(("ERR_CERT", "ERR_SSL")):
            words = _CERTIFICATE_WORDS.get(name, f"certificate or handshake refused ({name})")
            return TlsFailed(words, target=target, code=_EXPIRED if name == "ERR_CERT_DATE_INVALID" else None)
        if name == "ERR_BLOCKED_BY_CLIENT":
            return Refused("the page was refused", target=target, remedy="see the requests that were refused")
        kind: type[NameNotFound | ConnectionLost | ConnectFailed | ProtocolError] = ProtocolError
        if name in _NAME_ERRORS:
            kind = NameNotFound
        elif name in _LOST_ERRORS:
            kind = ConnectionLost
        elif name.startswith(("ERR_CONNECTION", "ERR_ADDRESS", "ERR_TIMED_OUT")):
            kind = ConnectFailed
        return kind(_words(name), target=target, phase="navigate")

    def _on_page(self, page: Page) -> None:
        page.on("websocket", self._on_websocket)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            _keep(self._console, message.text)

    def _on_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in NOT_NETWORK:
            return
        self._requests += 1
        if parts.hostname:
            self._hosts.add(parts.hostname)
        if parts.scheme in ("http", "ws"):
            _keep(self._insecure, request.url)
        if token_in_url(request.url):
            _keep(self._telling, request.url)

    def _on_failure(self, request: Request) -> None:
        found = _NET_ERROR.search(request.failure or "")
        name = found[1] if found else ""
        _keep(self._log, f"{request.method} {masked_url(request.url)} → {_words(name)}")
        # Aborted by the page itself, such as a fetch whose body nobody read, or by leaving the page.
        if name != "ERR_ABORTED" and not any(entry.url == request.url for entry in self._refused):
            words = _CERTIFICATE_WORDS.get(name, _words(name))
            _keep(self._failed, PageRequest(request.method, request.url, words))

    def _on_response(self, response: Response) -> None:
        _keep(self._log, f"{response.request.method} {masked_url(response.url)} → {response.status}")
        note_status(response.status, response.headers, masked_url(response.url), page=self._incidents)
        if response.status >= 400:
            _keep(self._answers, PageRequest(response.request.method, response.url, str(response.status)))

    def _on_websocket(self, socket: WebSocket) -> None:
        self._sockets += 1
        self._hosts.add(urlsplit(socket.url).hostname or "")
        _keep(self._log, f"WebSocket {masked_url(socket.url)}")
        if socket.url.startswith("ws:"):
            _keep(self._insecure, socket.url)
        if token_in_url(socket.url):
            _keep(self._telling, socket.url)
        socket.on("framesent", lambda _: self._count(sent=1))
        socket.on("framereceived", lambda frame: self._hear(frame, socket.url))

    def _hear(self, frame: str | bytes, url: str) -> None:
        self._received += 1
        self._messages += carries_a_message(frame, url)

    def _count(self, sent: int) -> None:
        self._sent += sent


def _words(name: str) -> str:
    return (
        name.removeprefix("ERR_").replace("_", " ").lower()
        or "failed for a reason that the browser does not name"
    )


def _without_addresses(text: str) -> str:
    return _ADDRESS.sub(HIDDEN, text)


def _keep(entries: list[Any], entry: Any) -> None:
    if len(entries) < _MOST:
        entries.append(entry)
