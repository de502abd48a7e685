"""A private home folder in which Chromium trusts the profile's roots, and nothing of this machine's user."""

import asyncio
import contextlib
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

from golive.core.outcome import Blind

_DEADLINE = 10.0
_PEM = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----\n?", re.DOTALL)
_KEPT = (
    "PATH",
    "LANG",
    "LC_ALL",
    "TZ",
    "TMPDIR",
    "LD_LIBRARY_PATH",
    "FONTCONFIG_PATH",
    "FONTCONFIG_FILE",
    "DISPLAY",
)


def browser_environment(home: Path) -> dict[str, str]:
    """Return the browser's environment: the private home, and no variable that may hold a secret."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return kept | {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_CACHE_HOME": str(home / ".cache"),
    }


async def private_home(roots: Path | None) -> tuple[Path, bool]:
    """Create the folder; the caller removes it.

    Args:
        roots: PEM file of the profile's roots; None leaves the browser with its own.

    Returns:
        The folder, and whether the browser will trust exactly what it should.

    Raises:
        Blind: the roots cannot be given to a browser on this machine.
    """
    home = Path(tempfile.mkdtemp(prefix="golive-browser-"))
    if roots is None:
        return home, True
    if sys.platform == "darwin":
        return home, False
    folder = home / ".pki" / "nssdb"
    folder.mkdir(parents=True, mode=0o700)
    module = (sys.executable, "-m", "golive.browser.nss_database", str(folder), str(roots))
    try:
        if await _run(*module) or await _certutil(folder, roots):
            return home, True
    except BaseException:
        shutil.rmtree(home, ignore_errors=True)
        raise
    shutil.rmtree(home, ignore_errors=True)
    raise Blind(
        "the browser cannot be made to trust the profile's root certificate",
        remedy="install libnss3 or certutil (Debian: `apt-get install libnss3-tools`)",
    )


async def _certutil(folder: Path, roots: Path) -> bool:
    program = shutil.which("certutil")
    database = f"sql:{folder}"
    if program is None or not await _run(program, "-N", "-d", database, "--empty-password", "-f", os.devnull):
        return False
    for number, file in enumerate(_one_file_each(roots, folder)):
        added = ("-A", "-d", database, "-t", "C,,", "-n", f"golive-{number}", "-i", str(file))
        if not await _run(program, *added):
            return False
    return True


def _one_file_each(roots: Path, folder: Path) -> list[Path]:
    files: list[Path] = []
    for number, pem in enumerate(_PEM.findall(roots.read_text(encoding="ascii"))):
        files.append(folder / f"root-{number}.pem")
        files[-1].write_text(pem, encoding="ascii")
    return files


async def _run(*command: str) -> bool:
    quiet = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(*command, stdin=quiet, stdout=quiet, stderr=quiet)
    try:
        async with asyncio.timeout(_DEADLINE):
            return await process.wait() == 0
    except TimeoutError:
        return False
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
