"""CDN cases of pages and personal answers, purges, and manifests: rules over made-up observations."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from golive.cdn.asset_manifest import Asset, read_asset_manifest
from golive.cdn.observation import ResponseSummary
from golive.cdn.observation_answers import AnswerSurvey, Personal, SeenAddress
from golive.cdn.rules_answers import judge_answers
from golive.cdn.rules_purge import expect_forgotten
from golive.core.outcome import Blind, Unseen
from golive.net.errors import ProtocolError


def answer(text: str = "", status: int = 200, **headers: str) -> ResponseSummary:
    said = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return ResponseSummary(
        "GET https://app.test/", status, "HTTP/2", said, len(text), text, None, True, False
    )


PAGE = answer("page", cache_control="no-cache")
OWNER = answer("owner", cache_control="no-store")
HEALTHY = AnswerSurvey(
    "answers",
    ((PAGE, PAGE),),
    Personal(OWNER, answer("refused", 401), answer("other", cache_control="no-store")),
    101,
    SeenAddress("198.51.100.7", ("198.51.100.7",), "203.0.113.1"),
)


def paged(**headers: str) -> AnswerSurvey:
    page = answer("page", **headers)
    return replace(HEALTHY, pages=((page, page),))


def owned(**headers: str) -> AnswerSurvey:
    assert isinstance(HEALTHY.personal, Personal)
    return replace(HEALTHY, personal=replace(HEALTHY.personal, owner=answer("owner", **headers)))


BAD = {
    "page for a year": ("C10", paged(cache_control="public, max-age=31536000")),
    "page for a year in shared caches": (
        "C10",
        paged(cache_control="s-maxage=31536000, stale-while-revalidate"),
    ),
    "page kept as long as a cache likes": ("C10", paged(last_modified="Mon, 01 Jan 2024 00:00:00 GMT")),
    "page of an hour ago": ("C10", paged(cache_control="no-cache", age="3600")),
    "page with a cookie from the cache": (
        "C02",
        paged(cache_control="no-cache", set_cookie="a=b", x_cache="HIT"),
    ),
    "page with a cookie that may be kept": (
        "C02",
        paged(cache_control="public, max-age=60", set_cookie="a=b"),
    ),
    "private answer called public": ("C03", owned(cache_control="public, max-age=60")),
    "private answer for shared caches": ("C03", owned(cache_control="s-maxage=60")),
    "private answer from the cache": ("C03", owned(cache_control="no-store", age="3")),
    "private answer for nobody": (
        "C03",
        replace(HEALTHY, personal=Personal(OWNER, OWNER, answer("other"))),
    ),
    "private answer for another": (
        "C03",
        replace(HEALTHY, personal=Personal(OWNER, answer("refused", 401), OWNER)),
    ),
    "inner address": (
        "C13",
        replace(HEALTHY, address=SeenAddress("10.0.0.5", ("198.51.100.7",), "203.0.113.1")),
    ),
    "no socket": ("C14", replace(HEALTHY, socket=400)),
}


@pytest.mark.parametrize("name", sorted(BAD))
def test_a_case_is_detected(name: str) -> None:
    case, survey = BAD[name]
    report = judge_answers(survey, timedelta(minutes=5))
    assert {finding.case for finding in report.findings} == {case}, report.facts()


@pytest.mark.parametrize(
    "survey",
    [
        HEALTHY,
        paged(cache_control="public, max-age=60", x_cache="HIT", age="20"),
        owned(cache_control="private, max-age=60"),
        replace(HEALTHY, socket=401),
        replace(HEALTHY, socket=None),
    ],
)
def test_what_is_healthy_has_no_case(survey: AnswerSurvey) -> None:
    assert set(judge_answers(survey, timedelta(minutes=5)).verdicts().values()) == {"ok"}


def test_what_was_not_asked_is_unknown() -> None:
    unseen = Unseen("nobody signed in", "repair it")
    survey = AnswerSurvey("answers", (), unseen, unseen, unseen)
    verdicts = judge_answers(survey, timedelta(minutes=5)).verdicts()
    assert {case for case, verdict in verdicts.items() if verdict == "unknown"} == {
        "C03",
        "C10",
        "C13",
        "C14",
    }


def test_an_address_behind_a_translator_is_not_judged() -> None:
    survey = replace(HEALTHY, address=SeenAddress("8.8.8.8", ("192.168.1.5",), "1.1.1.1"))
    assert judge_answers(survey, timedelta(minutes=5)).verdicts()["C13"] == "unknown"


def test_a_purge_is_seen_by_what_the_cache_did() -> None:
    hit, miss = answer("a", x_cache="HIT"), answer("a", x_cache="MISS")
    expect_forgotten(hit, miss, hit)
    for after, again in ((hit, hit), (miss, miss), (answer("a", 500), hit)):
        with pytest.raises(AssertionError):
            expect_forgotten(hit, after, again)
    with pytest.raises(Blind):
        expect_forgotten(miss, miss, hit)


DIGEST = "ab" * 32
MANIFESTS = {
    "webpack": (
        {"main.js": "/static/main.1a2b.js", "main.js.map": "/static/main.js.map"},
        {"/static/main.1a2b.js"},
    ),
    "create-react-app": ({"files": {"main.js": "./a.js"}, "entrypoints": ["a.js"]}, {"/base/a.js"}),
    "vite": (
        {"index.html": {"file": "assets/i.js", "css": ["assets/i.css"], "assets": ["assets/p.png"]}},
        {"/base/assets/i.js", "/base/assets/i.css", "/base/assets/p.png"},
    ),
    "next": (
        {
            "pages": {"/": ["static/a.js"], "/_app": ["static/a.js", "static/b.css"]},
            "rootMainFiles": ["static/m.js"],
        },
        {"/base/static/a.js", "/base/static/b.css", "/base/static/m.js"},
    ),
    "at another host": ({"a.js": "https://cdn.test/x/a.js"}, {"/x/a.js"}),
}


@pytest.mark.parametrize("kind", sorted(MANIFESTS))
def test_a_manifest_is_read(kind: str) -> None:
    content, paths = MANIFESTS[kind]
    found = read_asset_manifest(json.dumps(content), "/base/", where="manifest")
    assert {asset.path for asset in found} == paths


def test_digests_are_read_in_both_forms() -> None:
    content = {
        "a": {"file": "a.js", "sha256": DIGEST, "bytes": 3, "type": "text/javascript"},
        "b": {"file": "b.js", "integrity": "md5-x sha256-q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s="},
    }
    first, second = read_asset_manifest(json.dumps(content), "/", where="manifest")
    assert first == Asset("/a.js", ("sha256", DIGEST), 3, "text/javascript")
    assert second.digest == ("sha256", DIGEST)


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"a": 1}', "[" * 100_000])
def test_a_manifest_without_assets_is_none(text: str) -> None:
    with pytest.raises(ProtocolError):
        read_asset_manifest(text, "/", where="manifest")
