"""JUnit XML of a run."""

from collections import Counter
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from junitparser import TestSuite

from golive.core.checklist import Severity
from golive.core.outcome import Outcome
from golive.core.run import Run
from golive.core.verdict import Decision
from golive.report.junit import _split_node, render_junit
from selftests.examples.gate_examples import Case, cases, checklist, line, record, waiver
from selftests.examples.report_examples import Rendered, broken, healthy

LAUNCHES = (Decision.GO, Decision.CONDITIONAL_GO)
CDN = {"cdn": "none here"}


def suites(example: Rendered) -> list[ET.Element]:
    """The suite of the checks and that of the lines."""
    return ET.fromstring(render_junit(*example)).findall("testsuite")  # noqa: S314 - our own output


def suite(*, failing: bool) -> ET.Element:
    """The checks of an example."""
    return suites(broken() if failing else healthy())[0]


def outcome_of(case: ET.Element) -> tuple[str, str]:
    """``passed``, ``failure``, ``error`` or ``skipped``, and the message."""
    for word in ("failure", "error", "skipped"):
        found = case.find(word)
        if found is not None:
            return word, found.get("message", "")
    return "passed", ""


def by_name(found: ET.Element) -> dict[str, tuple[str, str]]:
    return {case.get("name", "").partition(":")[0]: outcome_of(case) for case in found.iter("testcase")}


def rendered(case: Case) -> Rendered:
    """A case of the gate's tests as the run that would have been recorded."""
    header = healthy()[1].header.model_copy(
        update={"scope": tuple(case.ledger().scope), "absent_parts": case.absent}
    )
    run = Run(header=header, records=case.records, footer=healthy()[1].footer)
    return case.document, run, case.verdict()


def is_green(example: Rendered) -> bool:
    return not any(float(found.get(name, "")) for found in suites(example) for name in ("failures", "errors"))


def test_every_record_is_a_case_with_its_own_time() -> None:
    """Names and classes come from the node id."""
    case = suite(failing=True).findall("testcase")[0]
    assert case.get("classname") == "tests.smoke.test_tls"
    assert case.get("name") == "test_certificate_outlives_the_renewal_window"
    assert float(case.get("time", "")) == 0.08
    assert {p.get("name"): p.get("value") for p in case.iter("property")}["golive.items"] == "infra.tls"


def test_outcomes_have_their_elements() -> None:
    """Blind and not run are errors, and say which of the two: nothing was seen, so nothing is green."""
    found = suite(failing=True)
    assert [found.get(name) for name in ("tests", "failures", "errors", "skipped")] == ["7", "2", "3", "0"]
    errors = [element.get("message", "") for element in found.iter("error")]
    assert [message.split(":")[0] for message in errors] == ["blind", "not run", "KeyError"]
    assert "Renew the certificate of api.audotics.test." in next(found.iter("failure")).get("message", "")


def test_suite_names_decision_scope_and_run() -> None:
    """A dashboard that shows properties shows the verdict."""
    properties = {p.get("name"): p.get("value") for p in suite(failing=False).findall("properties/property")}
    assert properties["golive.decision"] == "GO"
    assert properties["golive.headline"] == "GO for smoke or infra, 8 of 9 lines"
    assert properties["golive.watermark"] == "REHEARSAL — not valid for sign-off"


def test_parameters_keep_their_colons() -> None:
    """A node id is split before its parameters only."""
    assert _split_node("TestA::test_b[::1]") == ["TestA", "test_b[::1]"]


def test_every_line_in_scope_is_a_case() -> None:
    """By its state, with the reason and what is to be done; lines outside the scope are none."""
    lines = by_name(suites(broken())[1])
    words = {name: (word, message.split(":")[0]) for name, (word, message) in lines.items()}
    assert words == {
        "infra.tls": ("failure", "certificate expires in 6 d, need ≥ 21 d — api.audotics.test"),
        "infra.dns": ("error", "unknown"),
        "infra.cdn": ("skipped", "waived"),
        "step.smoke": ("failure", "1 of 3 lines under it failed"),
        "step.smoke.auth": ("error", "not run"),
        "step.smoke.recommendations": ("failure", "p95 is 166 ms, budget 100 ms"),
        "step.smoke.websocket": ("passed", ""),
        "step.launch": ("skipped", "advisory, stale"),
    }
    assert lines["infra.dns"][1].endswith("— Allow UDP 53.")
    assert Counter(word for word, _ in by_name(suites(healthy())[1]).values()) == {"passed": 7, "skipped": 1}


def test_a_line_of_the_scope_without_a_verdict_is_an_error() -> None:
    """Silence of the verdict is none of its passes."""
    document, run, verdict = healthy()
    silent = verdict.model_copy(update={"items": verdict.items[1:]})
    assert by_name(suites((document, run, silent))[1])["infra.tls"][0] == "error"


@pytest.mark.parametrize(
    ("items", "absent", "scope", "word"),
    [
        (("a",), {}, None, "error"),
        (("a", "c"), CDN, None, "error"),
        (("c",), {}, None, "error"),
        (("c",), CDN, None, "skipped"),
        (("a",), {}, frozenset({"b"}), "skipped"),
    ],
    ids=["asked for", "of another line too", "its part is here", "its part is absent", "out of scope"],
)
def test_a_check_that_did_not_run_is_skipped_only_where_nobody_asked_for_it(
    items, absent, scope, word
) -> None:
    """A check that people deselected, or that skipped itself, is missing."""
    document = checklist(line("a"), line("b"), line("c", part="cdn"))
    case = Case(document, (record(*items, outcome=None), record("b")), scope=scope, absent=absent)
    assert by_name(suites(rendered(case))[0])[f"test_{items[0]}"][0] == word


@pytest.mark.parametrize(
    ("outcome", "word"), [(Outcome.FAILED, "failure"), (Outcome.BLIND, "error"), (None, "error")]
)
def test_an_advisory_trigger_is_red_where_it_fired_and_where_nobody_could_see_it(outcome, word) -> None:
    """As the verdict has it: a launch waits for its rollback triggers."""
    document = checklist(line("a"), line("t", trigger=True, severity=Severity.ADVISORY))
    case = Case(document, (record("a"), record("t", outcome=outcome)))
    assert by_name(suites(rendered(case))[1])["t"][0] == word


@pytest.mark.parametrize(
    "case",
    [
        Case(checklist(line("a", part="cdn")), absent=CDN),
        Case(checklist(line("a")), scope=frozenset()),
    ],
    ids=["nothing applies", "nothing in scope"],
)
def test_a_verdict_that_no_line_explains_is_an_error_of_its_own(case) -> None:
    """Else the whole would be green."""
    example = rendered(case)
    assert example[2].decision is Decision.INCONCLUSIVE
    (words,) = [message for word, message in by_name(suites(example)[1]).values() if word == "error"]
    assert words.startswith("INCONCLUSIVE for smoke or infra, ")


def test_a_run_that_broke_off_is_red_though_every_line_is_green() -> None:
    """Its verdict is INCONCLUSIVE by the interruption alone."""
    document, run, verdict = rendered(Case(checklist(line("a")), (record("a"),)))
    assert is_green((document, run, verdict))
    broken_off = verdict.model_copy(update={"decision": Decision.INCONCLUSIVE, "reason": "not complete"})
    assert not is_green((document, run, broken_off))


def test_what_people_accepted_is_skipped_with_their_reason() -> None:
    """The line of a waived failure; the check that failed is a failure all the same."""
    case = Case(checklist(line("a")), (record("a", outcome=Outcome.FAILED),), waivers=(waiver("a"),))
    checks, lines = suites(rendered(case))
    assert by_name(lines)["a"][0] == "skipped"
    assert "waived: waived by QA until" in by_name(lines)["a"][1]
    assert by_name(checks)["test_a"][0] == "failure"


@settings(max_examples=100, deadline=None, database=None)
@given(cases())
def test_it_is_green_only_where_the_verdict_is(case) -> None:
    """And its lines are red exactly where they keep a launch from going ahead."""
    example = rendered(case)
    launches = example[2].decision in LAUNCHES
    assert launches or not is_green(example)
    lines = suites(example)[1]
    red = float(lines.get("failures", "")) + float(lines.get("errors", ""))
    assert not (launches and red)


def test_suites_are_counted_once_however_many_checks_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counting after each case took half a minute at 5,000 checks; so one more case is one more case."""
    document, run, verdict = healthy()
    counted = []
    count = TestSuite.update_statistics
    monkeypatch.setattr(TestSuite, "update_statistics", lambda self: (counted.append(self), count(self)))
    many = tuple(run.records[0].model_copy(update={"check": f"tests/x.py::test_{n}"}) for n in range(5_000))
    found = suites((document, run.model_copy(update={"records": many}), verdict))
    assert [int(entry.get("tests", "")) for entry in found] == [5_000, 8]
    assert len(counted) == 4
