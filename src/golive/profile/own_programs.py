"""Programs of the system that were unpacked beside this interpreter, where pip's programs are too."""

import os
import sys
from collections.abc import MutableMapping
from pathlib import Path

BROWSER = "chromium-headless-shell"
NODE = "playwright-node"
"""Not ``node``: in an activated environment nobody else's Node.js is to be hidden by it."""


def own_root(prefix: Path | None = None) -> Path:
    """Return the folder in which packages are unpacked; it need not exist."""
    return (prefix or Path(sys.prefix)) / "system"


def own_programs(prefix: Path | None = None) -> Path:
    """Return the folder in which what starts them lies: that of this interpreter's scripts."""
    return (prefix or Path(sys.prefix)) / "bin"


def use_own_programs(environ: MutableMapping[str, str] = os.environ, *, prefix: Path | None = None) -> None:
    """Let this process and its children find what was unpacked; nothing changes where nothing was.

    Args:
        environ: environment variables, changed in place. What somebody set there already stays.
        prefix: folder of the virtual environment; this interpreter's by default.
    """
    if not own_root(prefix).is_dir():
        return
    programs = own_programs(prefix)
    path = environ.get("PATH", os.defpath).split(os.pathsep)
    if str(programs) not in path:
        environ["PATH"] = os.pathsep.join([str(programs), *path])
    for variable, name in (("GOLIVE_BROWSER", BROWSER), ("PLAYWRIGHT_NODEJS_PATH", NODE)):
        if os.access(programs / name, os.X_OK):
            environ.setdefault(variable, str(programs / name))
    libraries = own_root(prefix) / "browser" / "lib"
    if libraries.is_dir():
        # NSS came with the browser: its database is made by a child that loads it.
        known = environ.get("LD_LIBRARY_PATH", "")
        if str(libraries) not in known.split(os.pathsep):
            environ["LD_LIBRARY_PATH"] = os.pathsep.join(filter(None, (known, str(libraries))))
