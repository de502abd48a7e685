"""JUnit XML, for the dashboards that read nothing else; a line's state is not in it, the outcomes are."""

from junitparser import Error, Failure, JUnitXml, Properties, Property, Skipped, TestCase, TestSuite
from junitparser.junitparser import FinalResult

from golive.model.outcome import Outcome
from golive.model.run import CheckRecord, Run
from golive.model.verdict import Verdict
from golive.report.text import excerpt, one_line

_MAX_OUTPUT = 20_000


def render_junit(run: Run, verdict: Verdict) -> str:
    """Return one test case per check: blind and not run are skipped, and their message says which."""
    header = run.header
    suite = TestSuite(f"golive {header.environment}")
    suite.timestamp = header.started.isoformat()
    for name, value in _suite_properties(run, verdict):
        suite.add_property(name, one_line(value))
    for record in run.records:
        suite.add_testcase(_case(record))
    document = JUnitXml("golive")
    document.add_testsuite(suite)
    document.update_statistics()  # type: ignore[no-untyped-call]
    text = document.tostring()  # type: ignore[no-untyped-call]
    return text.decode("utf-8") if isinstance(text, bytes) else str(text)


def _suite_properties(run: Run, verdict: Verdict) -> tuple[tuple[str, str], ...]:
    header = run.header
    return (
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


def _case(record: CheckRecord) -> TestCase:
    path, _, name = record.check.partition("::")
    *classes, function = _split_node(name or path)
    module = path.removesuffix(".py").replace("/", ".") if name else ""
    case = TestCase(
        one_line(function, 300),
        one_line(".".join([module, *classes]).strip("."), 300),
        record.duration_seconds,
    )
    properties = Properties()  # type: ignore[no-untyped-call]
    properties.add_property(Property("golive.items", ", ".join(record.items)))
    properties.add_property(Property("golive.outcome", record.outcome.value if record.outcome else "not run"))
    properties.add_property(Property("golive.effect", record.effect.value))
    if record.retried:
        properties.add_property(Property("golive.retried", "yes"))
    case.append(properties)  # type: ignore[no-untyped-call]
    result = _result(record)
    if result is not None:
        case.result = [result]
    if record.output:
        case.system_out = excerpt(record.output, _MAX_OUTPUT, keep="end").text
    return case


def _split_node(name: str) -> list[str]:
    """Split at ``::``, but not inside the parameters."""
    head, bracket, parameters = name.partition("[")
    parts = head.split("::")
    parts[-1] += bracket + parameters
    return parts


def _result(record: CheckRecord) -> FinalResult | None:
    reason, remedy = one_line(record.reason, 1_500), one_line(record.remedy)
    sentence = f"{reason} — {remedy}" if remedy else reason
    match record.outcome:
        case Outcome.PASSED:
            return None
        case Outcome.FAILED:
            return Failure(sentence)
        case Outcome.ERROR:
            return Error(sentence)
        case Outcome.BLIND:
            return Skipped(f"blind: {sentence}")
        case None:
            return Skipped(f"not run: {sentence}")
