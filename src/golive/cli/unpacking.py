"""Debian's packages, fetched and checked by apt, and unpacked without root beside this interpreter.

Nothing is installed on the machine: dpkg's database is only read, no maintainer script runs, so no service
is started, now or at the next boot, and ``make clean`` takes everything away again.
"""

import contextlib
import os
import re
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from golive.cli.needs import Need
from golive.cli.systems import Packages, this_system

_SECONDS = 900.0
_NOT_RUN = ("doc", "javascript", "nodejs", "locale", "man", "sass")
"""Of usr/share: a quarter of the space, and nothing that any of the programs reads."""

FONTS = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>/usr/share/fonts</dir><dir>{fonts}</dir>
<cachedir prefix="xdg">fontconfig</cachedir></fontconfig>
"""


class NotFetchedError(Exception):
    """apt could not; the message is one line with the remedy."""


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What came of it."""

    versions: dict[str, str] = field(default_factory=dict)
    """Package to version."""
    unknown: tuple[str, ...] = ()
    """Packages that this system's sources do not offer."""
    trouble: str = ""
    """What apt said of a source that it could not read, which may be why."""


def can_unpack() -> bool:
    """Whether this system's packages come by apt, and it has what unpacks them."""
    return this_system().packages is Packages.APT and all(map(shutil.which, ("apt-cache", "dpkg-deb")))


def unpack(needs: Sequence[Need], root: Path, programs: Path) -> Unpacked:
    """Fetch the packages of ``needs`` with what they depend on, and unpack them.

    Args:
        needs: what is to be there afterwards.
        root: folder that they are unpacked in; made where it is missing.
        programs: folder in which a small program for each need is written that starts it.

    Raises:
        NotFetchedError: apt did not get them; nothing that starts was written.
    """
    names = [need.apt for need in needs]
    with tempfile.TemporaryDirectory(prefix="golive-packages-") as scratch:
        apt = _Apt(Path(scratch))
        trouble = apt.update()
        versions = apt.candidates(names)
        unknown = tuple(name for name in names if name not in versions)
        if trouble and not versions:
            raise NotFetchedError(f"{trouble}; see to this machine's network, or to its sources of packages")
        if versions:
            for archive in apt.download(list(versions)):
                _run(("dpkg-deb", "-x", str(archive), str(root)), {}, "dpkg-deb")
    for share in _NOT_RUN:
        shutil.rmtree(root / "usr" / "share" / share, ignore_errors=True)
    for need in needs:
        if need.apt in versions:
            write_starter(need, root, programs)
    return Unpacked(versions, unknown, trouble)


class _Apt:
    """apt with lists, archives and locks of its own, so that it needs no root and waits for no lock."""

    def __init__(self, scratch: Path) -> None:
        self._archives = scratch / "archives"
        for folder in ("lists/partial", "archives/partial", "log"):
            (scratch / folder).mkdir(parents=True)
        settings = {
            "Dir::State::lists": scratch / "lists",
            "Dir::Cache": scratch,
            "Dir::Cache::archives": self._archives,
            "Dir::Log": scratch / "log",
            "Debug::NoLocking": "1",
            # As who we are: apt's own user cannot read a folder of ours.
            "APT::Sandbox::User": "root",
            "APT::Update::Post-Invoke-Success::": "",
            "Acquire::Retries": "2",
            "Acquire::http::Timeout": "30",
            "Acquire::https::Timeout": "30",
        }
        self._options = [part for name, value in settings.items() for part in ("-o", f"{name}={value}")]

    def update(self) -> str:
        """Read the lists anew; returns what was wrong with a source, which may be one that is not needed."""
        done = self._apt("apt-get", "update")
        return _first_trouble(done.stdout + done.stderr)

    def candidates(self, names: Sequence[str]) -> dict[str, str]:
        """Return the version of each package that the sources offer."""
        said = self._apt("apt-cache", "policy", *names).stdout
        found = re.findall(r"^(\S+):\n  Installed: .*\n  Candidate: (\S+)", said, re.MULTILINE)
        return {name: version for name, version in found if version != "(none)"}

    def download(self, names: Sequence[str]) -> list[Path]:
        """Fetch them with all that they depend on and this machine lacks."""
        # --reinstall: a package that is installed, and whose program is gone, is fetched as well.
        options = ("--download-only", "--yes", "--no-install-recommends", "--reinstall")
        done = self._apt("apt-get", "install", *options, *names)
        if done.returncode != 0:
            said = _first_trouble(done.stdout + done.stderr)
            raise NotFetchedError(said or f"apt-get install ended with {done.returncode}")
        # A source on this machine's own disk is read, and found well, where it lies.
        shown = self._apt("apt-get", "install", "--print-uris", *options[1:], *names).stdout
        here = (Path(unquote(path)) for path in re.findall(r"^'file:(?://)?([^']+)'", shown, re.MULTILINE))
        return [*here, *sorted(self._archives.glob("*.deb"))]

    def _apt(self, program: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return _run((program, *self._options, *arguments), {"LC_ALL": "C"}, program, check=False)


def _first_trouble(said: str) -> str:
    """The first error of apt's; else what it warns of a source that it could not fetch."""
    for pattern in (r"^E: (.+)$", r"^(?:W|Err): ?(.*(?:Failed to fetch|Could not|failure).+)$"):
        found = re.search(pattern, said, re.MULTILINE)
        if found:
            return found[1].strip()
    return ""


def _run(
    command: Sequence[str], more: dict[str, str], what: str, *, check: bool = True
) -> "subprocess.CompletedProcess[str]":
    try:
        done = subprocess.run(  # noqa: S603 - apt and dpkg, with options of our own
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_SECONDS,
            env={**os.environ, **more},
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NotFetchedError(f"{what} did not end within {_SECONDS:g} s") from None
    except OSError as error:
        raise NotFetchedError(f"{what} cannot be run: {error.strerror or error}") from None
    if check and done.returncode != 0:
        said = done.stderr.strip().splitlines()
        raise NotFetchedError(f"{what}: {said[-1] if said else f'ended with {done.returncode}'}")
    return done


def write_starter(need: Need, root: Path, programs: Path) -> None:
    """Write the program that starts ``need`` with the libraries and fonts that were unpacked for it."""
    target = root / need.program if need.program else playwrights_node()
    if not target.is_file():
        raise NotFetchedError(f"the package {need.apt} holds no {need.program}")
    fonts = None
    if need.program and not Path("/etc/fonts/fonts.conf").exists():
        fonts = root / "fonts.conf"
        fonts.write_text(FONTS.format(fonts=root / "usr" / "share" / "fonts"), encoding="utf-8")
    inside = root if need.reads and relocate(target, need.reads) else None
    write_program(programs / need.started_as, target, libraries=_libraries(root), fonts=fonts, inside=inside)


def relocate(program: Path, folder: str) -> bool:
    """Let an unpacked program read a folder of its package below the folder that it is started in.

    Debian's Alertmanager has the place of its templates compiled in. Nothing else finds it there for whoever
    is not root: the path is written relative in our copy of the program, with as many letters.

    Returns:
        Whether the program names the folder at all.
    """
    absolute = f"/{folder}".encode()
    first, _, rest = folder.partition("/")
    relative = f"{first}//{rest}".encode()
    data = program.read_bytes()
    if absolute in data:
        program.write_bytes(data.replace(absolute, relative))
    return absolute in data or relative in data


def write_program(
    at: Path, target: Path, *, libraries: Sequence[Path], fonts: Path | None, inside: Path | None = None
) -> None:
    """Write ``at``: a shell script that becomes ``target``, with these folders of libraries.

    Args:
        at: the script.
        target: the program.
        libraries: folders of shared libraries.
        fonts: fontconfig's settings, where it needs its own.
        inside: folder that the program is started in; None for the caller's.
    """
    path = shlex.quote(os.pathsep.join(map(str, libraries)))
    lines = [
        "#!/bin/sh",
        "# Written by `golive provide`; `make clean` takes it away.",
        f"LD_LIBRARY_PATH={path}${{LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}}; export LD_LIBRARY_PATH",
    ]
    if fonts is not None:
        lines.append(f"FONTCONFIG_FILE={shlex.quote(str(fonts))}; export FONTCONFIG_FILE")
    if inside is not None:
        lines.append(f"cd {shlex.quote(str(inside))} || exit 1")
    lines.append(f'exec {shlex.quote(str(target))} "$@"\n')
    with contextlib.suppress(FileNotFoundError):
        at.unlink()
    at.write_text("\n".join(lines), encoding="utf-8")
    at.chmod(0o755)


def playwrights_node() -> Path:
    """Return the Node.js that comes with Playwright."""
    import playwright  # noqa: PLC0415 - where its driver is looked for

    return Path(playwright.__file__).parent / "driver" / "node"


def _libraries(root: Path) -> list[Path]:
    """Folders that hold shared libraries: those of the architecture, and private ones right below them."""
    folders = [
        folder
        for base in ("usr/lib", "lib")
        for pattern in ("*-linux-*", "*-linux-*/*")
        for folder in sorted(root.glob(f"{base}/{pattern}"))
    ]
    return [folder for folder in folders if folder.is_dir() and any(folder.glob("lib*.so*"))]
