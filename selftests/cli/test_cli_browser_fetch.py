"""The browser from npm's registry: the pinned one or none, started before it counts."""

import base64
import hashlib
import io
import os
import platform
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from golive.cli import browser_fetch
from golive.cli.browser_fetch import INTEGRITY, REGISTRY, install_from_npm, registry
from golive.cli.needs import driver_starts
from golive.cli.unpacking import NotFetchedError, playwrights_node

pytestmark = [
    pytest.mark.skipif(
        (sys.platform, platform.machine()) != ("linux", "x86_64"),
        reason="npm's browser is for Linux on x86_64",
    ),
    pytest.mark.skipif(
        not driver_starts(), reason="Playwright's driver, which unpacks brotli, does not start"
    ),
]

NODE = os.environ.get("PLAYWRIGHT_NODEJS_PATH") or str(playwrights_node())
BROWSER = '#!/bin/sh\necho "Chromium 1.0 with $LD_LIBRARY_PATH"\n'


def tarred(files: dict[str, bytes], mode: str = "w") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def brotli(content: bytes) -> bytes:
    script = (
        "const c=[];process.stdin.on('data',d=>c.push(d)).on('end',()=>"
        "process.stdout.write(require('node:zlib').brotliCompressSync(Buffer.concat(c))))"
    )
    return subprocess.run([NODE, "-e", script], input=content, capture_output=True, check=True).stdout


def package(browser: str) -> bytes:
    libraries = tarred({"lib/libnss3.so": b"", "../../escaped": b"no"})
    files = {
        "package/bin/chromium.br": brotli(browser.encode()),
        "package/bin/al2023.tar.br": brotli(libraries),
        "package/bin/fonts.tar.br": brotli(tarred({"fonts/Sans.ttf": b"font"})),
    }
    return tarred(files, "w:gz")


class Registry(ThreadingHTTPServer):
    """Answers everything with one package, or with an error."""

    content: bytes = b""
    status = 200
    asked: list[str]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Registry

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(self.server.content)))
        self.end_headers()
        self.wfile.write(self.server.content)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def npm() -> Iterator[Registry]:
    server = Registry(("127.0.0.1", 0), _Handler)
    server.asked = []
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    programs = tmp_path / "bin"
    programs.mkdir()
    return tmp_path / "system", programs


def asking(url: str) -> dict[str, str]:
    return {"npm_config_registry": url, "PLAYWRIGHT_NODEJS_PATH": NODE}


def pin(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    digest = base64.b64encode(hashlib.sha512(content).digest()).decode()
    monkeypatch.setattr(browser_fetch, "INTEGRITY", f"sha512-{digest}")


def test_the_pinned_package_is_unpacked_and_starts_with_its_own_libraries(
    npm: Registry, folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    npm.content = package(BROWSER)
    pin(monkeypatch, npm.content)
    install_from_npm(*folders, environ=asking(f"{npm.url}/"))
    said = subprocess.run(
        [folders[1] / "chromium-headless-shell"], capture_output=True, text=True, check=True
    )
    assert said.stdout == f"Chromium 1.0 with {folders[0] / 'browser' / 'lib'}\n"
    assert (folders[0] / "browser" / "fonts" / "Sans.ttf").is_file()
    assert not list(folders[0].parent.rglob("escaped"))
    assert npm.asked == ["/@sparticuz/chromium/-/chromium-153.0.0.tgz"]


def test_a_package_that_is_not_the_pinned_one_is_refused(npm: Registry, folders: tuple[Path, Path]) -> None:
    npm.content = package(BROWSER)
    with pytest.raises(NotFetchedError, match="is not the package that is pinned here: its sha512 differs"):
        install_from_npm(*folders, environ=asking(npm.url))
    assert not folders[0].exists()
    assert not list(folders[1].iterdir())


def test_a_browser_that_does_not_start_is_not_left_as_if_it_did(
    npm: Registry, folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    npm.content = package("#!/bin/sh\nexit 127\n")
    pin(monkeypatch, npm.content)
    with pytest.raises(NotFetchedError, match="does not start here"):
        install_from_npm(*folders, environ=asking(npm.url))
    assert not list(folders[1].iterdir())


def test_a_registry_that_has_it_not_or_is_not_reached_is_said(
    npm: Registry, folders: tuple[Path, Path]
) -> None:
    npm.status = 404
    with pytest.raises(NotFetchedError, match=r"chromium-153.0.0.tgz answers 404"):
        install_from_npm(*folders, environ=asking(npm.url))
    with pytest.raises(NotFetchedError, match=r"127.0.0.1:1/@sparticuz"):
        install_from_npm(*folders, environ=asking("http://127.0.0.1:1"))


def test_the_registry_is_the_one_that_npm_is_configured_for(tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path)}
    assert registry(home) == REGISTRY
    (tmp_path / ".npmrc").write_text("fund=false\nregistry = https://npm.example/all/\n", encoding="utf-8")
    assert registry(home) == "https://npm.example/all"
    assert registry(home | {"NPM_CONFIG_REGISTRY": "https://other.example/"}) == "https://other.example"


def test_what_is_pinned_is_a_whole_digest() -> None:
    algorithm, _, digest = INTEGRITY.partition("-")
    assert (algorithm, len(base64.b64decode(digest))) == ("sha512", 64)
