"""What the suite needs of a machine beside Python: what for, and in which package of which system it is."""

import contextlib
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import sync_playwright

from golive.browser.executable import find_browser
from golive.core.outcome import Blind
from golive.profile.own_programs import BROWSER, NODE

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
    """One thing, and the package that it comes in."""

    name: str
    used_for: str
    purpose: Purpose
    apt: str
    dnf: str
    brew: str
    is_there: Callable[[], bool]
    program: str = ""
    """Where it lies in Debian's package, without the leading slash."""
    started_as: str = ""
    """The name by which the suite looks for it, once unpacked; none: only installed it would run."""


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
    if driver_starts():
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
    try:
        done = subprocess.run(  # noqa: S603 - programs of this module's own table
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


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

DRIVER = Need(
    "libatomic", "Playwright's driver loads it", Purpose.VERIFY,
    "libatomic1", "libatomic", "", driver_starts, started_as=NODE,
)  # fmt: skip
"""First: without it no browser can be driven, nor fetched by Playwright."""
BROWSER_NEED = Need(
    "a browser", "the page's checks", Purpose.VERIFY,
    "chromium-headless-shell", "chromium-headless", "--cask chromium", _browser_starts,
    program="usr/lib/chromium/chromium-headless-shell", started_as=BROWSER,
)  # fmt: skip

NEEDS = (
    DRIVER,
    BROWSER_NEED,
    Need(
        "certutil", "lets the browser trust a profile's own root", Purpose.VERIFY,
        "libnss3-tools", "nss-tools", "nss", _trust_can_be_given, "usr/bin/certutil", "certutil",
    ),
    Need(
        "ssh-keygen", "people sign with it", Purpose.VERIFY,
        "openssh-client", "openssh", "openssh", on_path("ssh-keygen"), "usr/bin/ssh-keygen", "ssh-keygen",
    ),
    Need(
        "git", "looks at the release's tag", Purpose.VERIFY,
        "git", "git-core", "git", on_path("git"),
    ),
    Need(
        "prometheus", _MONITORING, Purpose.REHEARSAL,
        "prometheus", "golang-github-prometheus", "prometheus",
        on_path("prometheus"), "usr/bin/prometheus", "prometheus",
    ),
    Need(
        "alertmanager", _MONITORING, Purpose.REHEARSAL,
        "prometheus-alertmanager", "golang-github-prometheus-alertmanager", "alertmanager",
        on_path("prometheus-alertmanager", "alertmanager"),
        "usr/bin/prometheus-alertmanager", "prometheus-alertmanager",
    ),
    Need(
        "postgres_exporter", _MONITORING, Purpose.REHEARSAL,
        "prometheus-postgres-exporter", "", "postgres_exporter",
        on_path("prometheus-postgres-exporter", "postgres_exporter"),
        "usr/bin/prometheus-postgres-exporter", "prometheus-postgres-exporter",
    ),
    Need(
        "nginx", _SERVERS, Purpose.TESTS,
        "nginx-light", "nginx", "nginx", on_path("nginx"), "usr/sbin/nginx", "nginx",
    ),
    Need(
        "haproxy", _SERVERS, Purpose.TESTS,
        "haproxy", "haproxy", "haproxy", on_path("haproxy"), "usr/sbin/haproxy", "haproxy",
    ),
    Need(
        "openssl", "a server that staples", Purpose.TESTS,
        "openssl", "openssl", "openssl", on_path("openssl"), "usr/bin/openssl", "openssl",
    ),
)  # fmt: skip


def lacking(purpose: Purpose) -> tuple[Need, ...]:
    """Return what this machine has not, of what ``purpose`` needs."""
    return tuple(need for need in NEEDS if need.purpose <= purpose and not need.is_there())


def install_command(needs: Iterable[Need]) -> str:
    """Return the command that a person types to install them on this system.

    dnf's and brew's names were looked up, and not tried; they say so.
    """
    wanted = tuple(needs)
    root = "" if os.geteuid() == 0 else "sudo "
    if shutil.which("apt-get"):
        packages = " ".join(need.apt for need in wanted)
        return f"{root}apt-get update && {root}apt-get install --no-install-recommends {packages}"
    if shutil.which("dnf"):
        command, names = f"{root}dnf install", [need.dnf for need in wanted]
    elif shutil.which("brew") or platform.system() == "Darwin":
        command, names = "brew install", [need.brew for need in wanted]
    else:
        return f"install {', '.join(need.name for need in wanted)} as this system does"
    known = [name for name in names if name]
    others = [need.name for need, name in zip(wanted, names, strict=True) if not name]
    found = [f"{command} {' '.join(known)} (not tried there)"] if known else []
    return "; ".join([*found, *(f"install {name} by hand" for name in others)])
