"""A real browser: Chromium by Playwright, with the profile's addresses and trust."""

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Playwright, async_playwright
from playwright.async_api import Error as PlaywrightError

from golive.model.outcome import Blind
from golive.probes.access import Access
from golive.probes.addresses import Address
from golive.probes.browser_executable import DRIVER_REMEDY, find_browser
from golive.probes.browser_session import PageSession
from golive.probes.browser_trust import browser_environment, private_home
from golive.probes.errors import TransportError
from golive.probes.guard import current_effect

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
)


class BrowserProbe:
    """One browser for the run, started by the first check that needs it; a context for each user.

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
        self._browser: Browser | None = None
        self._home: Path | None = None
        self._sees_trust = True
        self._failure: Blind | None = None

    @property
    def version(self) -> str:
        """The browser's version; empty before it has started."""
        return self._browser.version if self._browser else ""

    @asynccontextmanager
    async def user(self, *, phone: tuple[int, int] | None = None) -> AsyncIterator[PageSession]:
        """Give a user with a context of their own, guarded with the effect of the running check.

        Args:
            phone: width and height in CSS pixels of a phone that is touched; None for a desk.

        Raises:
            Blind: there is no browser here, or none that can be given the profile's roots.
        """
        browser = await self._started()
        device: dict[str, Any] = {}
        if phone is not None:
            width, height = phone
            device = {"viewport": {"width": width, "height": height}, "is_mobile": True, "has_touch": True}
        context = await browser.new_context(service_workers="block", accept_downloads=False, **device)
        try:
            context.set_default_timeout(self._action_deadline * 1000)
            context.set_default_navigation_timeout(self._navigation_deadline * 1000)
            session = PageSession(
                context,
                self._access.guard,
                effect=current_effect.get(),
                screenshots=self._screenshots,
                deadline=self._navigation_deadline,
                sees_trust=self._sees_trust,
            )
            await session.open()
            yield session
        finally:
            with contextlib.suppress(PlaywrightError, TimeoutError):
                async with asyncio.timeout(_GOODBYE):
                    await context.close()

    async def aclose(self) -> None:
        """End the browser, its driver and its home folder."""
        browser, playwright, home = self._browser, self._playwright, self._home
        self._browser = self._playwright = self._home = None
        for ending in (browser.close() if browser else None, playwright.stop() if playwright else None):
            if ending is not None:
                with contextlib.suppress(PlaywrightError, TimeoutError):
                    async with asyncio.timeout(_GOODBYE):
                        await ending
        if home is not None:
            await asyncio.to_thread(shutil.rmtree, home, ignore_errors=True)

    async def _started(self) -> Browser:
        async with self._starting:
            if self._failure is not None:
                raise Blind(self._failure.reason, remedy=self._failure.remedy)
            if self._browser is None or not self._browser.is_connected():
                try:
                    self._browser = await self._launch()
                except Blind as failure:
                    self._failure = failure
                    raise
            return self._browser

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
        """Chromium's rules: mapped names to addresses, other allowed names as ever, the rest nowhere."""
        guard, book = self._access.guard, self._access.book
        mapped = {key: addresses for key, addresses in book.overrides.items() if guard.knows(*key)}
        rules = [f"MAP {host}:{port} {await self._first(host, port)}" for host, port in mapped]
        unmapped = set(guard.hosts()) - {host for host, _ in mapped}
        if book.has_resolver:
            for host in sorted(unmapped):
                with contextlib.suppress(TransportError):
                    rules.append(f"MAP {host} {_bracketed(await book.resolve(host, 443))}")
        else:
            rules += [f"EXCLUDE {host}" for host in sorted(unmapped)]
        return ", ".join([*rules, "MAP * ~NOTFOUND"])

    async def _first(self, host: str, port: int) -> str:
        return str((await self._access.book.resolve(host, port))[0])


def _bracketed(addresses: tuple[Address, ...]) -> str:
    ip = addresses[0].ip
    return f"[{ip}]" if ":" in ip else ip


async def _driver() -> Playwright:
    try:
        return await async_playwright().start()
    except Exception as error:  # Playwright raises nothing narrower where its Node.js does not start
        raise Blind(
            f"Playwright's driver does not start ({str(error)[:200] or type(error).__name__})",
            remedy=DRIVER_REMEDY,
        ) from None
