"""A real browser: Chromium by Playwright, with the profile's addresses and trust, guarded."""

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Playwright, async_playwright
from playwright.async_api import Error as PlaywrightError

from golive.browser.executable import DRIVER_REMEDY, find_browser
from golive.browser.guard import BrowserGuard
from golive.browser.hearing import PageHearing
from golive.browser.session import PageSession
from golive.browser.trust import browser_environment, private_home
from golive.core.outcome import Blind, Effect
from golive.net.access import Access
from golive.net.address import is_ip
from golive.net.deadline import own_time
from golive.net.errors import TransportError
from golive.net.guard import current_effect
from golive.net.incidents import current_incidents

_LAUNCH_DEADLINE = 30.0
_GOODBYE = 5.0
_QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-pings",
    "--dns-prefetch-disable",
    "--disable-quic",
    # WebRTC asks neither the resolver nor a loader: without a proxy that takes datagrams it has no way out.
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
)


class BrowserProbe:
    """One browser for each effect of checks, started by the first that needs it; a context for each user.

    What a page does late, when its check is over, is thus never taken for the next check's, which may write.

    Args:
        access: guard, addresses, trust.
        screenshots: folder for pictures.
        action_deadline: seconds for one action of a user, such as a click.
        navigation_deadline: seconds for one navigation.
    """

    def __init__(
        self,
        access: Access,
        *,
        screenshots: Path,
        action_deadline: float = 5.0,
        navigation_deadline: float = 15.0,
    ) -> None:
        self._access = access
        self._screenshots = screenshots
        self._action_deadline = action_deadline
        self._navigation_deadline = navigation_deadline
        self._starting = asyncio.Lock()
        self._playwright: Playwright | None = None
        self._browsers: dict[Effect, _Guarded] = {}
        self._home: Path | None = None
        self._sees_trust = True
        self._failure: Blind | None = None
        self._pictures: dict[bytes, str] = {}

    @property
    def version(self) -> str:
        """The browser's version; empty before it has started."""
        return next((started.browser.version for started in self._browsers.values()), "")

    @asynccontextmanager
    async def user(self, *, phone: tuple[int, int] | None = None) -> AsyncIterator[PageSession]:
        """Give a user with a context of their own, guarded with the effect of the running check.

        Args:
            phone: width and height in CSS pixels of a phone that is touched; None for a desk.

        Raises:
            Blind: there is no browser here, or none that can be given the profile's roots.
        """
        effect = current_effect.get()
        started = await self._started(effect)
        device: dict[str, Any] = {}
        if phone is not None:
            width, height = phone
            device = {"viewport": {"width": width, "height": height}, "is_mobile": True, "has_touch": True}
        context = await started.browser.new_context(service_workers="block", accept_downloads=False, **device)
        session: PageSession | None = None
        hearing = PageHearing(self._access.hear, current_incidents.get())
        try:
            hearing.listen(context)
            context.set_default_timeout(self._action_deadline * 1000)
            context.set_default_navigation_timeout(self._navigation_deadline * 1000)
            session = PageSession(
                context,
                self._access.guard,
                effect=effect,
                screenshots=self._screenshots,
                pictures=self._pictures,
                deadline=self._navigation_deadline,
                sees_trust=self._sees_trust,
            )
            await session.open()
            started.guard.admit(session.context_id, session.hear_of_refusal)
            yield session
        finally:
            with own_time():
                await hearing.end()
            with contextlib.suppress(PlaywrightError, TimeoutError):
                async with asyncio.timeout(_GOODBYE):
                    await context.close()
            if session is not None:
                started.guard.dismiss(session.context_id)

    async def aclose(self) -> None:
        """End the browsers, their driver and their home folder."""
        browsers, playwright, home = list(self._browsers.values()), self._playwright, self._home
        self._browsers, self._playwright, self._home = {}, None, None
        endings = [started.browser.close() for started in browsers]
        for ending in (*endings, *([playwright.stop()] if playwright else [])):
            with contextlib.suppress(PlaywrightError, TimeoutError):
                async with asyncio.timeout(_GOODBYE):
                    await ending
        if home is not None:
            await asyncio.to_thread(shutil.rmtree, home, ignore_errors=True)

    async def _started(self, effect: Effect) -> "_Guarded":
        async with self._starting:
            if self._failure is not None:
                raise Blind(self._failure.reason, remedy=self._failure.remedy)
            started = self._browsers.get(effect)
            if started is None or not started.browser.is_connected():
                try:
                    started = self._browsers[effect] = await self._guarded(effect)
                except Blind as failure:
                    self._failure = failure
                    raise
            return started

    async def _guarded(self, effect: Effect) -> "_Guarded":
        browser, guard = await self._launch(), BrowserGuard(self._access.guard, effect)
        try:
            await guard.stand_in(browser)
        except BaseException:
            await browser.close()
            raise
        return _Guarded(browser, guard)

    async def _launch(self) -> Browser:
        if self._playwright is None:
            self._playwright = await _driver()
        executable = find_browser(self._playwright.chromium.executable_path)
        if self._home is None:
            self._home, self._sees_trust = await private_home(self._access.contexts.trust.roots)
        try:
            async with asyncio.timeout(_LAUNCH_DEADLINE + 1):
                return await self._playwright.chromium.launch(
                    executable_path=executable,
                    args=[*_QUIET, f"--host-resolver-rules={await self._resolver_rules()}"],
                    env={**browser_environment(self._home)},
                    timeout=_LAUNCH_DEADLINE * 1000,
                )
        except (PlaywrightError, TimeoutError) as error:
            first = str(error).strip().splitlines()[:1]
            raise Blind(
                f"the browser {executable} does not start ({first[0][:200] if first else 'no reason given'})",
                remedy=f"run `{executable} --version` here and install what it misses",
            ) from None

    async def _resolver_rules(self) -> str:
        """Chromium's rules: allowed hosts, on allowed ports, to their addresses; the rest nowhere."""
        guard, book = self._access.guard, self._access.book
        rules = []
        for host, port in guard.endpoints():
            name = _bracketed(host)
            # Without a mapping or a resolver of the profile the browser looks the name up as ever.
            to = f"{name}:{port}"
            if (host, port) in book.overrides or (book.has_resolver and not is_ip(host)):
                try:
                    to = await self._first(host, port)
                except TransportError:
                    continue
            rules.append(f"MAP {name}:{port} {to}")
        return ", ".join([*rules, "MAP * ~NOTFOUND"])

    async def _first(self, host: str, port: int) -> str:
        return str((await self._access.book.resolve(host, port))[0])


@dataclass(frozen=True, slots=True)
class _Guarded:
    """A browser, and the guard that stands in it."""

    browser: Browser
    guard: BrowserGuard


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


async def _driver() -> Playwright:
    try:
        return await async_playwright().start()
    except Exception as error:  # Playwright raises nothing narrower where its Node.js does not start
        raise Blind(
            f"Playwright's driver does not start ({str(error)[:200] or type(error).__name__})",
            remedy=DRIVER_REMEDY,
        ) from None
