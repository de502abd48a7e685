"""CDN cases: each is detected at a lab edge that has it; a healthy edge has none."""

import itertools
import time
from email.utils import formatdate
from pathlib import Path

import pytest

from golive.cdn.observation import AssetLook
from golive.cdn.rules import ASSETS, DEPLOYED, judge_assets
from golive.cdn.rules_answers import ANSWERS, CDN_CASES
from golive.net.errors import ConnectFailed, TransportError
from rehearsal.lab import passing_hosts
from rehearsal.lab.authority import HOST
from rehearsal.lab.cdn_hosts import HEALTHY, HOSTS, VARIANTS, replace, said
from rehearsal.lab.serving import silent
from selftests.lab.cdn import judged, judged_answers, surveyed
from selftests.lab.family import expect_case, found

BESIDE = {"one origin for all": {"C19"}}


@pytest.mark.parametrize("case", sorted(HOSTS))
def test_a_case_is_detected_at_its_lab_edge(case: str, tmp_path: Path) -> None:
    report = judged(HOSTS[case], tmp_path)
    expect_case(report, case, BESIDE.get(case, set()))


@pytest.mark.parametrize("name", sorted(VARIANTS))
def test_every_kind_of_a_case_is_detected(name: str, tmp_path: Path) -> None:
    case, host = VARIANTS[name]
    report = judged(host, tmp_path)
    expect_case(report, case, BESIDE.get(name, set()))


@pytest.mark.parametrize("case", sorted(passing_hosts.HOSTS))
def test_a_case_is_detected_at_an_edge_before_an_application(case: str, tmp_path: Path) -> None:
    report = judged_answers(passing_hosts.HOSTS[case], tmp_path)
    expect_case(report, case)


@pytest.mark.parametrize("name", sorted(passing_hosts.VARIANTS))
def test_every_kind_of_a_case_is_detected_before_an_application(name: str, tmp_path: Path) -> None:
    case, host = passing_hosts.VARIANTS[name]
    report = judged_answers(host, tmp_path)
    expect_case(report, case)


def test_a_healthy_edge_before_an_application_has_no_case(tmp_path: Path) -> None:
    report = judged_answers(passing_hosts.HEALTHY, tmp_path)
    assert set(report.verdicts().values()) == {"ok"}, report.facts()


def test_a_healthy_edge_has_no_case(tmp_path: Path) -> None:
    survey = surveyed(HEALTHY, tmp_path)
    assert set(judge_assets(survey).verdicts().values()) == {"ok"}, judge_assets(survey).facts()
    assert judge_assets(survey, ids=DEPLOYED).verdicts().keys() == set(DEPLOYED)
    assert (survey.manifest_source, len(survey.assets)) == ("origin", 4)


WORDS = {
    "RFC 9211": lambda hit: {
        "cache-status": "Origin; fwd=miss, Edge; " + ("hit; ttl=3" if hit else "fwd=uri-miss")
    },
    "age alone": lambda hit: {"age": "5"} if hit else {},
    "CloudFront": lambda hit: {"x-cache": "Hit from cloudfront" if hit else "Miss from cloudfront"},
    "Cloudflare": lambda hit: {"cf-cache-status": "HIT" if hit else "MISS"},
    "Fastly": lambda hit: {"x-cache": f"MISS, {'HIT' if hit else 'MISS'}", "x-cache-hits": f"0, {int(hit)}"},
    "Akamai": lambda hit: {"x-cache": f"TCP_{'MEM_HIT' if hit else 'MISS'} from a23 (AkamaiGHost)"},
    "Varnish": lambda hit: {"x-varnish": "32770 3" if hit else "32770", "age": "0"},
    "Vercel": lambda hit: {"x-vercel-cache": "HIT" if hit else "MISS"},
}


@pytest.mark.parametrize("vendor", sorted(WORDS))
def test_a_hit_is_understood_in_the_words_of(vendor: str, tmp_path: Path) -> None:
    report = judged(replace(HEALTHY, says=WORDS[vendor]), tmp_path)
    assert report.verdicts()["C01"] == "ok", report.facts()


def test_an_edge_that_says_nothing_is_told_by_the_date_of_its_answers(tmp_path: Path) -> None:
    stored = replace(HEALTHY, says=lambda _: {"date": formatdate(0, usegmt=True)})
    assert judged(stored, tmp_path).verdicts()["C01"] == "ok"
    seconds = itertools.count(int(time.time()))
    fresh = replace(HEALTHY, says=lambda _: {"date": formatdate(next(seconds), usegmt=True)})
    assert judged(fresh, tmp_path).verdicts()["C01"] == "failed"
    dateless = replace(HEALTHY, says=lambda _: {})
    assert judged(dateless, tmp_path).verdicts()["C01"] == "unknown"


def test_what_the_profile_does_not_say_is_unknown_and_never_fine(tmp_path: Path) -> None:
    verdicts = judged(HEALTHY, tmp_path, failing_path=None, origin={}, manifest=None).verdicts()
    assert {verdicts[case] for case in ("C06", "C09", "C11", "C16")} == {"unknown"}


def test_nothing_is_fine_of_assets_that_were_not_answered(tmp_path: Path) -> None:
    survey = surveyed(HEALTHY, tmp_path)
    lost = ConnectFailed("connection refused", target=HOST, phase="connect")
    edges = [
        replace(edge, assets=tuple(AssetLook(look.asset, lost) for look in edge.assets))
        for edge in survey.edges
    ]
    verdicts = judge_assets(replace(survey, edges=tuple(edges))).verdicts()
    asked = ("C01", "C02", "C07", "C08", "C12", "C15", "C16", "C17", "C19", "C20")
    assert {verdicts[case] for case in asked} == {"unknown"}


def test_hashed_assets_may_ignore_the_query(tmp_path: Path) -> None:
    assert set(judged(replace(HEALTHY, query_counts=False), tmp_path).verdicts().values()) == {"ok"}


def test_an_edge_that_never_answers_is_a_failed_transport(tmp_path: Path) -> None:
    with pytest.raises(TransportError):
        surveyed(HEALTHY, tmp_path, secure=silent)


def test_a_cookie_in_an_answer_that_nobody_keeps_is_fine(tmp_path: Path) -> None:
    report = judged(replace(HEALTHY, changed=said("set-cookie", "a=b", status=404)), tmp_path)
    assert found(report) == set(), report.facts()


def test_every_case_of_the_document_is_asked_somewhere() -> None:
    assert {case.id for case in CDN_CASES} == {*ASSETS, *ANSWERS}
    assert set(ASSETS) == set(HOSTS)
    assert set(ANSWERS) - set(ASSETS) == set(passing_hosts.HOSTS)
