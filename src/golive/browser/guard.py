"""The guard inside a browser: every request of every target is asked about before it leaves.

Chromium makes the loaders of pages, pop-ups, frames, workers and service workers in its browser process, and
an interception that the browser's own session asks for stands in each of them from its making. So nothing
runs before it is guarded, and nothing has to be attached to in time. What carries no request, such as a
WebSocket's connection, is held to the allowed hosts and ports by the browser's resolver.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Browser, CDPSession
from playwright.async_api import Error as PlaywrightError

from golive.browser.observation import PageRequest
from golive.core.outcome import Blind, Effect
from golive.net.errors import Refused
from golive.net.guard import Guard

NOT_NETWORK = frozenset({"data", "blob", "about", "chrome-error"})
"""Schemes of URLs that are answered within the browser."""
_NOWHERE = "http://guard.invalid/"

Tell = Callable[[PageRequest], None]


class BrowserGuard:
    """Stands in one browser, whose users all have the same effect.

    Args:
        guard: asked about each request.
        effect: of the checks whose pages this browser shows.
    """

    _session: CDPSession

    def __init__(self, guard: Guard, effect: Effect) -> None:
        self._guard = guard
        self._effect = effect
        self._contexts: dict[str, str] = {}
        self._users: dict[str, Tell] = {}
        self._refused = 0

    async def stand_in(self, browser: Browser) -> None:
        """Begin, and see that a request is really stopped before any user has a page.

        Raises:
            Blind: this browser cannot be guarded.
        """
        try:
            self._session = await browser.new_browser_cdp_session()
            self._session.on("Fetch.requestPaused", self._decide)
            for event in ("Target.targetCreated", "Target.targetInfoChanged"):
                self._session.on(event, self._learn)
            await self._session.send("Target.setDiscoverTargets", {"discover": True})
            everything = {"patterns": [{"urlPattern": "*", "requestStage": "Request"}]}
            await self._session.send("Fetch.enable", everything)
            stopped = await self._stops(browser)
        except PlaywrightError:
            stopped = False
        if not stopped:
            raise Blind(
                "the browser's requests cannot be guarded, so no page is opened in it",
                remedy="use a newer Chromium",
            )

    def admit(self, context: str, tell: Tell) -> None:
        """Tell a user of what is refused to them.

        Args:
            context: id of their browser context.
            tell: called before the browser hears of the refusal.
        """
        self._users[context] = tell

    def dismiss(self, context: str) -> None:
        """Forget a user, who has left."""
        self._users.pop(context, None)
        self._contexts = {target: owner for target, owner in self._contexts.items() if owner != context}

    async def _stops(self, browser: Browser) -> bool:
        page = await browser.new_page()
        try:
            await page.goto(_NOWHERE)
        except PlaywrightError as error:
            return self._refused > 0 and "ERR_BLOCKED_BY_CLIENT" in error.message
        finally:
            await page.context.close()
        return False

    def _learn(self, event: dict[str, Any]) -> None:
        known = event["targetInfo"]
        self._contexts[known["targetId"]] = known.get("browserContextId", "")

    async def _decide(self, event: dict[str, Any]) -> None:
        request, identity = event["request"], {"requestId": event["requestId"]}
        try:
            if urlsplit(request["url"]).scheme not in NOT_NETWORK:
                self._guard.permit(request["method"], request["url"], effect=self._effect)
        except (Refused, ValueError) as refusal:
            self._refused += 1
            words = refusal.message if isinstance(refusal, Refused) else "no URL"
            self._report(event.get("frameId", ""), PageRequest(request["method"], request["url"], words))
            await self._answer("Fetch.failRequest", identity | {"errorReason": "BlockedByClient"})
        else:
            await self._answer("Fetch.continueRequest", identity)

    def _report(self, frame: str, refused: PageRequest) -> None:
        # Whose a frame within a page's own process is, or a worker, is not said: everybody who is here hears
        # of it, so that it is never lost. Checks take turns, so they are visitors of one check.
        owner = self._contexts.get(frame, "")
        for tell in [self._users[owner]] if owner in self._users else list(self._users.values()):
            tell(refused)

    async def _answer(self, method: str, parameters: dict[str, Any]) -> None:
        try:
            await self._session.send(method, parameters)
        except PlaywrightError:
            return  # the target or the request is gone
