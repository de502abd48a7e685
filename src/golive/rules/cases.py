"""Cases of a family: what each came to, which of them block, and how the profile re-ranks them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar

from pydantic import JsonValue

from golive.core.harm import Unmet, UnmetExpectation
from golive.core.outcome import Blind
from golive.net.masking import masked_text
from golive.profile.cases import Case, CaseOverride, Severity
from golive.rules.failure import at_least_one


@dataclass(frozen=True, slots=True)
class Wrong:
    """What a rule found; the case is the rule's."""

    expected: str
    observed: str
    where: str = ""
    """Empty for the place of the observation."""
    case: str = ""
    """Empty where its rule is of one case alone."""
    path: str = ""
    """The path of a URL that it was seen at, if it was."""
    cookie: str = ""
    """The name of a cookie that it is about, if it is."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A case that is met: what is wrong."""

    case: str
    expected: str
    observed: str
    where: str
    host: str = ""
    path: str = ""
    cookie: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A case that could not be asked, and what would make it visible."""

    case: str
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class CaseReport:
    """Every case of a family at one host, judged."""

    kind: ClassVar[str] = "cases"

    title: str
    cases: Sequence[Case]
    findings: Sequence[Finding]
    unknown: Sequence[Unknown] = ()
    overrides: Mapping[str, CaseOverride] = field(default_factory=dict)
    excepted: Sequence[tuple[Finding, str]] = ()
    """What is right where it was seen, as the profile has it, and the profile's reason."""

    def only(self, *ids: str) -> "CaseReport":
        """Return the report of some of its cases alone."""
        return replace(
            self,
            cases=[case for case in self.cases if case.id in ids],
            findings=[finding for finding in self.findings if finding.case in ids],
            unknown=[entry for entry in self.unknown if entry.case in ids],
            excepted=[entry for entry in self.excepted if entry[0].case in ids],
        )

    def severity(self, case: Case) -> Severity:
        """The document's default, or what the profile says instead."""
        override = self.overrides.get(case.id)
        return override.severity if override and override.severity else case.severity

    def verdicts(self) -> dict[str, str]:
        """Case id to ``ok``, ``failed``, ``advisory`` or ``unknown``; a finding outweighs an unknown."""
        found = {finding.case for finding in self.findings}
        unseen = {entry.case for entry in self.unknown}
        verdicts: dict[str, str] = {}
        for case in self.cases:
            if case.id in found:
                verdicts[case.id] = "failed" if self.severity(case) == "blocking" else "advisory"
            else:
                verdicts[case.id] = "unknown" if case.id in unseen else "ok"
        return verdicts

    def facts(self) -> dict[str, JsonValue]:
        """Verdicts, what was found, what could not be asked, and what the profile changed."""
        known = {case.id for case in self.cases}
        changed: dict[str, JsonValue] = {
            name: f"{override.severity}: {override.reason}"
            for name, override in self.overrides.items()
            if name in known and override.severity
        }
        excepted: list[JsonValue] = [
            f"{self.title_of(finding.case)}: {words(finding)}: {reason}"
            for finding, reason in self.excepted[:60]
        ]
        return {
            "cases": dict(self.verdicts()),
            "findings": [
                f"{self.title_of(finding.case)}: {words(finding)}" for finding in self.findings[:60]
            ],
            "unknown": [f"{entry.case}: {masked_text(entry.reason)}" for entry in self.unknown[:60]],
            **({"changed by the profile": changed} if changed else {}),
            **({"excepted by the profile": excepted} if excepted else {}),
        }

    def title_of(self, case_id: str) -> str:
        """Id and title."""
        title = next((case.title for case in self.cases if case.id == case_id), "")
        return f"{case_id} {title}".strip()


def words(finding: Finding) -> str:
    """Expected, observed, and where."""
    observed = masked_text(finding.observed)
    return f"expected {finding.expected}, observed {observed} — {finding.where}"


def expect_no_blocking_case(reports: CaseReport | Sequence[CaseReport]) -> None:
    """No case that blocks is met, and every case that blocks could be asked.

    Raises:
        AssertionError: naming the first blocking case, and the ids of the others.
        Blind: a blocking case could not be asked.
    """
    several = at_least_one(reports, "judged case")
    for report in several:
        assert report.cases, f"no case was judged: expected at least one, observed none — {report.title}"
    blocking = [
        (report.title_of(finding.case), finding)
        for report in several
        for finding in report.findings
        if report.verdicts().get(finding.case) == "failed"
    ]
    if blocking:
        title, first = blocking[0]
        others = sorted({finding.case for _, finding in blocking[1:]} - {first.case})
        more = f"; also {', '.join(others)}" if others else ""
        unmet = Unmet(
            what=title, expected=first.expected, observed=masked_text(first.observed), where=first.where
        )
        raise UnmetExpectation(unmet, others=more, cause=title)
    for report in several:
        verdicts = report.verdicts()
        blocked = {case.id for case in report.cases if report.severity(case) == "blocking"}
        unseen = [
            entry
            for entry in report.unknown
            if verdicts.get(entry.case) == "unknown" and entry.case in blocked
        ]
        if unseen:
            ids = ", ".join(sorted({entry.case for entry in unseen}))
            raise Blind(
                f"{ids} could not be asked at {report.title}: {unseen[0].reason}", remedy=unseen[0].remedy
            )
