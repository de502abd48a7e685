"""``golive provide`` gets what a machine lacks, says what it could not get, and runs the command."""

import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from golive.cli import main, needs, providing
from golive.cli.needs import BROWSER_NEED, NEEDS, Need, install_command
from golive.cli.unpacking import NotFetchedError, Unpacked
from golive.core.outcome import Blind
from rehearsal.monitoring import programs

PROMETHEUS = next(need for need in NEEDS if need.name == "prometheus")
NGINX = next(need for need in NEEDS if need.name == "nginx")
GIT = next(need for need in NEEDS if need.name == "git")

Provide = Callable[..., tuple[int, str]]


class Machine:
    """What a machine lacks, and what becomes of it when packages are fetched."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.lacks: list[Need] = []
        self.offers: set[str] = set()
        self.trouble = ""
        self.asked: list[str] = []
        monkeypatch.setattr(providing, "lacking", lambda _: tuple(self.lacks))
        monkeypatch.setattr(providing, "unpack", self._unpack)
        monkeypatch.setattr(providing, "can_unpack", lambda: True)
        monkeypatch.setattr(providing, "use_own_programs", lambda: None)

    def _unpack(self, wanted: Sequence[Need], root: Path, programs: Path) -> Unpacked:
        self.asked = [need.apt for need in wanted]
        if self.trouble:
            raise NotFetchedError(self.trouble)
        self.lacks = [need for need in self.lacks if need.apt not in self.offers]
        there = {name: "1.0" for name in self.asked if name in self.offers}
        return Unpacked(there, tuple(name for name in self.asked if name not in there))


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    monkeypatch.delenv("GOLIVE_INSTALL", raising=False)
    return Machine(monkeypatch)


@pytest.fixture
def provide(capfd: pytest.CaptureFixture[str]) -> Provide:
    def run(*arguments: str) -> tuple[int, str]:
        code = main(["provide", *arguments])
        said = capfd.readouterr()
        return code, said.out + said.err

    return run


def ending_with(code: int) -> tuple[str, ...]:
    return "--", sys.executable, "-c", f"print('it ran'); raise SystemExit({code})"


def test_each_package_that_is_fetched_has_a_line_of_its_own(machine: Machine, provide: Provide) -> None:
    machine.lacks, machine.offers = [PROMETHEUS, NGINX], {"prometheus", "nginx-light"}
    code, said = provide("tests", *ending_with(0))
    assert code == 0
    assert "golive:   prometheus 1.0: the rehearsal's monitoring" in said
    assert "golive:   nginx-light 1.0: web servers" in said
    assert said.endswith("it ran\n")


def test_a_machine_that_lacks_nothing_hears_nothing(machine: Machine, provide: Provide) -> None:
    assert provide("rehearsal", *ending_with(0)) == (0, "it ran\n")


@pytest.mark.parametrize("no", ["no", "NO", "0", "false"])
def test_forbidden_to_fetch_it_names_the_command_and_goes_on(
    machine: Machine, provide: Provide, monkeypatch: pytest.MonkeyPatch, no: str
) -> None:
    monkeypatch.setenv("GOLIVE_INSTALL", no)
    machine.lacks, machine.offers = [PROMETHEUS], {"prometheus"}
    code, said = provide("rehearsal", *ending_with(6))
    assert (code, machine.asked) == (6, [])
    assert "prometheus missing, and GOLIVE_INSTALL=no forbids to fetch" in said
    assert install_command([PROMETHEUS]) in said
    assert "it ran" in said


def test_a_word_that_is_neither_yes_nor_no_is_an_error(
    machine: Machine, provide: Provide, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOLIVE_INSTALL", "nope")
    code, said = provide("rehearsal", *ending_with(0))
    assert (code, "GOLIVE_INSTALL=nope: it says yes or no" in said, "it ran" in said) == (4, True, False)


def test_apts_trouble_is_one_line_and_the_command_goes_on(machine: Machine, provide: Provide) -> None:
    machine.lacks, machine.trouble = [PROMETHEUS], "Failed to fetch http://deb.example/; see to the network"
    code, said = provide("rehearsal", *ending_with(6))
    assert code == 6
    assert "no package could be fetched: Failed to fetch http://deb.example/; see to the network\n" in said
    assert "golive: prometheus could not be had here" in said
    assert "it ran" in said


def test_an_inconclusive_rehearsal_is_explained_in_its_last_line(machine: Machine, provide: Provide) -> None:
    machine.lacks = [PROMETHEUS]
    last = provide("rehearsal", *ending_with(6))[1].splitlines()[-1]
    assert last.startswith("golive: without prometheus, lines are unknown; to install: ")
    assert "prometheus" in last.partition("install: ")[2]


@pytest.mark.parametrize("code", [0, 1, 2])
def test_what_is_missing_explains_no_other_end_of_a_rehearsal(
    machine: Machine, provide: Provide, code: int
) -> None:
    machine.lacks = [PROMETHEUS]
    assert provide("rehearsal", *ending_with(code))[1].endswith("it ran\n")


def test_skipped_tests_are_told_in_the_last_line_also_where_all_others_passed(
    machine: Machine, provide: Provide
) -> None:
    machine.lacks = [NGINX]
    assert (
        "golive: without nginx, tests were skipped" in provide("tests", *ending_with(0))[1].splitlines()[-1]
    )


def test_what_only_runs_installed_is_not_fetched(machine: Machine, provide: Provide) -> None:
    machine.lacks = [GIT]
    code, said = provide("verify")
    assert (code, machine.asked) == (1, [])
    assert "git could not be had here" in said


def test_where_no_package_has_a_browser_playwrights_is_tried_and_then_npms(
    machine: Machine, provide: Provide, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.lacks = [BROWSER_NEED]
    tried: list[str] = []

    def none_yet() -> Path:
        raise Blind("there is no browser on this machine", remedy="install one")

    def playwrights() -> str:
        tried.append("playwright")
        return "Playwright's download: no route"

    def npms(root: Path, programs: Path) -> None:
        tried.append("npm")
        machine.lacks = []

    monkeypatch.setattr(providing, "browser_here", none_yet)
    monkeypatch.setattr(providing, "driver_starts", lambda: True)
    monkeypatch.setattr(providing, "install_playwrights", playwrights)
    monkeypatch.setattr(providing, "install_from_npm", npms)
    code, said = provide("verify")
    assert (code, tried) == (0, ["playwright", "npm"])
    assert "Playwright's download: no route; trying npm's @sparticuz/chromium" in said


def test_a_command_that_cannot_be_run_is_an_error_in_words(machine: Machine, provide: Provide) -> None:
    code, said = provide("verify", "--", "/no/such/program")
    assert (code, "/no/such/program cannot be run: No such file or directory" in said) == (4, True)


def test_the_signal_to_end_reaches_the_command(tmp_path: Path) -> None:
    child = (
        "import signal, sys\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))\n"
        "print('ready', flush=True)\n"
        "signal.pause()\n"
    )
    command = [
        sys.executable,
        "-c",
        "import sys; from golive.cli import providing; sys.exit(providing._run(sys.argv[1:]))",
    ]
    with subprocess.Popen(
        [*command, sys.executable, "-c", child], stdout=subprocess.PIPE, text=True
    ) as outer:
        assert outer.stdout
        assert outer.stdout.readline() == "ready\n"
        outer.send_signal(signal.SIGTERM)
        assert outer.wait(30) == 7


def test_the_doctor_names_each_need_and_how_to_get_all(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from golive.cli import doctor

    def no_browser() -> Path:
        raise Blind("there is no browser on this machine", remedy="install one")

    monkeypatch.setattr(doctor, "browser_here", no_browser)
    monkeypatch.setattr(doctor, "lacking", lambda _: (BROWSER_NEED, PROMETHEUS, NGINX))
    assert main(["doctor"]) == 1
    said = capsys.readouterr().err
    assert "golive doctor: there is no browser on this machine: install one (the page's checks)" in said
    assert "golive doctor: for make rehearse: no prometheus" in said
    assert "golive doctor: for make test: no nginx" in said
    assert install_command([BROWSER_NEED, PROMETHEUS, NGINX]) in said
    monkeypatch.setattr(doctor, "browser_here", lambda: Path("/usr/bin/chromium"))
    monkeypatch.setattr(doctor, "lacking", lambda _: (PROMETHEUS,))
    assert main(["doctor"]) == 0


def test_the_rehearsal_and_the_list_of_needs_name_the_same_packages_of_monitoring() -> None:
    """Neither imports the other."""
    listed = {need.apt for need in NEEDS if "monitoring" in need.used_for}
    assert listed == set(programs.NAMES)


def test_a_named_browser_is_found_without_asking_playwright(monkeypatch):
    """Asking it starts its driver, a Node.js, twice; and the named one is taken whatever it says."""

    def asked():
        raise AssertionError("Playwright was asked")

    monkeypatch.setattr(needs, "driver_starts", asked)
    monkeypatch.setenv("GOLIVE_BROWSER", "true")
    assert needs.browser_here().name == "true"
