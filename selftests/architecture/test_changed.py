"""`make check` runs the tests of what has changed, for as long as a minute allows."""

import re
import subprocess
import sys

import pytest

from selftests.changed import ALWAYS, OF_DOCUMENTS, ROOT, STARTING_PROCESSES, chosen_tests


def test_module_is_tested_by_whoever_imports_it():
    """By name, and through a helper of the tests."""
    assert "selftests/core/test_duration.py" in chosen_tests(["src/golive/core/duration.py"])
    assert "selftests/gate/test_gate_rules.py" in chosen_tests(["selftests/examples/gate_examples.py"])
    assert "selftests/gate/test_gate_rules.py" in chosen_tests(["src/golive/gate/decide.py"])


def test_module_is_tested_by_the_test_of_its_name():
    """Tests of processes import nothing of them."""
    assert "selftests/plugin/running/test_exclusive_run.py" in chosen_tests(
        ["src/golive/plugin/running/exclusive_run.py"]
    )
    assert "selftests/plugin/test_lane.py" in chosen_tests(["src/golive/testing/lane.py"])


def test_nearest_tests_come_first():
    """What has changed itself, then units, then what starts processes."""
    chosen = chosen_tests(["src/golive/core/run.py", "selftests/plugin/running/test_exclusive_run.py"])
    assert chosen[:2] == [ALWAYS, "selftests/plugin/running/test_exclusive_run.py"]
    starting = [name.split("/")[1] for name in chosen[2:]]
    order = ["", *STARTING_PROCESSES]
    places = [order.index(folder if folder in order else "") for folder in starting]
    assert places == sorted(places)
    assert len(set(places)) > 1


def test_test_that_changed_is_run_itself():
    """Alone, but for the rules of the house."""
    assert chosen_tests(["selftests/api/test_serialization.py"]) == [
        ALWAYS,
        "selftests/api/test_serialization.py",
    ]


def test_drills_are_left_to_make_test():
    """They take minutes."""
    assert chosen_tests(["selftests/drills/test_proofs.py"]) == [ALWAYS]


@pytest.mark.parametrize("document", ["README.md", "docs/how-to/release.md", "docs/decisions/0001-new.md"])
def test_document_that_changed_is_read_by_the_tests_of_prose(document):
    """Its length, its links, and what it shows of profiles."""
    assert chosen_tests([document]) == [ALWAYS, OF_DOCUMENTS]
    assert chosen_tests([document, OF_DOCUMENTS]) == [ALWAYS, OF_DOCUMENTS]


def test_what_the_time_did_not_suffice_for_is_said():
    """And it is no failure; of hundreds, only those are run that were begun."""
    command = [sys.executable, "-m", "selftests.changed", "--seconds", "0"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert "make test runs the others of" in done.stdout, done.stdout + done.stderr
    assert done.returncode == 0
    assert int(re.search(r"(\d+) tests were well", done.stdout)[1]) <= 8
