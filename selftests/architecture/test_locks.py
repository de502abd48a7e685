"""The locks agree with each other and with pyproject.toml, and each holds its part only."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "requirements"
NARROW_TO_WIDE = ("run", "rehearsal", "dev")
SERVERS = ("postgresql", "valkey", "caddy")
ALL = NARROW_TO_WIDE + SERVERS
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def pinned(lock: str) -> dict[str, tuple[str, frozenset[str]]]:
    """Name to version and hashes."""
    text = (FOLDER / f"{lock}.lock").read_text(encoding="utf-8")
    found: dict[str, tuple[str, frozenset[str]]] = {}
    for entry in re.split(r"\n(?=[a-z0-9])", "\n".join(re.findall(r"^(?! +#).+$", text, re.MULTILINE))):
        requirement = Requirement(entry.partition("\\\n")[0].strip().removesuffix("\\"))
        version = str(requirement.specifier).removeprefix("==")
        found[canonicalize_name(requirement.name)] = (
            version,
            frozenset(re.findall(r"--hash=(sha256:\w{64})", entry)),
        )
    return found


def declared(lock: str) -> list[Requirement]:
    """What pyproject.toml wants of this lock."""
    project = PROJECT["project"]
    extras = project["optional-dependencies"]
    texts = {
        "run": project["dependencies"],
        "rehearsal": project["dependencies"] + extras["rehearsal"],
        "dev": project["dependencies"] + extras["rehearsal"] + extras["dev"],
    }
    return [Requirement(text) for text in texts.get(lock) or PROJECT["dependency-groups"][lock]]


@pytest.mark.parametrize("lock", ALL)
def test_everything_is_pinned_with_hashes(lock: str) -> None:
    for name, (version, hashes) in pinned(lock).items():
        assert version, name
        assert hashes, name


@pytest.mark.parametrize("lock", ALL)
def test_a_lock_meets_what_the_project_declares(lock: str) -> None:
    pins = pinned(lock)
    for requirement in declared(lock):
        version, _ = pins[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version), f"{requirement}: {lock}.lock has {version}"


@pytest.mark.parametrize("wider", ["rehearsal", "dev"])
def test_the_wider_lock_holds_the_narrower_at_the_same_versions(wider: str) -> None:
    narrower = NARROW_TO_WIDE[NARROW_TO_WIDE.index(wider) - 1]
    wide = pinned(wider)
    for name, pin in pinned(narrower).items():
        assert wide.get(name) == pin, f"{name} differs between {narrower} and {wider}"


@pytest.mark.parametrize("server", SERVERS)
def test_a_servers_lock_agrees_with_the_others(server: str) -> None:
    widest = pinned("dev")
    for name, pin in pinned(server).items():
        assert widest.get(name, pin) == pin, name


def test_who_verifies_production_installs_no_rehearsal_and_no_tools_of_developers() -> None:
    run = pinned("run")
    extras = PROJECT["project"]["optional-dependencies"]
    foreign = {canonicalize_name(Requirement(text).name) for part in extras.values() for text in part}
    foreign |= {name for server in SERVERS for name in pinned(server) if name != "async-timeout"}
    assert not foreign & set(run)


def test_what_is_rehearsed_with_needs_no_tools_of_developers() -> None:
    extras = PROJECT["project"]["optional-dependencies"]
    own = {canonicalize_name(Requirement(text).name) for text in extras["rehearsal"]}
    tools = {canonicalize_name(Requirement(text).name) for text in extras["dev"]} - own
    assert not tools & set(pinned("rehearsal"))


def test_servers_without_a_wheel_for_every_machine_stand_in_none_of_the_locks_that_must_install() -> None:
    servers = {canonicalize_name(requirement.name) for lock in SERVERS for requirement in declared(lock)}
    for lock in NARROW_TO_WIDE:
        assert not servers & set(pinned(lock))


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize(
    ("machine", "wanted"),
    [
        ({"sys_platform": "linux", "platform_machine": "x86_64"}, True),
        ({"sys_platform": "linux", "platform_machine": "aarch64"}, True),
        ({"sys_platform": "darwin", "platform_machine": "arm64"}, True),
        ({"sys_platform": "linux", "platform_machine": "riscv64"}, False),
        ({"sys_platform": "win32", "platform_machine": "AMD64"}, False),
    ],
)
def test_a_server_is_asked_for_only_where_there_are_wheels_of_it(
    server: str, machine: dict[str, str], wanted: bool
) -> None:
    for requirement in declared(server):
        assert requirement.marker is not None
        assert requirement.marker.evaluate(machine) is wanted
