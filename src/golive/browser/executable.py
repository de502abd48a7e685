"""Which browser is driven, and what to do when there is none."""

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from golive.core.outcome import Blind

VARIABLE = "GOLIVE_BROWSER"

_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_MACOS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
_REMEDY = (
    "install one (Debian: `apt-get install chromium-headless-shell`; elsewhere: "
    "`playwright install chromium-headless-shell`), let `golive provide verify` fetch one, "
    f"or name one in {VARIABLE}"
)

DRIVER_REMEDY = (
    "run `python -m playwright --version` here and install what it misses "
    "(Debian: `apt-get install libatomic1`), or let `golive provide verify` fetch it"
)


def find_browser(bundled: str | None = None, *, environ: Mapping[str, str] = os.environ) -> Path:
    """Return the executable: the one named in ``GOLIVE_BROWSER``, Playwright's own, or one on the path.

    Args:
        bundled: where Playwright would have its own; also its headless shell is looked for next to it.
        environ: environment variables.

    Raises:
        Blind: there is none, or the named one cannot be run.
    """
    named = environ.get(VARIABLE)
    if named:
        found = shutil.which(named, path=environ.get("PATH"))
        if found is None:
            raise Blind(
                f"{VARIABLE} names {named}, which cannot be run", remedy=f"correct {VARIABLE} or unset it"
            )
        return Path(found)
    for candidate in _bundled(bundled):
        if os.access(candidate, os.X_OK):
            return candidate
    for name in _NAMES:
        found = shutil.which(name, path=environ.get("PATH"))
        if found is not None:
            return Path(found)
    if sys.platform == "darwin":
        for path in map(Path, _MACOS):
            if os.access(path, os.X_OK):
                return path
    raise Blind("there is no browser on this machine", remedy=_REMEDY)


def _bundled(full: str | None) -> list[Path]:
    if not full:
        return []
    # …/ms-playwright/chromium-1234/chrome-linux/chrome; the shell lies in chromium_headless_shell-1234.
    folder = next((part for part in Path(full).parents if part.name.startswith("chromium-")), None)
    if folder is None:
        return [Path(full)]
    shell = folder.with_name(folder.name.replace("chromium-", "chromium_headless_shell-"))
    names = ("chrome-headless-shell", "headless_shell")
    return [*(path for name in names for path in sorted(shell.glob(f"*/{name}"))), Path(full)]
