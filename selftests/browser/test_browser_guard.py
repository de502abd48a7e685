"""Nothing leaves a browser that the guard does not allow, whatever a page tries, by the listeners' own logs.

Every attack is first seen to arrive from a browser without guard: what never arrives anywhere proves nothing.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, async_playwright

from golive.browser.executable import find_browser
from golive.browser.observation import PageRequest
from golive.browser.probe import BrowserProbe
from golive.browser.session import PageSession
from golive.core.outcome import Effect
from golive.net.access import Access
from golive.net.addresses import AddressBook
from golive.net.guard import SAFE_METHODS, Guard, current_effect
from golive.net.limits import HostLimits
from golive.net.tls.context import TlsContexts
from golive.profile.allow import Allow, AllowedHost
from golive.profile.profile import Limits, Network, Trust
from selftests.browser.test_probe_browser import needs_browser
from selftests.examples.browser_attacks import CONNECTIONS, REQUESTS, Places, page, parts
from selftests.examples.listeners import Listener, Page, listening

pytestmark = needs_browser
ALL = REQUESTS | CONNECTIONS
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE")
PATIENCE = 10.0


@dataclass
class Result:
    """What came of one page."""

    arrived: list[str] = field(default_factory=list)
    """What the listeners wrote down and the guard should have stopped."""
    refused: tuple[PageRequest, ...] = ()


@dataclass
class Net:
    """The app, its partner on a name of its own, and a port that nobody allowed."""

    app: Listener
    partner: Listener
    elsewhere: Listener

    @property
    def places(self) -> Places:
        """Their URLs."""
        return Places(
            f"http://127.0.0.1:{self.app.port}", f"http://localhost:{self.partner.port}", self.elsewhere.port
        )

    @property
    def stranger(self) -> dict[str, tuple[str, ...]]:
        """A host that has an address, so that nothing but the guard keeps anybody from it."""
        return {"stranger.test:443": (f"127.0.0.1:{self.elsewhere.port}",)}

    def serve(self, attack: Page) -> None:
        """Forget what was, and let the app have a page."""
        self.app.pages = self.partner.pages = parts(self.places) | {"/": attack}
        for listener in (self.app, self.partner, self.elsewhere):
            listener.log.clear()

    def arrived(self) -> list[str]:
        """What should not have."""
        unsafe = [
            entry
            for entry in (*self.app.requests, *self.partner.requests)
            if entry.split(" ")[0] not in SAFE_METHODS
        ]
        return [*self.elsewhere.log, *unsafe]

    def access(self) -> Access:
        """One port each of the app and its partner, with every method."""
        hosts = (f"127.0.0.1:{self.app.port}", f"localhost:{self.partner.port}")
        guard = Guard(
            Allow(
                effects=(Effect.READ, Effect.WRITE), hosts=dict.fromkeys(hosts, AllowedHost(methods=METHODS))
            )
        )
        book = AddressBook(Network(addresses=self.stranger), guard.permit_connection)
        return Access(guard, book, TlsContexts(Trust()), HostLimits(Limits()), 1.0, 1.0)


@asynccontextmanager
async def net() -> AsyncIterator[Net]:
    async with listening() as app, listening() as partner, listening() as elsewhere:
        yield Net(app, partner, elsewhere)


async def until(met: Callable[[], object], patience: float = PATIENCE) -> None:
    for _ in range(int(patience / 0.02)):
        if met():
            return
        await asyncio.sleep(0.02)


Do = Callable[[Net, BrowserProbe], Awaitable[None]]


def guarded(do: Do, folder: Path, effect: Effect = Effect.READ) -> None:
    """Run with a guarded browser, as a check of an effect."""

    async def go() -> None:
        current_effect.set(effect)
        async with net() as at:
            probe = BrowserProbe(at.access(), screenshots=folder)
            try:
                await do(at, probe)
            finally:
                await probe.aclose()

    asyncio.run(go())


@pytest.fixture(scope="module")
def without_guard() -> dict[str, Result]:
    """Every page in a browser that nobody guards."""
    results = {name: Result() for name in ALL}

    async def one(at: Net, context: BrowserContext, name: str) -> None:
        at.serve(ALL[name](at.places))
        tab = await context.new_page()
        await tab.goto(at.places.app, wait_until="commit")
        await until(at.arrived)
        results[name].arrived = at.arrived()

    async def go() -> None:
        async with net() as at, async_playwright() as playwright:
            rules = ", ".join(f"MAP {name} {to[0]}" for name, to in at.stranger.items())
            browser = await playwright.chromium.launch(
                executable_path=find_browser(playwright.chromium.executable_path),
                args=[f"--host-resolver-rules={rules}"],
            )
            for name in ALL:
                context = await browser.new_context()
                await one(at, context, name)
                await context.close()
            await browser.close()

    asyncio.run(go())
    return results


@pytest.fixture(scope="module")
def with_guard(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    """Every page as a reading check's visitor sees it."""
    results = {name: Result() for name in ALL}

    async def do(at: Net, probe: BrowserProbe) -> None:
        for name in ALL:
            at.serve(ALL[name](at.places))
            async with probe.user() as user:
                await user.page.goto(at.places.app, wait_until="commit")
                await attempted(user, name)
                results[name].refused = tuple(user._refused)
            results[name].arrived = at.arrived()

    guarded(do, tmp_path_factory.mktemp("pictures"))
    return results


async def attempted(user: PageSession, name: str) -> None:
    """Wait until the guard has heard of a request; what makes none gets time to arrive."""
    if name in REQUESTS and name != "service worker":
        await until(lambda: user._refused)
    else:
        await asyncio.sleep(0.5)


@pytest.mark.parametrize("name", ALL)
def test_a_page_reaches_nothing_that_is_not_allowed(
    name: str, without_guard: dict[str, Result], with_guard: dict[str, Result]
) -> None:
    assert without_guard[name].arrived, "the attack is none: it does not arrive without the guard either"
    assert with_guard[name].arrived == []


@pytest.mark.parametrize("name", sorted(REQUESTS.keys() - {"service worker"}))
def test_what_was_refused_is_told_to_the_user_whose_page_asked(
    name: str, with_guard: dict[str, Result]
) -> None:
    assert with_guard[name].refused


def test_a_service_worker_is_guarded_where_one_may_be_registered(tmp_path: Path) -> None:
    """Visitors have none; should a page get one all the same, it stands behind the same guard."""
    heard: list[PageRequest] = []

    async def do(at: Net, probe: BrowserProbe) -> None:
        started = await probe._started(Effect.READ)
        started.guard.admit("whoever", heard.append)
        at.serve(page("navigator.serviceWorker.register('/worker.js')"))
        context = await started.browser.new_context()
        await (await context.new_page()).goto(at.places.app, wait_until="commit")
        await until(lambda: len(heard) >= 3)
        assert {entry.method for entry in heard} == {"DELETE", "POST", "GET"}
        assert "GET /worker.js" in at.app.requests
        assert at.arrived() == []

    guarded(do, tmp_path)


def test_a_page_that_is_left_with_its_browser_sends_nothing_late(tmp_path: Path) -> None:
    """Interception ends with the session that asked for it: what waits then must not slip through."""
    logs: list[str] = []

    async def go() -> None:
        current_effect.set(Effect.READ)
        async with net() as at:
            at.serve(
                page(
                    "addEventListener('pagehide', () => { navigator.sendBeacon('/late');"
                    " fetch('/later', {method: 'POST', keepalive: true}) });"
                    "setInterval(() => fetch('/often', {method: 'DELETE'}).catch(() => 0), 5)"
                )
            )
            probe = BrowserProbe(at.access(), screenshots=tmp_path)
            async with probe.user() as user:
                await user.goto(at.places.app)
            await probe.aclose()
            await asyncio.sleep(0.3)
            logs.extend(at.app.requests)

    asyncio.run(go())
    assert logs == ["GET /"]


def test_a_writing_check_s_pages_may_write_and_a_reading_one_s_beside_it_may_not(tmp_path: Path) -> None:
    async def do(at: Net, probe: BrowserProbe) -> None:
        at.serve(page("window.open('/child')"))
        async with probe.user() as writer:
            current_effect.set(Effect.READ)
            async with probe.user() as reader:
                await writer.page.goto(at.places.app, wait_until="commit")
                await until(lambda: {"DELETE /gone", "POST /sent"} <= set(at.app.requests))
                written = sorted(at.arrived())
                await reader.page.goto(at.places.app, wait_until="commit")
                await until(lambda: len(reader._refused) >= 3)
                assert written == ["DELETE /gone", "POST /sent"] == sorted(at.arrived())
            assert {entry.method for entry in writer._refused} == {"GET"}

    guarded(do, tmp_path, Effect.WRITE)


def test_each_of_two_users_hears_of_their_own_refusals(tmp_path: Path) -> None:
    async def do(at: Net, probe: BrowserProbe) -> None:
        async with probe.user() as one, probe.user() as two:
            for user, method in ((one, "DELETE"), (two, "PUT")):
                at.serve(page(f"fetch('/x', {{method: '{method}'}}).catch(() => 0)"))
                await user.page.goto(at.places.app, wait_until="commit")
                await until(lambda user=user: user._refused)
            assert [[entry.method for entry in user._refused] for user in (one, two)] == [["DELETE"], ["PUT"]]

    guarded(do, tmp_path)


def healthy(script: str, pages: dict[str, Page], arrives: Iterable[str], folder: Path) -> None:
    """A page whose script sets its title to “done”, and what must have arrived by then."""

    async def do(at: Net, probe: BrowserProbe) -> None:
        known = {"APP": at.places.app, "PARTNER": at.places.partner, "PORT": str(at.partner.port)}

        def filled(text: str) -> str:
            for word, value in known.items():
                text = text.replace(word, value)
            return text

        at.serve(page(filled(script)))
        served = {path: page(filled(given.text), type=given.type) for path, given in pages.items()}
        at.app.pages = at.partner.pages = dict(at.app.pages) | served
        async with probe.user() as user:
            await user.goto(at.places.app)
            await until(lambda: set(arrives) <= {*at.app.requests, *at.partner.requests})
            await user.page.wait_for_function("document.title === 'done'", timeout=PATIENCE * 1000)
            seen = await user.observe()
        assert set(arrives) <= {*at.app.requests, *at.partner.requests}
        assert seen.refused == ()
        assert seen.failed_requests == ()

    guarded(do, folder)


def test_a_pop_up_may_sign_in_at_an_allowed_identity_provider(tmp_path: Path) -> None:
    healthy(
        "addEventListener('message', event => document.title = event.data); window.open('PARTNER/authorize')",
        {
            "/authorize": Page("location = 'APP/callback?code=1'"),
            "/callback": Page("opener.postMessage('done', '*'); close()"),
        },
        ("GET /authorize", "GET /callback?code=1"),
        tmp_path,
    )


def test_a_page_may_open_a_websocket_to_an_allowed_host_and_port(tmp_path: Path) -> None:
    script = "new WebSocket('ws://localhost:PORT/live').onmessage = () => document.title = 'done'"
    healthy(script, {}, ("GET /live",), tmp_path)


def test_a_page_may_get_from_an_allowed_host_of_another_origin(tmp_path: Path) -> None:
    script = "fetch('PARTNER/data.json').then(answer => document.title = answer.ok ? 'done' : 'refused')"
    healthy(script, {}, ("GET /data.json",), tmp_path)


def test_a_worker_and_a_frame_may_read_what_is_allowed(tmp_path: Path) -> None:
    healthy(
        "let left = 2; const one = () => --left || (document.title = 'done');"
        "addEventListener('message', one);"
        "new Worker(URL.createObjectURL(new Blob([`fetch('PARTNER/w').then(() => postMessage(1))`])))"
        ".onmessage = one; document.documentElement.append(Object.assign(document.createElement('iframe'),"
        " {src: 'PARTNER/frame'}))",
        {"/frame": Page("fetch('/in-frame').then(() => parent.postMessage(1, '*'))")},
        ("GET /w", "GET /in-frame"),
        tmp_path,
    )


def test_a_page_that_asks_for_webrtc_is_not_broken_by_its_absence(tmp_path: Path) -> None:
    script = (
        "const p = new RTCPeerConnection(); p.createDataChannel('x'); p.setLocalDescription();"
        "p.onicegatheringstatechange = () => p.iceGatheringState === 'complete' && (document.title = 'done')"
    )
    healthy(script, {}, (), tmp_path)
