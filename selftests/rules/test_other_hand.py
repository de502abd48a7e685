"""Forms of network cases by somebody who had not read the rules: wrong ones are said, right ones not."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from golive.rules.cases import CaseReport, expect_no_blocking_case
from rehearsal.lab import other_certificates, other_hosts, other_pages, other_zones
from rehearsal.lab.certificate_hosts import CertificateHost
from rehearsal.lab.other_hosts import OtherHost
from selftests.lab import certificates, http_answers, zones

Form = OtherHost | CertificateHost | other_zones.Change
WRONG: Mapping[str, Mapping[str, Form]] = (
    other_hosts.WRONG | other_pages.WRONG | other_zones.WRONG | other_certificates.WRONG
)
RIGHT: Mapping[str, Mapping[str, Form]] = (
    other_hosts.RIGHT | other_pages.RIGHT | other_zones.RIGHT | other_certificates.RIGHT
)
NOT_YET = {
    ("H19", "null before a request alone"): "right: H19; what is allowed before a request is not asked for",
    ("H30", "a part that is loaded later"): "right: H30; what own scripts import is not read",
    ("H15", "a stylesheet's own import"): "right: H15; what own stylesheets import is not read",
    (
        "H28",
        "where it refreshes to",
    ): "right: H28; pages are followed by Location alone, not where they refresh",
}
"""Case and form to the right value, and why it is not said yet."""


def judged(form: Form, folder: Path) -> CaseReport:
    if isinstance(form, OtherHost):
        return http_answers.judged(form, folder)
    if isinstance(form, CertificateHost):
        return certificates.judged(form, folder)
    return zones.judged(other_zones.changed(form))


def forms(of: Mapping[str, Mapping[str, Form]]) -> list[object]:
    marks = {key: [pytest.mark.xfail(strict=True, reason=reason)] for key, reason in NOT_YET.items()}
    return [
        pytest.param(case, name, id=f"{case}-{name}", marks=marks.get((case, name), ()))
        for case, named in of.items()
        for name in named
    ]


@pytest.mark.parametrize(("case", "name"), forms(WRONG))
def test_a_fault_is_seen_where_one_does_not_look_first(case: str, name: str, tmp_path: Path) -> None:
    report = judged(WRONG[case][name], tmp_path)
    assert case in {finding.case for finding in report.findings}, report.facts()


@pytest.mark.parametrize(("case", "name"), forms(RIGHT))
def test_what_looks_unusual_and_is_right_is_not_accused(case: str, name: str, tmp_path: Path) -> None:
    report = judged(RIGHT[case][name], tmp_path)
    assert case not in {finding.case for finding in report.findings}, report.facts()
    expect_no_blocking_case(report)
