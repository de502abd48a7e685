"""HTTP cases: each is detected at a lab host that has it; a healthy host has none."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from golive.core.outcome import Blind
from golive.http.rules import HTTP_CASES
from golive.profile.cases import CaseOverride
from golive.rules.cases import expect_no_blocking_case
from rehearsal.lab.authority import HOST
from rehearsal.lab.http_hosts import HEALTHY, HOSTS, PAGE, RIGHT, VARIANTS, HttpHost
from rehearsal.lab.serving import silent
from selftests.lab.family import expect_case
from selftests.lab.http_answers import judged

BESIDE = {
    "H01": {"H07"},
    "H04": {"H05", "H07"},
    "H09": {"H10", "H12"},
    "H12": set(),
    "H19": set(),
    "directive twice": {"H05", "H07"},
    "a shell for whatever is missing": set(),
    "secrets beside a shell for the rest": {"H24"},
    "another site by plain HTTP": {"H09", "H11", "H13"},
    "another site of the same suffix": {"H11"},
    "H26": {"H11"},
    "H27": {"H09"},
    "plain HTTP in the middle": {"H09"},
    "plain HTTP of another own host": {"H09"},
    "no HSTS on the redirect": {"H07"},
    "H11": set(),
    "redirect to http": {"H12", "H13"},
    "base": {"H14", "H15"},
    "H16": set(),
}


@pytest.mark.parametrize("case", sorted(HOSTS))
def test_a_case_is_detected_at_its_lab_host(case: str, tmp_path: Path) -> None:
    report = judged(HOSTS[case], tmp_path)
    expect_case(report, case, BESIDE.get(case, set()))


@pytest.mark.parametrize("name", sorted(VARIANTS))
def test_every_kind_of_a_case_is_detected(name: str, tmp_path: Path) -> None:
    case, host = VARIANTS[name]
    report = judged(host, tmp_path)
    expect_case(report, case, BESIDE.get(name, set()))


def test_a_healthy_host_has_no_case(tmp_path: Path) -> None:
    report = judged(HEALTHY, tmp_path)
    assert set(report.verdicts().values()) == {"ok"}, report.facts()


@pytest.mark.parametrize("name", RIGHT)
def test_a_host_that_looks_unusual_and_is_right_is_not_blocked(name: str, tmp_path: Path) -> None:
    report = judged(RIGHT[name], tmp_path)
    expect_no_blocking_case(report)
    assert "unknown" not in report.verdicts().values(), report.facts()


def test_a_host_that_never_answers_is_unknown_and_never_fine(tmp_path: Path) -> None:
    verdicts = judged(HEALTHY, tmp_path, secure=silent).verdicts()
    assert {verdicts[case] for case in ("H01", "H07", "H14", "H18", "H19", "H21", "H22")} == {"unknown"}


def test_every_case_of_the_document_has_a_lab_host() -> None:
    assert {case.id for case in HTTP_CASES} == set(HOSTS)


@pytest.mark.parametrize("severity", ["blocking", "advisory"])
def test_port_80_may_be_closed_where_the_profile_says_so(severity: str, tmp_path: Path) -> None:
    override = CaseOverride(severity=severity, reason="every browser is told by the preload list")
    report = judged(HEALTHY, tmp_path, plain_closed=True, overrides={"H08": override})
    verdicts = report.verdicts()
    assert {case for case, verdict in verdicts.items() if verdict == "unknown"} == {"H08"}, report.facts()
    if severity == "advisory":
        expect_no_blocking_case(report)
    else:
        with pytest.raises(Blind, match="H08 could not be asked"):
            expect_no_blocking_case(report)


def _with_scripts(count: int, **changes: Any) -> HttpHost:
    scripts = "".join(f'<script src="/chunk{number}.js"></script>' for number in range(count))
    return replace(HEALTHY, page=PAGE.replace("</head>", f"{scripts}</head>"), **changes)


def test_own_scripts_and_styles_that_cannot_be_read_are_unknown_and_not_fine(tmp_path: Path) -> None:
    down = {"/style.css": 503, "/main.js": 500}
    verdicts = judged(replace(HEALTHY, statuses=down), tmp_path).verdicts()
    assert (verdicts["H15"], verdicts["H30"]) == ("unknown", "unknown")


def test_a_script_that_is_not_there_names_nothing(tmp_path: Path) -> None:
    verdicts = judged(replace(HEALTHY, statuses={"/main.js": 404}), tmp_path).verdicts()
    assert verdicts["H30"] == "ok"


def test_a_page_of_many_scripts_is_looked_through_to_the_last(tmp_path: Path) -> None:
    host = _with_scripts(20, files={"/chunk19.js": f'fetch("http://api.{HOST}/x")'})
    expect_case(judged(host, tmp_path), "H30")


def test_scripts_beyond_what_is_read_are_unknown_and_not_fine(tmp_path: Path) -> None:
    assert judged(_with_scripts(80), tmp_path).verdicts()["H30"] == "unknown"


def test_an_address_whose_page_cannot_be_seen_is_not_the_same_as_the_others(tmp_path: Path) -> None:
    host = replace(HEALTHY, second=replace(HEALTHY, home_status=503))
    assert judged(host, tmp_path).verdicts()["H31"] == "unknown"
