"""Packages are fetched by the real apt, from a source of the test's own, and unpacked without root."""

import hashlib
import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from golive.cli.needs import Need, Purpose
from golive.cli.systems import Names
from golive.cli.unpacking import NotFetchedError, can_unpack, unpack, write_starter

pytestmark = pytest.mark.skipif(not can_unpack(), reason="this system has no apt")

GREETER = "#!/bin/sh\necho hello $1\n"


def need(package: str) -> Need:
    return Need(
        package,
        "says hello",
        Purpose.VERIFY,
        Names(package, "", ""),
        lambda: False,
        f"usr/bin/{package}",
        package,
    )


class Source:
    """A folder of packages that apt reads, and a machine on which nothing is installed."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder / "source"
        self.folder.mkdir()
        self._list = folder / "sources.list"
        self._index = self.folder / "Packages"
        self._index.touch()
        (folder / "status").touch()
        self.lists_only(f"deb [trusted=yes] file:{self.folder} ./")
        settings = folder / "apt.conf"
        settings.write_text(
            f'Dir::Etc::sourcelist "{self._list}";\nDir::Etc::sourceparts "/dev/null";\n'
            f'Dir::State::status "{folder / "status"}";\nAcquire::Retries "0";\n',
            encoding="utf-8",
        )
        monkeypatch.setenv("APT_CONFIG", str(settings))

    def lists_only(self, *lines: str) -> None:
        self._list.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def also_lists(self, line: str) -> None:
        self._list.write_text(self._list.read_text(encoding="utf-8") + line + "\n", encoding="utf-8")

    def offer(self, package: str, files: dict[str, str], *, depends: str = "", spoilt: bool = False) -> None:
        tree = self.folder.parent / f"tree-{package}"
        control = (
            f"Package: {package}\nVersion: 1.2-3\nArchitecture: all\nMaintainer: Test <t@example.test>\n"
        )
        control += (f"Depends: {depends}\n" if depends else "") + "Description: says hello\n"
        for name, content in {"DEBIAN/control": control, **files}.items():
            file = tree / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content, encoding="utf-8")
            if not name.startswith("DEBIAN"):
                file.chmod(0o755)
        archive = self.folder / f"{package}.deb"
        subprocess.run(
            ["dpkg-deb", "--root-owner-group", "-b", tree, archive], check=True, capture_output=True
        )
        content_of = archive.read_bytes()
        digest = hashlib.sha256(b"other" if spoilt else content_of).hexdigest()
        with self._index.open("a", encoding="utf-8") as index:
            index.write(f"{control}Filename: ./{package}.deb\nSize: {len(content_of)}\nSHA256: {digest}\n\n")


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Source:
    return Source(tmp_path, monkeypatch)


@pytest.fixture
def venv(tmp_path: Path) -> tuple[Path, Path]:
    """Where packages are unpacked, and where their starters are written."""
    programs = tmp_path / "with space" / "bin"
    programs.mkdir(parents=True)
    return programs.parent / "system", programs


def test_a_package_is_unpacked_with_what_it_depends_on_and_starts_with_its_libraries(
    source: Source, venv: tuple[Path, Path]
) -> None:
    asks = "#!/bin/sh\necho $LD_LIBRARY_PATH $1\n"
    source.offer("greeter", {"usr/bin/greeter": asks}, depends="libgreeting")
    source.offer(
        "libgreeting",
        {
            "usr/lib/x86_64-linux-gnu/libgreeting.so.1": "",
            "usr/lib/x86_64-linux-gnu/private/libmore.so": "",
            "usr/share/doc/libgreeting/copyright": "a",
        },
    )
    outcome = unpack([need("greeter")], *venv)
    assert outcome.versions == {"greeter": "1.2-3"}
    said = subprocess.run([venv[1] / "greeter", "you"], capture_output=True, text=True, check=True).stdout
    libraries = venv[0] / "usr" / "lib" / "x86_64-linux-gnu"
    assert said.strip() == f"{libraries}:{libraries / 'private'} you"
    assert not (venv[0] / "usr" / "share" / "doc").exists()


def test_a_package_that_no_source_offers_is_named_and_the_others_are_unpacked(
    source: Source, venv: tuple[Path, Path]
) -> None:
    source.offer("greeter", {"usr/bin/greeter": GREETER})
    outcome = unpack([need("greeter"), need("no-such-thing")], *venv)
    assert (outcome.unknown, outcome.trouble) == (("no-such-thing",), "")
    assert os.access(venv[1] / "greeter", os.X_OK)
    assert not (venv[1] / "no-such-thing").exists()


@pytest.mark.parametrize("line", ["deb http://127.0.0.1:1 nowhere main", "deb file:/no/such/folder ./"])
def test_without_network_one_line_says_so(source: Source, venv: tuple[Path, Path], line: str) -> None:
    source.lists_only(line)
    with pytest.raises(NotFetchedError) as no:
        unpack([need("greeter")], *venv)
    assert "see to this machine's network" in str(no.value)
    assert line.split()[1] in str(no.value) or "/no/such/folder" in str(no.value)
    assert "\n" not in str(no.value)


def test_a_source_that_is_not_needed_may_be_unreachable(source: Source, venv: tuple[Path, Path]) -> None:
    source.offer("greeter", {"usr/bin/greeter": GREETER})
    source.also_lists("deb http://127.0.0.1:1 nowhere main")
    assert unpack([need("greeter")], *venv).versions == {"greeter": "1.2-3"}


def test_a_package_that_is_not_what_the_source_signed_is_refused(
    source: Source, venv: tuple[Path, Path]
) -> None:
    source.offer("greeter", {"usr/bin/greeter": GREETER}, spoilt=True)
    with pytest.raises(NotFetchedError, match=r"(?i)hash sum mismatch|failed to fetch"):
        unpack([need("greeter")], *venv)
    assert not (venv[1] / "greeter").exists()


def test_a_dependency_that_cannot_be_had_is_said_and_nothing_half_done_starts(
    source: Source, venv: tuple[Path, Path]
) -> None:
    source.offer("greeter", {"usr/bin/greeter": GREETER}, depends="no-such-library")
    with pytest.raises(NotFetchedError, match=r"(?i)broken packages|unmet|correct problems"):
        unpack([need("greeter")], *venv)
    assert not (venv[1] / "greeter").exists()


def test_neither_maintainer_scripts_run_nor_does_dpkg_hear_of_it(
    source: Source, venv: tuple[Path, Path], tmp_path: Path
) -> None:
    script = f"#!/bin/sh\ntouch {tmp_path / 'ran'}\n"
    source.offer("greeter", {"usr/bin/greeter": GREETER})
    postinst = tmp_path / "tree-service" / "DEBIAN" / "postinst"
    postinst.parent.mkdir(parents=True)
    postinst.write_text(script, encoding="utf-8")
    postinst.chmod(0o755)
    source.offer("service", {"usr/bin/service": GREETER})
    unpack([need("greeter"), need("service")], *venv)
    assert not (tmp_path / "ran").exists()
    assert (tmp_path / "status").read_text(encoding="utf-8") == ""


def test_a_program_finds_what_its_package_has_at_an_absolute_path(tmp_path: Path) -> None:
    root, programs = tmp_path / "system", tmp_path / "bin"
    share = root / "usr" / "share" / "greeter"
    share.mkdir(parents=True)
    programs.mkdir()
    (share / "word").write_text("hello\n", encoding="utf-8")
    program = root / "usr" / "bin" / "greeter"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\ncat /usr/share/greeter/word\n", encoding="utf-8")
    program.chmod(0o755)
    size = program.stat().st_size
    # A second time: what was relocated is not looked for in vain.
    for _ in range(2):
        write_starter(replace(need("greeter"), reads="usr/share/greeter"), root, programs)
    assert program.stat().st_size == size
    said = subprocess.run([programs / "greeter"], cwd="/", capture_output=True, text=True, check=True)
    assert said.stdout == "hello\n"


def test_a_program_that_names_no_such_path_is_started_where_the_caller_is(tmp_path: Path) -> None:
    root, programs = tmp_path / "system", tmp_path / "bin"
    (root / "usr" / "bin").mkdir(parents=True)
    programs.mkdir()
    program = root / "usr" / "bin" / "greeter"
    program.write_text("#!/bin/sh\npwd\n", encoding="utf-8")
    program.chmod(0o755)
    write_starter(replace(need("greeter"), reads="usr/share/greeter"), root, programs)
    said = subprocess.run([programs / "greeter"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert said.stdout == f"{tmp_path}\n"
