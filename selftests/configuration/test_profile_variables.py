"""The manifest of variables, and what a profile says of it: strict, and wrong with file and key."""

from pathlib import Path

import pytest

from golive.configuration.variables import VariableManifestError, read_manifest
from golive.profile.loading import ProfileError, load_profile

ROOT = Path(__file__).parents[2]
SHIPPED = ("prod", "rehearsal", "rehearsal-v2", "staging")


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_profile_says_what_is_configured(name):
    """Files with schemas, sources for every part of the manifest, and three credentials at least."""
    profile = load_profile(ROOT / f"environments/{name}.toml")
    manifest = read_manifest(ROOT / profile.configuration.manifest)
    assert profile.configuration.files
    assert set(profile.configuration.variables) == set(manifest.parts)
    assert {"spotify", "database", "cache"} <= set(profile.credentials)
    assert (profile.configuration.digest is not None) == name.startswith("rehearsal")


def test_shipped_manifest_has_the_products_variables():
    """What the product's documents require is required."""
    parts = read_manifest(ROOT / "environments/variables.toml").parts
    required = {name for name, variable in parts["api"].items() if variable.required}
    needed = {"DATABASE_URL", "JWT_SECRET", "SPOTIFY_CLIENT_ID", "SPOTIFY_CLIENT_SECRET"}
    assert needed | {"SPOTIFY_REDIRECT_URI"} <= required


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "parts: Field required"),
        ("parts = {}", "parts: Dictionary should have at least 1 item"),
        ("[parts.api]\nX = { type = 'sercet' }", "parts.api.X: Input tag 'sercet' found"),
        ("[parts.api]\nX = { type = 'port', entropy = 3 }", "parts.api.X.port.entropy: Extra inputs are not"),
        (
            "[parts.api]\nX = { type = 'duration', at_most = 3 }",
            "parts.api.X.duration.at_most: 3 has no unit",
        ),
        ("[parts.api]\nX = { type = 'one of', values = [] }", "parts.api.X.one of.values: Tuple should have"),
        (
            "[parts.api]\nX = { type = 'text' }\n[[rules]]\nvariable = 'api.Y'\nequals = 'app'",
            "rule 1 names 'api.Y'",
        ),
        (
            "[parts.api]\nX = { type = 'url' }\n[[rules]]\nvariable = 'api.X'",
            "name exactly one of 'equals', 'under' and 'same_as'",
        ),
        ("[parts", "cannot be read"),
    ],
)
def test_what_is_wrong_in_a_manifest_is_said_with_file_and_key(tmp_path, text, words):
    """As everywhere."""
    path = tmp_path / "variables.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(VariableManifestError) as caught:
        read_manifest(path)
    assert words in str(caught.value)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("overlay", "words"),
    [
        ({"configuration": {"variables": {"api": [{}]}}}, "name exactly one of 'dotenv', 'dump'"),
        ({"configuration": {"variables": {"api": []}}}, "'api' has no source"),
        ({"configuration": {"local": {"api.X": ""}}}, "local: 'api.X' needs a reason"),
        ({"configuration": {"stgae": "x"}}, "configuration.stgae: unknown key — did you mean 'stage'?"),
        ({"credentials": {"x": {"kind": "ldap"}}}, "credentials.x"),
        (
            {"credentials": {"x": {"kind": "redis", "url": "nowhere"}}},
            "credentials.x.url names the secret 'nowhere', and there is no [secrets.nowhere]",
        ),
        (
            {"credentials": {"x": {"kind": "redis", "url": "api.X", "test_keys": ["("]}}},
            "'(' is no regular expression",
        ),
    ],
)
def test_what_is_wrong_in_a_profile_is_said_with_its_key(overlay, words):
    """As everywhere in a profile."""
    with pytest.raises(ProfileError) as caught:
        load_profile(ROOT / "environments/rehearsal.toml", overlay=overlay)
    assert words in str(caught.value)
