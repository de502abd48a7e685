"""Which kind of system this is, and the command that installs its packages there."""

import os
import platform
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

Which = Callable[[str], str | None]
"""Where a program of this name lies, if there is one."""


class Packages(Enum):
    """By which manager packages come; the value is the name that is shown."""

    APT = "apt"
    DNF = "dnf"
    BREW = "brew"
    OTHER = "another"


@dataclass(frozen=True, slots=True)
class Names:
    """The packages that one thing comes in, by manager: parted by spaces, an empty text for none."""

    apt: str
    dnf: str
    brew: str
    cask: bool = False
    """Whether brew's is an application, which is installed by a command of its own."""
    ubuntu: bool = True
    """Whether Ubuntu, and what derives from it, has apt's too."""


@dataclass(frozen=True, slots=True)
class System:
    """What there is to know of a machine before something is installed on it."""

    packages: Packages
    program: str = ""
    """The manager's own: dnf is called otherwise on small systems."""
    is_root: bool = False
    has_sudo: bool = True
    is_ubuntu: bool = False
    enterprise: int = 0
    """The major version of Red Hat Enterprise Linux, or of what is built from it; else nothing."""

    def install_command(self, wanted: Mapping[str, Names]) -> str:
        """Return what a person types to install these things, by name; it says where it was never tried."""
        if self.packages is Packages.OTHER:
            return f"install {', '.join(wanted)} as this system does"
        package = {name: self._package(names) for name, names in wanted.items()}
        known = [name for name in wanted if package[name]]
        by_hand = [f"install {name} by hand" for name in wanted if not package[name]]
        if not known:
            return "; ".join(by_hand)
        if self.packages is Packages.APT:
            packages = " ".join(package[name] for name in known)
            command = self._as_root("apt-get update", f"apt-get install --no-install-recommends {packages}")
        elif self.packages is Packages.DNF:
            command = f"{self._dnf([package[name] for name in known])} ({self._sources}not tried there)"
        else:
            casks = [package[name] for name in known if wanted[name].cask]
            formulae = [package[name] for name in known if not wanted[name].cask]
            command = f"{_brew(casks, formulae)} (not tried there)"
        return "; ".join([command, *by_hand])

    def _package(self, names: Names) -> str:
        if self.packages is Packages.APT:
            return names.apt if names.ubuntu or not self.is_ubuntu else ""
        return names.dnf if self.packages is Packages.DNF else names.brew

    def _dnf(self, packages: Sequence[str]) -> str:
        install = f"{self.program} install {' '.join(packages)}"
        if self.enterprise in _MODULAR and any(name.startswith("postgresql") for name in packages):
            # What comes by default is older than any rehearsal wants.
            return self._as_root(f"{self.program} module enable postgresql:16", install)
        return self._as_root(install)

    @property
    def _sources(self) -> str:
        return "some of it from EPEL; " if self.enterprise else ""

    def _as_root(self, *commands: str) -> str:
        if self.is_root or not self.has_sudo:
            return ("" if self.is_root else "as root: ") + " && ".join(commands)
        return " && ".join(f"sudo {command}" for command in commands)


def _brew(casks: Sequence[str], formulae: Sequence[str]) -> str:
    # The option would make casks of all that stands on its line.
    lines = (("--cask ", casks), ("", formulae))
    return " && ".join(f"brew install {option}{' '.join(names)}" for option, names in lines if names)


_MODULAR = (8, 9)
"""Versions of Enterprise Linux that have several PostgreSQL, by module."""
_PROGRAMS = {Packages.APT: ("apt-get",), Packages.DNF: ("dnf", "dnf5", "microdnf", "yum")}
_FAMILIES = {
    "debian": Packages.APT,
    "ubuntu": Packages.APT,
    "fedora": Packages.DNF,
    "rhel": Packages.DNF,
    "centos": Packages.DNF,
}
_OTHERS = {"alpine", "arch", "gentoo", "nixos", "opensuse", "slackware", "suse", "void"}
"""Other families, whose own managers are not spoken of here. apt or dnf may lie there, and get nothing."""


def this_system() -> System:
    """Return what this machine is."""
    try:
        release: Mapping[str, str] = platform.freedesktop_os_release()
    except OSError:
        release = {}  # macOS has none; nor have some images
    return recognise(platform.system(), release, shutil.which, is_root=os.geteuid() == 0)


def recognise(kernel: str, release: Mapping[str, str], which: Which, *, is_root: bool) -> System:
    """Return what a machine is.

    Args:
        kernel: as ``uname`` names it.
        release: of ``/etc/os-release``. It goes before what is on the path: Fedora has a package with
            apt-get, and Homebrew is on Linux too.
        which: finds programs.
        is_root: whether this is root.
    """
    families = (release.get("ID", ""), *release.get("ID_LIKE", "").split())
    packages = next((_FAMILIES[family] for family in families if family in _FAMILIES), None)
    if packages is None:
        packages = _by_programs(kernel, families, which)
    program = next(filter(which, _PROGRAMS.get(packages, ())), "")
    if packages in _PROGRAMS and not program:
        packages = Packages.OTHER  # such as an image whose manager was taken away
    enterprise = re.fullmatch(r"platform:el(\d+)", release.get("PLATFORM_ID", ""))
    return System(
        packages,
        program,
        is_root=is_root,
        has_sudo=which("sudo") is not None,
        is_ubuntu="ubuntu" in families,
        enterprise=int(enterprise[1]) if enterprise else 0,
    )


def _by_programs(kernel: str, families: Sequence[str], which: Which) -> Packages:
    if kernel == "Darwin":
        return Packages.BREW
    if not any(family.partition("-")[0] in _OTHERS for family in families):
        for packages, programs in _PROGRAMS.items():
            if any(map(which, programs)):
                return packages
    return Packages.BREW if which("brew") else Packages.OTHER
