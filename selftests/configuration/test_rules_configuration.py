"""What configuration files must be, and what replicas must report of theirs."""

import hashlib
import json
import subprocess

import pytest

from golive.configuration.observation import ConfigurationObservation
from golive.configuration.probe_files import read_configuration
from golive.configuration.profile import ConfigurationDigest, ConfigurationFile
from golive.configuration.rules import judge_addresses, judge_fitness, judge_schemas
from golive.configuration.rules_digest import digest_of, expect_configuration
from golive.net.http_observation import HttpObservation, Timings
from golive.profile.secrets import Secret
from golive.rules.findings import Finding, Findings, expect_none

TARGETS = {
    "app": "https://audotics.test",
    "api": "https://api.audotics.test/v1",
    "realtime": "https://api.audotics.test",
}
DECLARED = ConfigurationFile(
    path="x.json",
    schema_file="s.json",
    urls={"app": "site", "api": "api.url", "realtime": "api.socket"},
    origins="origins",
    other_hosts=("accounts.test",),
)
RIGHT = {
    "site": "https://audotics.test",
    "api": {"url": "https://api.audotics.test/v1/", "socket": "wss://api.audotics.test"},
    "origins": ["https://audotics.test"],
    "provider": "https://accounts.test/authorize",
}


def seen(tmp_path, document=None, schema=None) -> ConfigurationObservation:
    (tmp_path / "x.json").write_text(json.dumps(RIGHT if document is None else document), encoding="utf-8")
    (tmp_path / "s.json").write_text(json.dumps(schema or {"type": "object"}), encoding="utf-8")
    return read_configuration(DECLARED, tmp_path)


def texts(findings):
    return [str(finding) for finding in findings.found]


@pytest.mark.parametrize(
    ("schema", "document", "words"),
    [
        ({"required": ["a", "b"]}, {"a": 1}, "the whole file: expected the keys a, b, observed no b"),
        (
            {"properties": {"a": {}}, "additionalProperties": False},
            {"a": 1, "hunter2": "hunter3"},
            "the whole file: expected known keys only, observed also hunter2",
        ),
        (
            {"properties": {"a": {"type": "integer"}}},
            {"a": "hunter3"},
            'a: expected type "integer", observed',
        ),
        ({"properties": {"a": {"items": {"enum": [1]}}}}, {"a": ["hunter3"]}, "a[0]: expected enum [1]"),
        (
            {"properties": {"a": {"oneOf": [{"type": "null"}]}}},
            {"a": "hunter3"},
            "one of the schema's altern",
        ),
        ({"properties": {"a": {"$ref": "https://elsewhere.test/s"}}}, {"a": 1}, "references that lead out"),
        ({"properties": 7}, {"a": 1}, "schema at properties: expected a valid JSON Schema"),
    ],
)
def test_misfit_is_named_with_its_key_and_the_schemas_rule(tmp_path, schema, document, words):
    """Never with the value, and nothing is fetched."""
    found = texts(judge_schemas([seen(tmp_path, document, schema)]))
    assert any(words in text for text in found), found
    assert "hunter3" not in "".join(found)


def test_what_fits_and_is_ours_meets_everything(tmp_path):
    """Also in the other spelling of a socket's address, and with a slash at the end."""
    file = seen(tmp_path)
    assert texts(judge_schemas([file])) == []
    assert texts(judge_fitness([file], stage="production")) == []
    assert texts(judge_addresses([(DECLARED, file)], TARGETS)) == []


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"debug": True}, "debug: expected no debugging"),
        ({"a": {"verbose": "yes"}}, "a.verbose: expected no debugging"),
        ({"logging": {"level": "TRACE"}}, "logging.level: expected no debugging"),
        ({"env": "dev"}, "env: expected production, observed another stage"),
        ({"a": ["http://127.0.0.1:3000/x"]}, "a[0]: expected a host that others reach"),
        ({"dbHost": "localhost"}, "dbHost: expected a host that others reach"),
        ({"a": "localhost:6379"}, "a: expected a host that others reach"),
        ({"a": "https://api.example.com"}, "a: expected a host of this deployment, observed one of document"),
        ({"a": "<your key>"}, "a: expected a real value, observed a placeholder"),
    ],
)
def test_value_that_nobody_should_deploy_is_found(tmp_path, document, words):
    """By its key."""
    found = texts(judge_fitness([seen(tmp_path, document)], stage="production"))
    assert any(words in text for text in found), found


def test_harmless_values_are_let_pass(tmp_path):
    """A switch that is off, a level of a game, a mode of a player."""
    document = {
        "debug": False,
        "logLevel": "info",
        "env": "production",
        "level": 3,
        "mode": "shuffle",
        "theme": "default",
        "sameSite": "none",
        "n": None,
    }
    assert texts(judge_fitness([seen(tmp_path, document)], stage="production")) == []


def test_staging_may_say_that_it_is(tmp_path):
    """And production may not."""
    file = seen(tmp_path, {"environment": "staging"})
    assert texts(judge_fitness([file], stage="staging")) == []
    assert texts(judge_fitness([file], stage="production")) != []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"site": "https://audotics.dev"},
            "site: expected https://audotics.test, the profile's targets.app, obs",
        ),
        ({"site": None}, "observed none"),
        (
            {"api": {"url": "https://api.audotics.test/v2", "socket": "wss://api.audotics.test"}},
            "another scheme, ",
        ),
        ({"origins": ["*"]}, "origins: expected only https://audotics.test, observed any origin (*)"),
        ({"origins": ["https://audotics.test", "https://s.test"]}, "observed also s.test"),
        (
            {"origins": []},
            "origins: expected the frontend's origin https://audotics.test, observed without it",
        ),
        (
            {"provider": "https://u:hunter3@other.test/?hunter3"},
            "observed a host of somebody else (other.test)",
        ),
    ],
)
def test_address_of_somebody_else_is_found(tmp_path, change, words):
    """At most its host is shown."""
    found = texts(judge_addresses([(DECLARED, seen(tmp_path, RIGHT | change))], TARGETS))
    assert any(words in text for text in found), found
    assert "hunter3" not in "".join(found)


def test_nothing_to_look_at_is_no_pass(tmp_path):
    """Neither without files, nor with an empty one."""
    empty = seen(tmp_path, {})
    nothing = ConfigurationFile(path="x.json", schema_file="s.json")
    for findings in (
        judge_schemas([]),
        judge_fitness([empty], stage="production"),
        judge_addresses([(nothing, empty)], TARGETS),
        judge_addresses([], TARGETS),
    ):
        with pytest.raises(AssertionError, match="expected something to look at, observed nothing"):
            expect_none(findings)


def test_many_findings_are_counted():
    """The first few in words; whoever fixes them finds all in the evidence."""
    found = tuple(Finding(f"x{number}", "a", "b", "c") for number in range(6))
    with pytest.raises(AssertionError, match=r"x0: expected a, observed b — c; .*; and 2 more"):
        expect_none(Findings("rule", 6, found))


VALUES = {"B": Secret("2"), "A": Secret("é=\n1"), "AB": Secret(""), "PORT": Secret("3000")}


def answer(body, status=200):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    times = Timings(None, None, 1.0, 1.0)
    url = "http://10.0.0.1:3000/ops/configuration"
    headers = (("content-type", "application/json"),)
    return HttpObservation("GET", url, None, status, "HTTP/1.1", headers, content, times)


def test_digest_is_that_of_the_usual_programs():
    """So that any deployment can compute it."""
    program = "env -i 'A=é=\n1' B=2 AB= env -0 | LC_ALL=C sort -z | sha256sum"
    told = subprocess.run(["sh", "-c", program], capture_output=True, text=True, check=True).stdout
    assert digest_of(VALUES, without=["PORT"]) == told.split()[0]
    assert digest_of({}) == hashlib.sha256(b"").hexdigest()


def test_replicas_that_report_the_releases_digest_meet_it():
    """With its algorithm's name or without, in either case of letters."""
    digest = digest_of(VALUES)
    told = [answer({"digest": digest}), answer({"digest": f"sha256:{digest.upper()}"})]
    expect_configuration(told, ConfigurationDigest(route="/x"), digest)


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ([], "no replica that reports its configuration"),
        ([answer({"digest": "0" * 64})], "observed another (000000000000…) — GET http://10.0.0.1:3000/ops/"),
        ([answer({"digest": 7})], "expected a SHA-256 in the field 'digest', observed none"),
        ([answer({})], "observed none"),
        ([answer([])], "observed none"),
        ([answer(b"")], "expected JSON"),
        ([answer({"digest": digest_of(VALUES)}, 503)], "200"),
        ([answer({"digest": digest_of(VALUES)}), answer({"digest": "f" * 64})], "observed another"),
    ],
)
def test_replica_that_reports_something_else_is_named(answers, words):
    """Or nothing."""
    with pytest.raises(AssertionError) as caught:
        expect_configuration(answers, ConfigurationDigest(route="/x"), digest_of(VALUES))
    assert words in str(caught.value)
