"""JUnit XML, for the dashboards that read nothing else: the checks, and beside them the lines in scope.

A suite of checks alone would be green where lines are open that no check answered. So each line in scope is a
case of its own, and the whole is never without a red case unless the verdict lets a launch go ahead.
"""

from collections.abc import Mapping

from junitparser import Error, Failure, JUnitXml, Properties, Property, Skipped, TestCase, TestSuite
from junitparser.junitparser import FinalResult

from golive.core.checklist import Checklist
from golive.core.outcome import Outcome
from golive.core.run import CheckRecord, Run
from golive.core.verdict import POSITIVE_STATES, Decision, ItemState, Verdict
from golive.report.headline import headline
from golive.report.lines import Line, lines_of
from golive.report.text import excerpt, one_line

_MAX_OUTPUT = 20_000
_LINES = "checklist"
"""Class of the cases that are lines of the checklist."""
_LAUNCHES = frozenset({Decision.GO, Decision.CONDITIONAL_GO})


def render_junit(checklist: Checklist, run: Run, verdict: Verdict) -> str:
    """Return a suite with a case for each check, and one with a case for each line in scope.

    A check that was blind, broke, or did not run is an error; one is skipped only where none of its lines
    asked for it. A required line is a failure where it failed and an error where it is open; what is waived,
    not applicable or advisory is skipped, with the reason.
    """
    header = run.header
    lines = lines_of(checklist, run, verdict)
    checks = TestSuite(f"golive {header.environment}")
    checks.timestamp = header.started.isoformat()
    for name, value in _suite_properties(checklist, run, verdict):
        checks.add_property(name, one_line(value))
    cases = [_case(record, lines) for record in run.records]
    judged = [_line_case(line) for line in lines.values() if line.in_scope]
    if verdict.decision not in _LAUNCHES and not any(_is_red(case) for case in (*cases, *judged)):
        judged.append(_verdict_case(headline(checklist, run, verdict), verdict))
    beside = TestSuite(f"golive {header.environment}: lines of the checklist")
    beside.timestamp = header.started.isoformat()
    document = JUnitXml("golive")
    for suite, its_cases in ((checks, cases), (beside, judged)):
        # All at once: each call counts the whole suite anew.
        suite.add_testcases(its_cases)
        document.add_testsuite(suite)
    document.update_statistics()  # type: ignore[no-untyped-call]
    text = document.tostring()  # type: ignore[no-untyped-call]
    return text.decode("utf-8") if isinstance(text, bytes) else str(text)


def _suite_properties(checklist: Checklist, run: Run, verdict: Verdict) -> tuple[tuple[str, str], ...]:
    header = run.header
    return (
        ("golive.headline", headline(checklist, run, verdict)),
        ("golive.decision", verdict.decision.value),
        ("golive.reason", verdict.reason),
        ("golive.run", header.run_id),
        ("golive.environment", header.environment),
        ("golive.release", str(header.release)),
        ("golive.vantage", header.vantage),
        ("golive.watermark", header.watermark or ""),
        ("golive.interruption", run.footer.interruption if run.footer else "killed: no end recorded"),
        ("golive.version", header.golive_version),
    )


def _case(record: CheckRecord, lines: Mapping[str, Line]) -> TestCase:
    path, _, name = record.check.partition("::")
    *classes, function = _split_node(name or path)
    module = path.removesuffix(".py").replace("/", ".") if name else ""
    case = TestCase(
        one_line(function, 300),
        one_line(".".join([module, *classes]).strip("."), 300),
        record.duration_seconds,
    )
    facts = {
        "golive.items": ", ".join(record.items),
        "golive.outcome": record.outcome.value if record.outcome else "not run",
        "golive.effect": record.effect.value,
    }
    if record.harm:
        facts["golive.harm"] = record.harm.value
    if record.retried:
        facts["golive.retried"] = "yes"
    if record.attempts:
        facts["golive.attempts"] = str(len(record.attempts))
    _finish(case, facts, _result(record, lines))
    if record.output:
        case.system_out = excerpt(record.output, _MAX_OUTPUT, keep="end").text
    return case


def _split_node(name: str) -> list[str]:
    """Split at ``::``, but not inside the parameters."""
    head, bracket, parameters = name.partition("[")
    parts = head.split("::")
    parts[-1] += bracket + parameters
    return parts


def _finish(case: TestCase, facts: Mapping[str, str], result: FinalResult | None) -> None:
    properties = Properties()  # type: ignore[no-untyped-call]
    for name, value in facts.items():
        properties.add_property(Property(name, one_line(value)))
    case.append(properties)  # type: ignore[no-untyped-call]
    if result is not None:
        case.append(result)  # type: ignore[no-untyped-call]


def _is_red(case: TestCase) -> bool:
    return any(isinstance(entry, Failure | Error) for entry in case.result)


def _sentence(reason: str, remedy: str) -> str:
    shown, to_do = one_line(reason, 1_500), one_line(remedy)
    return f"{shown} — {to_do}" if to_do else shown


def _result(record: CheckRecord, lines: Mapping[str, Line]) -> FinalResult | None:
    sentence = _sentence(record.reason, record.remedy)
    match record.outcome:
        case Outcome.PASSED:
            return None
        case Outcome.FAILED:
            return Failure(sentence)
        case _ if _is_left_out(record, lines):
            said = record.outcome.value if record.outcome else "left out"
            return Skipped(f"{said}, none of its lines applies in this run: {sentence}")
        case Outcome.ERROR:
            return Error(sentence)
        case Outcome.BLIND:
            return Error(f"blind: {sentence}")
        case None:
            return Error(f"not run: {sentence}")


def _is_left_out(record: CheckRecord, lines: Mapping[str, Line]) -> bool:
    """Whether the run asked nothing of the check: its lines are out of scope, or do not apply here."""
    asked = (lines[name] for name in record.items if name in lines)
    return not any(line.in_scope and line.state is not ItemState.NOT_APPLICABLE for line in asked)


def _line_case(line: Line) -> TestCase:
    case = TestCase(one_line(f"{line.item.id}: {line.item.text}", 300), _LINES)
    facts = {
        "golive.line": line.item.id,
        "golive.state": line.look.word,
        "golive.owner": line.item.owner,
        "golive.severity": line.item.severity.value,
    }
    _finish(case, facts, _result_of_line(line))
    return case


def _result_of_line(line: Line) -> FinalResult | None:
    """What the gate makes of the line: red where it keeps a launch from going ahead, and nowhere else."""
    sentence = _sentence(line.reason, line.remedy)
    failed = line.state is ItemState.FAILED
    if line.state in (ItemState.WAIVED, ItemState.NOT_APPLICABLE):
        return Skipped(f"{line.look.word}: {sentence}")
    if line.state in POSITIVE_STATES:
        return None
    if line.is_advisory:
        return Skipped(f"advisory, {line.look.word}: {sentence}")
    return Failure(sentence) if failed else Error(f"{line.look.word}: {sentence}")


def _verdict_case(words: str, verdict: Verdict) -> TestCase:
    """Red where the verdict is, though no line is: a run that broke off, or that verified nothing."""
    case = TestCase("verdict", _LINES)
    _finish(
        case,
        {"golive.decision": verdict.decision.value},
        Error(one_line(f"{words}: {verdict.reason}", 1_500)),
    )
    return case
