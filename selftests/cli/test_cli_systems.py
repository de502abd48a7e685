"""The command that installs what is lacking is that of the system at hand, recognised by several signs."""

import pytest

from golive.cli import systems
from golive.cli.needs import NEEDS, Need, install_command
from golive.cli.systems import Packages, System, recognise

DEBIAN = {"ID": "debian", "VERSION_ID": "12"}
UBUNTU = {"ID": "ubuntu", "ID_LIKE": "debian", "VERSION_ID": "24.04"}
MINT = {"ID": "linuxmint", "ID_LIKE": "ubuntu debian", "VERSION_ID": "22"}
RASPBIAN = {"ID": "raspbian", "ID_LIKE": "debian"}
FEDORA = {"ID": "fedora", "VERSION_ID": "43", "PLATFORM_ID": "platform:f43"}
RHEL_9 = {"ID": "rhel", "ID_LIKE": "fedora", "VERSION_ID": "9.6", "PLATFORM_ID": "platform:el9"}
ROCKY_8 = {
    "ID": "rocky",
    "ID_LIKE": "rhel centos fedora",
    "VERSION_ID": "8.10",
    "PLATFORM_ID": "platform:el8",
}
ALMA_10 = {
    "ID": "almalinux",
    "ID_LIKE": "rhel centos fedora",
    "VERSION_ID": "10",
    "PLATFORM_ID": "platform:el10",
}
ORACLE_9 = {"ID": "ol", "ID_LIKE": "fedora", "VERSION_ID": "9.5", "PLATFORM_ID": "platform:el9"}
AMAZON = {"ID": "amzn", "ID_LIKE": "fedora", "VERSION_ID": "2023", "PLATFORM_ID": "platform:al2023"}
ALPINE = {"ID": "alpine", "VERSION_ID": "3.22.0"}
TUMBLEWEED = {"ID": "opensuse-tumbleweed", "ID_LIKE": "opensuse suse"}
ARCH_LIKE = {"ID": "manjaro", "ID_LIKE": "arch"}


def machine(release: dict[str, str], *programs: str, kernel: str = "Linux", is_root: bool = False) -> System:
    """A machine made up: what it says of itself, and the programs on its path."""
    return recognise(
        kernel, release, lambda name: f"/usr/bin/{name}" if name in programs else None, is_root=is_root
    )


def needs(*names: str) -> list[Need]:
    return [next(need for need in NEEDS if need.name == name) for name in names]


@pytest.mark.parametrize(
    ("system", "packages"),
    [
        pytest.param(machine(DEBIAN, "apt-get"), Packages.APT, id="Debian"),
        pytest.param(machine(UBUNTU, "apt-get"), Packages.APT, id="Ubuntu"),
        pytest.param(machine(MINT, "apt-get"), Packages.APT, id="Mint"),
        pytest.param(machine(RASPBIAN, "apt-get"), Packages.APT, id="Raspberry Pi OS"),
        pytest.param(machine(DEBIAN, "apt-get", "dnf"), Packages.APT, id="Debian with Fedora's dnf"),
        pytest.param(machine(DEBIAN, "apt-get", "brew"), Packages.APT, id="Debian with Homebrew"),
        pytest.param(machine({"ID": "own"}, "apt-get"), Packages.APT, id="a derivative that names no origin"),
        pytest.param(machine({}, "apt-get"), Packages.APT, id="an image without os-release"),
        pytest.param(machine(FEDORA, "dnf"), Packages.DNF, id="Fedora"),
        pytest.param(machine(FEDORA, "apt-get", "dnf"), Packages.DNF, id="Fedora with Debian's apt"),
        pytest.param(machine(RHEL_9, "dnf"), Packages.DNF, id="Red Hat"),
        pytest.param(machine(RHEL_9, "microdnf"), Packages.DNF, id="Red Hat's minimal image"),
        pytest.param(machine(ROCKY_8, "dnf", "yum"), Packages.DNF, id="Rocky"),
        pytest.param(machine(ALMA_10, "dnf"), Packages.DNF, id="Alma"),
        pytest.param(machine(ORACLE_9, "dnf"), Packages.DNF, id="Oracle"),
        pytest.param(machine(AMAZON, "dnf"), Packages.DNF, id="Amazon"),
        pytest.param(machine({}, "brew", kernel="Darwin"), Packages.BREW, id="macOS"),
        pytest.param(machine({}, kernel="Darwin"), Packages.BREW, id="macOS without Homebrew yet"),
        pytest.param(machine(ARCH_LIKE, "brew"), Packages.BREW, id="another Linux with Homebrew"),
        pytest.param(machine(ALPINE, "apk"), Packages.OTHER, id="Alpine"),
        pytest.param(machine(TUMBLEWEED, "zypper", "dnf"), Packages.OTHER, id="openSUSE, which has dnf too"),
        pytest.param(
            machine(ARCH_LIKE, "pacman", "apt-get"), Packages.OTHER, id="Manjaro, which has apt too"
        ),
        pytest.param(machine(DEBIAN), Packages.OTHER, id="a Debian image whose apt was removed"),
        pytest.param(machine({}), Packages.OTHER, id="nothing known"),
    ],
)
def test_a_machine_is_recognised(system: System, packages: Packages) -> None:
    assert system.packages is packages


def test_this_machine_is_asked_what_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(systems.platform, "freedesktop_os_release", lambda: ROCKY_8)
    monkeypatch.setattr(systems.shutil, "which", lambda name: name if name == "dnf" else None)
    monkeypatch.setattr(systems.os, "geteuid", lambda: 1000)
    assert install_command(needs("nginx")) == (
        "as root: dnf install nginx (some of it from EPEL; not tried there)"
    )


def test_a_machine_without_os_release_is_asked_for_its_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> dict[str, str]:
        raise FileNotFoundError("/etc/os-release")

    monkeypatch.setattr(systems.platform, "freedesktop_os_release", none)
    monkeypatch.setattr(systems.platform, "system", lambda: "Darwin")
    assert install_command(needs("nginx")) == "brew install nginx (not tried there)"


@pytest.mark.parametrize(
    ("system", "command"),
    [
        pytest.param(
            machine(DEBIAN, "apt-get", is_root=True),
            "apt-get update && apt-get install --no-install-recommends libnss3-tools nginx-light",
            id="Debian as root",
        ),
        pytest.param(
            machine(DEBIAN, "apt-get", "sudo"),
            "sudo apt-get update && sudo apt-get install --no-install-recommends libnss3-tools nginx-light",
            id="Debian as a user who has sudo",
        ),
        pytest.param(
            machine(DEBIAN, "apt-get"),
            "as root: apt-get update && apt-get install --no-install-recommends libnss3-tools nginx-light",
            id="Debian as a user who has none",
        ),
        pytest.param(
            machine(FEDORA, "dnf", "sudo"), "sudo dnf install nss-tools nginx (not tried there)", id="Fedora"
        ),
        pytest.param(
            machine(RHEL_9, "microdnf", is_root=True),
            "microdnf install nss-tools nginx (some of it from EPEL; not tried there)",
            id="Red Hat's minimal image",
        ),
        pytest.param(
            machine({}, "brew", kernel="Darwin"), "brew install nss nginx (not tried there)", id="macOS"
        ),
        pytest.param(machine(ALPINE, "apk"), "install certutil, nginx as this system does", id="Alpine"),
    ],
)
def test_the_command_is_that_of_the_system(system: System, command: str) -> None:
    assert install_command(needs("certutil", "nginx"), system) == command


def test_homebrews_applications_have_a_command_of_their_own() -> None:
    """Its option would make an application of all that stands in the same command."""
    assert install_command(needs("a browser", "certutil"), machine({}, "brew", kernel="Darwin")) == (
        "brew install --cask google-chrome && brew install nss (not tried there)"
    )


@pytest.mark.parametrize("release", [UBUNTU, MINT])
def test_ubuntu_has_no_headless_browser_in_its_packages(release: dict[str, str]) -> None:
    said = install_command(needs("a browser", "nginx"), machine(release, "apt-get", is_root=True))
    assert said.endswith("--no-install-recommends nginx-light; install a browser by hand")


def test_what_a_system_has_no_package_of_is_named() -> None:
    system = machine(FEDORA, "dnf", is_root=True)
    assert install_command(needs("postgres_exporter"), system) == "install postgres_exporter by hand"
    assert install_command(needs("prometheus", "postgres_exporter"), system) == (
        "dnf install golang-github-prometheus (not tried there); install postgres_exporter by hand"
    )


@pytest.mark.parametrize(
    ("release", "first"),
    [(ROCKY_8, "dnf module enable postgresql:16 && "), (RHEL_9, "dnf module enable postgresql:16 && "),
     (ALMA_10, ""), (FEDORA, "")],
)  # fmt: skip
def test_an_enterprise_linux_is_told_which_postgresql_to_choose(release: dict[str, str], first: str) -> None:
    said = install_command(needs("PostgreSQL"), machine(release, "dnf", is_root=True))
    assert said.startswith(f"{first}dnf install postgresql-server postgresql-contrib (")


@pytest.mark.parametrize("need", [need for need in NEEDS if need.started_as], ids=lambda need: need.name)
def test_debian_has_a_package_of_whatever_is_fetched(need: Need) -> None:
    assert need.apt


def test_debians_caddy_is_too_old_and_is_not_named() -> None:
    assert install_command(needs("Caddy"), machine(DEBIAN, "apt-get")) == "install Caddy by hand"
