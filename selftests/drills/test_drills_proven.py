"""A whole run of the proofs that proved less than everything fails; a narrowed one says what it proved."""

from types import SimpleNamespace

import pytest

from rehearsal.faults import catalogue
from selftests.drills.drill import ROOT
from selftests.drills.lanes import checks
from selftests.drills.proven import PROVEN, Count, ProvenPlugin

OPTIONS = {"keyword": "", "markexpr": "", "deselect": None, "ignore": None, "collectonly": False}


def plugin(*arguments: str, **options: object) -> ProvenPlugin:
    return ProvenPlugin(SimpleNamespace(args=list(arguments), option=SimpleNamespace(**OPTIONS | options)))


def passed(*names: str) -> SimpleNamespace:
    return SimpleNamespace(when="call", passed=True, user_properties=[(PROVEN, list(names))])


def exit_code(plugin: ProvenPlugin, exit_code: int = 0) -> int:
    session = SimpleNamespace(exitstatus=exit_code)
    plugin.pytest_sessionfinish(session, exit_code)
    return int(session.exitstatus)


def prove_everything(plugin: ProvenPlugin, *, but: str = "") -> None:
    for name, fault in catalogue().items():
        if name != but:
            plugin.pytest_runtest_logreport(passed(name, *checks().dedicated(fault)))


def test_run_that_proved_everything_is_well():
    whole = plugin(str(ROOT / "selftests"))
    prove_everything(whole)
    assert exit_code(whole) == 0


@pytest.mark.parametrize("folder", ["selftests", "selftests/drills", "selftests/drills/test_proofs.py"])
def test_run_that_lacks_one_proof_fails(folder):
    """One fault's test was skipped, lost with its worker, or never collected."""
    whole = plugin(str(ROOT / folder))
    prove_everything(whole, but="tls.expired")
    assert exit_code(whole) == 1


def test_run_that_failed_for_another_reason_keeps_its_exit_code():
    assert exit_code(plugin(str(ROOT / "selftests")), 2) == 2


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        (["selftests"], {"keyword": "tls"}),
        (["selftests"], {"ignore": ["selftests/drills"]}),
        (["selftests/core"], {}),
        (["selftests/drills/test_proofs.py::test_fault_is_proven[tls.expired]"], {}),
    ],
    ids=["-k", "--ignore", "another folder", "one test"],
)
def test_narrowed_run_is_not_asked_for_everything(arguments, options):
    narrowed = plugin(*(str(ROOT / argument) for argument in arguments), **options)
    narrowed.pytest_runtest_logreport(passed("tls.expired", "a check"))
    assert exit_code(narrowed) == 0


def test_count_is_said():
    count = Count()
    count.add([("other", 1), (PROVEN, ["tls.expired", "tests/a.py::test_a"])])
    assert str(count).startswith("proven able to go red: 1 of ")
    assert str(count).endswith(f"by 1 of {len(catalogue())} faults")
