"""`make check` runs the tests of what has changed."""

from selftests.changed import ALWAYS, chosen_tests


def test_module_is_tested_by_whoever_imports_it():
    """By name, and through a helper of the tests."""
    assert "selftests/unit/test_model_duration.py" in chosen_tests(["src/golive/model/duration.py"])
    assert "selftests/unit/test_gate_rules.py" in chosen_tests(["selftests/unit/gate_examples.py"])
    assert "selftests/unit/test_gate_rules.py" in chosen_tests(["src/golive/gate/decide.py"])


def test_test_that_changed_is_run_itself():
    """Alone, but for the rules of the house."""
    assert chosen_tests(["selftests/unit/test_wire.py"]) == [ALWAYS, "selftests/unit/test_wire.py"]


def test_plugin_is_tested_by_projects_in_processes_of_their_own():
    """None of them imports it."""
    assert "selftests/plugin" in chosen_tests(["src/golive/plugin/turns.py"])


def test_drills_are_left_to_make_test():
    """They take minutes."""
    assert chosen_tests(["selftests/drills/test_proofs.py", "docs/faults.md"]) == [ALWAYS]
