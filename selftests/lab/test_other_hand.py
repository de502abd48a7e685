"""Forms of network cases by somebody who had not read the rules: wrong ones are said, right ones not."""

from pathlib import Path

import pytest

from golive.rules.cases import expect_no_blocking_case
from rehearsal.lab import other_hosts, other_pages
from rehearsal.lab.other_hosts import OtherHost
from selftests.lab.http_answers import judged

WRONG = other_hosts.WRONG | other_pages.WRONG
RIGHT = other_hosts.RIGHT | other_pages.RIGHT
NOT_YET = {
    (
        "H19",
        "null before a request alone",
    ): "right: H19; what is allowed before a request is not asked for (OPTIONS)",
}
"""Case and form to why its verdict is not the right one yet."""
RIGHT_NOT_YET: dict[tuple[str, str], str] = {}


def forms(hosts: dict[str, dict[str, OtherHost]], not_yet: dict[tuple[str, str], str]) -> list[object]:
    return [
        pytest.param(
            case,
            name,
            id=f"{case}-{name}",
            marks=[pytest.mark.xfail(strict=True, reason=not_yet[case, name])]
            if (case, name) in not_yet
            else [],
        )
        for case, named in hosts.items()
        for name in named
    ]


@pytest.mark.parametrize(("case", "name"), forms(WRONG, NOT_YET))
def test_a_fault_is_seen_where_one_does_not_look_first(case: str, name: str, tmp_path: Path) -> None:
    report = judged(WRONG[case][name], tmp_path)
    assert case in {finding.case for finding in report.findings}, report.facts()


@pytest.mark.parametrize(("case", "name"), forms(RIGHT, RIGHT_NOT_YET))
def test_what_looks_unusual_and_is_right_is_not_accused(case: str, name: str, tmp_path: Path) -> None:
    report = judged(RIGHT[case][name], tmp_path)
    assert case not in {finding.case for finding in report.findings}, report.facts()
    expect_no_blocking_case(report)
