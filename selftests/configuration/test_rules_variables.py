"""What variables must be; and that nothing that is said of a value shows it."""

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from golive.configuration.entropy import entropy_bits, entropy_class
from golive.configuration.observation import VariablesObservation
from golive.configuration.rules_variables import entropy_classes, judge_presence, judge_rules, judge_values
from golive.configuration.unfit_values import is_example_host, is_local_host, is_placeholder
from golive.configuration.variable_types import mismatch, seconds_of
from golive.configuration.variables import Variable, VariableManifest
from golive.profile.secrets import Secret
from golive.rules.findings import expect_none

STRONG = "q7Vw2LzR9mXc4TnB8sKd1FhJ6pYg3ZaE5uWoCxMvNbQ"
TARGETS = {"app": "https://audotics.test", "api": "https://api.audotics.test/v1"}
MANIFEST = VariableManifest.model_validate(
    {
        "parts": {
            "api": {
                "KEY": {"type": "secret", "entropy": 64, "forbidden": ["letmein"]},
                "DB": {"type": "dsn", "schemes": ["postgresql"], "required": False},
                "LIFE": {"type": "duration", "at_most": "1 d", "required": False},
                "BACK": {"type": "url", "required": False},
                "MODE": {"type": "text", "required": False},
                "LOG_LEVEL": {"type": "text", "required": False},
                "NODE_ENV": {"type": "text", "required": False},
            },
            "web": {"API": {"type": "url", "required": False}},
        },
        "rules": [
            {"variable": "api.BACK", "under": ["app", "api"]},
            {"variable": "web.API", "equals": "api"},
            {"variable": "api.MODE", "same_as": "api.NODE_ENV"},
        ],
    }
)


def part(name="api", *, contradictions=(), **values):
    return VariablesObservation(
        name,
        ("x.env",),
        {key: Secret(value) for key, value in values.items()},
        dict.fromkeys(values, "x.env"),
        contradictions,
    )


def judged(*parts, local=()):
    """Everything that the three rules find, as texts."""
    every = [
        judge_presence(MANIFEST, parts),
        judge_values(MANIFEST, parts, stage="production", local=dict.fromkeys(local, "why not")),
        judge_rules(MANIFEST, parts, TARGETS),
    ]
    return [str(finding) for findings in every for finding in findings.found]


def test_right_variables_meet_everything():
    """All of them are looked at, by every rule."""
    parts = [
        part(
            KEY=STRONG, DB=f"postgresql://role:{STRONG}@db.internal/x", LIFE="15m", BACK=f"{TARGETS['app']}/x"
        ),
        part("web", API=TARGETS["api"] + "/"),
    ]
    assert judged(*parts) == []
    assert judge_rules(MANIFEST, parts, TARGETS).looked_at == 2


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "api.KEY: expected a value, observed none — x.env"),
        ({"KEY": " "}, "api.KEY: expected a value, observed an empty one"),
        (
            {"KEY": STRONG, "MODE ": "x"},
            "api.MODE : expected a variable of the manifest, observed an unknown",
        ),
        ({"KEY": "change-me-" + STRONG}, "api.KEY: expected a real value, observed a placeholder"),
        ({"KEY": "${OTHER}"}, "observed a placeholder"),
        ({"KEY": "LetMeIn"}, "api.KEY: expected no forbidden value, observed one"),
        ({"KEY": "audotics2026"}, "expected at least 64 bits of entropy, observed a secret that is weak"),
        ({"KEY": f"{STRONG}\n"}, "expected a value without blanks around it"),
        ({"DB": "postgresql://role@db.internal/x"}, "with a password, observed one without"),
        ({"DB": "postgresql://role:postgres@db.internal/x"}, "its password to have at least 48 bits"),
        ({"DB": f"mysql://role:{STRONG}@db.internal/x"}, "observed one of another scheme"),
        ({"DB": "db.internal"}, "observed no URL with a host"),
        ({"DB": f"postgresql://role:{STRONG}@localhost/x"}, "observed this very machine"),
        ({"BACK": "https://app.example.com/x"}, "observed one of documentation"),
        ({"BACK": "https://u:p@audotics.test/x"}, "without credentials, observed one with"),
        ({"BACK": "https://audotics.test:99999/x"}, "observed no URL with a host"),
        ({"BACK": "https://audotics.test.evil.test/x"}, "observed one at another host"),
        ({"BACK": "http://audotics.test/x"}, "observed one of another scheme"),
        ({"LIFE": "900"}, "expected a number and a unit, such as 15m, observed a number without a unit"),
        ({"LIFE": "soon"}, "observed no duration"),
        ({"LIFE": "8d"}, "expected 0 ms to 24 h, observed more"),
        ({"LOG_LEVEL": "debug"}, "expected no debugging"),
        ({"NODE_ENV": "development"}, "expected production, observed another stage"),
        ({"MODE": "one", "NODE_ENV": "two"}, "expected the same as api.NODE_ENV, observed another value"),
    ],
)
def test_wrong_variable_is_named_with_what_is_wrong(values, words):
    """In one sentence, which its owner can act on."""
    found = judged(part(**({"KEY": STRONG} | values if values else {})))
    assert any(words in finding for finding in found), found


def test_wrong_url_of_the_api_is_told_the_right_one():
    """The profile's URLs are nobody's secret."""
    found = judged(part(KEY=STRONG), part("web", API="https://api-staging.audotics.test/v1"))
    assert found == [
        "web.API: expected targets.api.url of the profile (https://api.audotics.test/v1),"
        " observed another URL — x.env"
    ]


def test_this_machine_is_right_only_where_the_profile_says_why():
    """In a rehearsal, for instance."""
    values = {"KEY": STRONG, "DB": f"postgresql://role:{STRONG}@127.0.0.1:5432/x"}
    assert judged(part(**values), part("web"))
    assert judged(part(**values), part("web"), local=["api.DB"]) == []


def test_values_that_contradict_each_other_and_parts_without_sources_are_found():
    """Both would leave it to chance what is deployed."""
    assert "api.KEY: expected one value, observed several" in " ".join(
        judged(part(KEY=STRONG, contradictions=("KEY",)))
    )
    assert "variables of web: expected a source" in " ".join(judged(part(KEY=STRONG)))
    assert "variables of job: expected a part of the manifest" in " ".join(judged(part("job", X="1")))


def test_nothing_to_look_at_is_no_pass():
    """An empty source meets no rule."""
    empty = [part(), part("web")]
    for findings in (
        judge_presence(MANIFEST, empty),
        judge_values(MANIFEST, empty, stage="production", local={}),
        judge_rules(MANIFEST, empty, TARGETS),
    ):
        with pytest.raises(AssertionError):
            expect_none(findings)


@pytest.mark.parametrize(
    ("type_", "right", "wrong"),
    [
        ({"type": "port"}, ["1", "65535"], ["0", "65536", "-1", "80 ", "٣", "9" * 9999]),
        (
            {"type": "integer", "at_least": 2, "at_most": 9},
            ["2", "9"],
            ["1", "10", "2.5", "", "٣", "9" * 9999],
        ),
        ({"type": "boolean"}, ["true", "false"], ["True", "yes", "1"]),
        ({"type": "one of", "values": ["a", "b"]}, ["a"], ["A", "c", ""]),
        ({"type": "host"}, ["a.b-c.test", "10.0.0.1", "::1"], ["a b", "https://a", "-a", "a..b", "a" * 300]),
        ({"type": "duration"}, ["1ms", "0.5 h", "7d"], ["1", "1 month", "-1s", "1e9s", "9" * 999 + "s"]),
        (
            {"type": "url"},
            ["https://a.test/x"],
            ["//a.test", "https://", "https://[::1", "javascript:alert(1)"],
        ),
        ({"type": "text"}, ["anything"], [" x"]),
    ],
)
def test_types_tell_right_from_wrong(type_, right, wrong):
    """Also from what is hostile."""
    variable = TypeAdapter(Variable).validate_python(type_)
    assert [value for value in right if mismatch(variable, value)] == []
    assert [value for value in wrong if not mismatch(variable, value)] == []


def test_durations_have_units():
    """In the words of the libraries that read them."""
    assert [seconds_of(text) for text in ("500ms", "90s", "15m", "15 min", "2h", "7d", "15")] == [
        0.5,
        90,
        900,
        900,
        7200,
        604_800,
        None,
    ]


@pytest.mark.parametrize("value", ["changeme", "your-api-key", "<token>", "xxxx", "TODO", "tbd", "{{ x }}"])
def test_placeholders_are_known(value):
    """As templates have them."""
    assert is_placeholder(value)


def test_ordinary_words_are_placeholders_of_secrets_alone():
    """A theme may be the default one, a cookie's SameSite may be none."""
    for word in ("default", "none", "secret", "my-password", "test"):
        assert is_placeholder(word, secret=True)
        assert not is_placeholder(word)


@pytest.mark.parametrize(
    "value", [STRONG, "info", "https://audotics.test", "postgresql://todos:x@db/a", "900s"]
)
def test_real_values_are_no_placeholders(value):
    """Nobody is blamed for a word within a word."""
    assert not is_placeholder(value)


def test_hosts_of_nobody_are_known():
    """RFC 2606, and every name of this machine."""
    assert all(map(is_local_host, ("localhost", "127.9.9.9", "[::1]", "[::]", "x.localhost", "169.254.1.1")))
    assert not any(map(is_local_host, ("10.0.0.1", "audotics.test", "localhost.audotics.test", "")))
    assert all(map(is_example_host, ("example.com", "api.example.org", "x.invalid", "yourdomain.io")))
    assert not any(map(is_example_host, ("examples.com", "audotics.test", "")))


def test_entropy_follows_how_hard_a_secret_is_to_guess():
    """Words, years, keyboards and repetitions are worth little, however long; a class is shown."""
    weak = ["", "password", "audotics2026", "qwertyuiop", "a" * 500, "abcabcabcabcabcabcabcabc"]
    assert all(entropy_bits(value) < 48 for value in weak)
    assert entropy_bits(STRONG) > 128
    assert entropy_class(10) == "guessed at once (below 28 bits)"
    assert entropy_class(500) == "very strong"
    assert entropy_classes(MANIFEST, [part(KEY=STRONG, DB="postgresql://r:hunter2@db/x")]) == {
        "api.KEY": "very strong",
        "api.DB, its password": "guessed at once (below 28 bits)",
    }


NAMES = st.sampled_from(["KEY", "DB", "LIFE", "BACK", "MODE", "LOG_LEVEL", "NODE_ENV", "UNKNOWN"])
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=6, max_size=60).map(
    lambda text: f"zQ7{text}"
)
VALUES = st.one_of(
    TEXTS,
    TEXTS.map(lambda text: f"https://{text}.test/"),
    TEXTS.map(lambda text: f"postgresql://role:{text}@{text}/x"),
    TEXTS.map(lambda text: f"mysql://{text}@localhost:99999"),
    TEXTS.map(lambda text: f"change-me-{text}"),
)


@settings(max_examples=40, deadline=None)
@given(values=st.dictionaries(NAMES, VALUES, min_size=1), core=TEXTS)
@example(values={"KEY": "zQ7\x1b[2Jsecret"}, core="zQ7nothing")
def test_no_value_ever_stands_in_what_is_found(values, core):
    """Neither whole, nor the part of it that is secret: not in messages, not in evidence, not in classes."""
    values = values | {"KEY": core} if "KEY" not in values else values
    parts = [part(**values), part("web", API=core, OTHER=core)]
    findings = [
        judge_presence(MANIFEST, parts),
        judge_values(MANIFEST, parts, stage="production", local={}),
        judge_rules(MANIFEST, parts, TARGETS),
    ]
    said = [json.dumps(entry.facts(), ensure_ascii=False) for entry in findings]
    said += [str(finding) for entry in findings for finding in entry.found]
    said += [json.dumps(entry.facts(), ensure_ascii=False) + repr(entry) for entry in parts]
    said.append(json.dumps(entropy_classes(MANIFEST, parts)))
    assert "zQ7" not in "".join(said)
