"""The JSON Schema of profiles: editors accept what the suite accepts, and mark what it refuses."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from golive.cli import main
from golive.profile.loading import load_profile
from golive.profile.schema import profile_schema
from golive.profile.subjects import load_subjects

ROOT = Path(__file__).parents[2]
PUBLISHED = ROOT / "docs" / "profile.schema.json"
PROFILES = [path for path in sorted((ROOT / "environments").glob("*.toml")) if path.stem != "variables"]
SMALLEST = """\
schema = 1
title = "Shop"
[release]
version = "1.0.0"
[targets.app]
url = "https://shop.example"
[budgets]
recommendations_p95 = "500 ms"
[control]
targets = ["one.one.one.one:443"]
[allow.hosts]
"shop.example" = {}
"""


def as_editors_see(text: str) -> Any:
    """TOML as JSON: dates become texts."""
    return json.loads(json.dumps(tomllib.loads(text), default=str))


def complaints(text: str) -> list[str]:
    load_subjects(ROOT)
    return [error.message for error in Draft7Validator(profile_schema()).iter_errors(as_editors_see(text))]


def test_published_schema_is_what_the_command_prints(capsys, monkeypatch):
    """docs/profile.schema.json is of this project's subjects: else make docs."""
    monkeypatch.chdir(ROOT)
    assert main(["schema", "profile"]) == 0
    assert capsys.readouterr().out == PUBLISHED.read_text(encoding="utf-8")


def test_project_whose_subject_is_missing_is_told_so(tmp_path, monkeypatch, capsys):
    """In words that name file and key, without a stack trace."""
    (tmp_path / "pyproject.toml").write_text('[tool.golive]\nsubjects = ["nosuchshop"]\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(["schema", "profile"]) == 4
    assert "tool.golive.subjects: no package 'nosuchshop'" in capsys.readouterr().err


def test_schema_is_one():
    """Of draft 7, which editors of TOML read."""
    published = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    assert published["$schema"] == "http://json-schema.org/draft-07/schema#"
    Draft7Validator.check_schema(published)


@pytest.mark.parametrize("path", PROFILES, ids=lambda path: path.stem)
def test_every_profile_is_valid(path):
    """None of ours is marked, and each names the schema for the editor."""
    text = path.read_text(encoding="utf-8")
    assert complaints(text) == []
    assert text.startswith("#:schema ../docs/profile.schema.json\n")


def test_smallest_profile_is_valid_and_loads(tmp_path):
    """Schema and loader agree on what is required."""
    assert complaints(SMALLEST) == []
    path = tmp_path / "shop.toml"
    path.write_text(SMALLEST, encoding="utf-8")
    assert load_profile(path).title == "Shop"


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ('title = "Shop"', 'titel = "Shop"', "titel"),
        ('"500 ms"', '"500"', "500"),
        ('"500 ms"', "500", "500"),
        ('url = "https://shop.example"', 'absent = "no"', "no"),
        ("schema = 1", "schema = 2", "1 was expected"),
        ('targets = ["one.one.one.one:443"]', "targets = []", "[]"),
        ("[allow.hosts]\n", '[allow]\neffects = ["reed"]\n[allow.hosts]\n', "reed"),
    ],
)
def test_what_the_loader_refuses_is_marked(right, wrong, said):
    """A mistyped key or word, a duration without a unit, a reason that is none, another version, nothing."""
    assert right in SMALLEST
    assert any(said in message for message in complaints(SMALLEST.replace(right, wrong)))


def test_keys_are_described():
    """An editor shows what the code says below a key, and of a section."""
    load_subjects(ROOT)
    schema = profile_schema()
    tls = schema["definitions"]["TlsRequirements"]["properties"]
    assert tls["ciphers"]["description"].startswith("What may be spoken")
    assert schema["properties"]["channels"]["description"].startswith("Where the team, users")
    assert "audio, video" not in json.dumps(schema)  # defaults are the reference's
