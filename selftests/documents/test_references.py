"""The references in docs/reference say what the code says."""

import tomllib

import pytest

from golive.plugin.collection.scope import CHECK_MARKERS
from selftests.documents.keys import tables
from selftests.documents.pytest_reference import fixtures
from selftests.documents.usage import checks_using
from selftests.documents.written import REFERENCES
from selftests.drills.drill import ROOT


@pytest.mark.parametrize("path", REFERENCES, ids=lambda path: path.stem)
def test_reference_is_of_todays_code(path):
    """Else: make docs."""
    assert path.read_text(encoding="utf-8") == REFERENCES[path](), "run make docs"


@pytest.mark.parametrize("name", ["prod", "staging", "rehearsal", "rehearsal-v2"])
def test_every_table_of_a_profile_is_in_the_reference(name):
    """A section that somebody uses is one that a reader can look up."""
    known = {found.path for found in tables()}
    profile = tomllib.loads((ROOT / "environments" / f"{name}.toml").read_text(encoding="utf-8"))
    used = {(key,) for key, value in profile.items() if isinstance(value, dict)} | {
        ("targets", key) for key, value in profile["targets"].items() if "absent" not in value
    }
    missing = {path for path in used if not any(found[: len(path)] == path for found in known)}
    assert not missing


def test_key_is_told_with_type_default_and_meaning():
    """Durations as profiles write them, requirements, bounds, names of secrets."""
    keys = {(found.path, key.name): key for found in tables() for key in found.keys}
    window = keys[("tls",), "renewal_window"]
    assert (window.kind, window.default) == ("duration", "left out")
    assert keys[("control",), "targets"].default == ""
    assert keys[("control",), "targets"].kind == "list of host:port, at least 1 long"
    assert keys[("targets", "database"), "dsn"].kind == "name of a secret"
    assert keys[("targets", "app"), "url"].kind == "https URL"
    assert keys[("budgets",), "search_p95"].default == '"300 ms"'
    assert keys[("targets", "realtime"), "protocol"].kind == '"socket.io" or "websocket"'


def test_checks_that_use_a_key_are_found_through_fixtures():
    """And one that has nothing to do with it is not."""
    assert "test_no_protocol_case_is_met" in checks_using(("tls",), "ciphers")
    assert "test_line_is_covered_without_a_gap" in checks_using(("launch",), "date")
    assert "test_line_is_covered_without_a_gap" not in checks_using(("tls",))


def test_every_marker_and_fixture_says_what_it_is():
    """A reference of names alone helps nobody."""
    assert all(": " in text for text in CHECK_MARKERS.values())
    assert not [entry.name for entry in fixtures() if not entry.meaning]


def test_every_key_of_a_profile_has_a_meaning():
    """A string below it in the code says what it is, as docs and editors show it."""
    silent = [f"{table.header} {key.name}" for table in tables() for key in table.keys if not key.meaning]
    assert not silent, "write a sentence below the key, where its model declares it"
