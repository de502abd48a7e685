"""Node.js, the application's packages and its compiled form: installed once, kept beside this Python."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rehearsal.stack.errors import PartFailed

PART = "nest"
SOURCE = Path(__file__).with_name("app")
PACKAGES = ("package.json", "package-lock.json")
INSTALL_SECONDS = 300
VERSION_SECONDS = 20.0
OLDEST = 20
REMEDY_NODE = "install Debian's packages nodejs and npm, or Node.js 20 or newer from nodejs.org"
REMEDY_NPM = "it needs the npm registry once (npm's own configuration says which): see what npm said below"
UNREACHABLE = re.compile(r"ENOTFOUND|EAI_AGAIN|ECONN|ETIMEDOUT|ENETUNREACH|ERR_SOCKET|network|E40[13]|E5\d\d")
"""What npm says where the registry is not reached, or does not let it in."""


class NotHere(PartFailed):
    """This machine cannot have the application: no Node.js, or nobody who gives packages."""


@dataclass(frozen=True)
class Installed:
    """A compiled application: `node` runs what lies in `home`/dist."""

    node: Path
    home: Path


def find_node() -> Path:
    """Node.js, new enough, with npm beside it. Raises NotHere."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        raise NotHere(PART, "Node.js or npm is not on this machine's path", REMEDY_NODE)
    said = subprocess.run(
        [node, "--version"], capture_output=True, text=True, timeout=VERSION_SECONDS, check=False
    ).stdout
    found = re.match(r"v(\d+)\.", said)
    if not found or int(found[1]) < OLDEST:
        raise NotHere(PART, f"{node} is {said.strip() or 'no Node.js'}, not {OLDEST} or newer", REMEDY_NODE)
    return Path(node)


def installed() -> Installed:
    """The application, ready to be run; made where it was not yet. Raises PartFailed, among it NotHere.

    It is kept by the content of what it is made of, so that another version is another folder.
    """
    node = find_node()
    kept = Path(sys.prefix) / "rehearsal-nest"
    kept.mkdir(exist_ok=True)
    modules = kept / f"packages-{_digest([SOURCE / name for name in PACKAGES])}"
    home = kept / f"app-{_digest(_sources())}"
    with (kept / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two runs may want it at once
        if not modules.is_dir():
            _make(modules, _install)
        if not home.is_dir():
            _make(home, lambda folder: _compile(node, folder, modules))
    return Installed(node, home)


def _install(folder: Path) -> None:
    for name in PACKAGES:
        shutil.copy(SOURCE / name, folder)
    # No script of any package is run: none of these needs one.
    _run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], folder, "npm ci", REMEDY_NPM)


def _compile(node: Path, folder: Path, modules: Path) -> None:
    shutil.copytree(SOURCE, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("node_modules", "dist"))
    (folder / "node_modules").symlink_to(modules / "node_modules")
    compiler = modules / "node_modules/typescript/bin/tsc"
    _run([str(node), str(compiler), "--project", "tsconfig.json"], folder, "tsc", "mend what it says below")


def _make(folder: Path, fill: Callable[[Path], None]) -> None:
    """A folder that is whole or not there."""
    unfinished = folder.with_name(f"{folder.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    fill(unfinished)
    unfinished.rename(folder)


def _run(command: list[str], folder: Path, name: str, remedy: str) -> None:
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False,
            env=os.environ | {"npm_config_update_notifier": "false"},
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise NotHere(PART, f"{name} took more than {INSTALL_SECONDS} s", remedy) from None
    if done.returncode != 0:
        said = done.stdout + done.stderr
        unreachable = remedy == REMEDY_NPM and UNREACHABLE.search(said)
        failure = NotHere if unreachable else PartFailed
        raise failure(PART, f"{name} failed", remedy, said.splitlines()[-12:])


def _sources() -> list[Path]:
    made = ("node_modules", "dist")
    return sorted(p for p in SOURCE.rglob("*") if p.is_file() and p.relative_to(SOURCE).parts[0] not in made)


def _digest(files: list[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.relative_to(SOURCE)}\0".encode() + file.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
