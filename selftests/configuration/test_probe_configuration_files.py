"""Configuration files in every format; hostile and empty ones too."""

import pytest

from golive.configuration.probe_files import LARGEST_FILE, read_configuration
from golive.configuration.profile import ConfigurationFile
from golive.net.errors import ProtocolError

SCHEMA = '{"title": "ours", "type": "object"}'
BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join(['*' + old] * 10)}]\n"
    for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


def written(tmp_path, name, text, schema=SCHEMA):
    (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "schema.json").write_text(schema, encoding="utf-8")
    return read_configuration(ConfigurationFile(path=name, schema_file="schema.json"), tmp_path)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("x.json", '{"cors": {"origins": ["a", "b"]}, "debug": false, "since": "2026-11-28"}'),
        ("x.yaml", "cors:\n  origins: [a, b]\ndebug: false\nsince: 2026-11-28\n"),
        ("x.yml", "cors: {origins: [a, b]}\ndebug: no\nsince: '2026-11-28'\n"),
        ("x.toml", 'debug = false\nsince = "2026-11-28"\n[cors]\norigins = ["a", "b"]\n'),
    ],
)
def test_every_format_is_read_alike(tmp_path, name, text):
    """By dotted keys, and shown by their types alone."""
    seen = written(tmp_path, name, text)
    assert dict(seen.leaves) == {
        "cors.origins[0]": "a",
        "cors.origins[1]": "b",
        "debug": False,
        "since": "2026-11-28",
    }
    assert seen.at("cors.origins") == ["a", "b"]
    assert seen.at("cors.nothing.at.all") is None
    assert seen.facts()["keys"]["cors.origins[0]"] == "text"


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("x.json", "{'a': 1}", "not JSON (line 1)"),
        ("x.json", "", "not JSON"),
        ("x.yaml", "a: [1\nb: 2", "not YAML (line 2)"),
        ("x.yaml", "a: !!python/object/apply:os.system ['true']", "not YAML (line 1)"),
        ("x.yaml", BOMB, "more than 20000 values"),
        ("x.yaml", "a: &a [*a]", "not YAML"),
        ("x.toml", "a = ", "not TOML"),
        ("x.ini", "a = 1", "neither .json nor .yaml nor .toml"),
        ("x.json", '"' + "x" * LARGEST_FILE + '"', "more than"),
        ("x.json", str(list(range(20_001))), "more than 20000 values"),
        ("x.json", "[" * 100_000, "not JSON"),
    ],
)
def test_file_that_cannot_be_read_is_refused_in_words(tmp_path, name, text, words):
    """With its name, in bounded memory."""
    with pytest.raises(ProtocolError) as caught:
        written(tmp_path, name, text)
    assert words in str(caught.value)
    assert name in str(caught.value)


@pytest.mark.parametrize("schema", ["{}", "[]", "true"])
def test_schema_that_everything_fits_is_refused(tmp_path, schema):
    """It would be silence."""
    with pytest.raises(ProtocolError, match="everything fits"):
        written(tmp_path, "x.json", "{}", schema)
