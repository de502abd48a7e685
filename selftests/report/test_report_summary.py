"""The summary and its published schema."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from golive.core.verdict import ItemState
from golive.report.summary import render_summary, summary_schema
from selftests.examples.report_examples import Rendered, broken, healthy, hostile

PUBLISHED = Path(__file__).parents[2] / "docs" / "summary.schema.json"


def test_published_schema_is_current() -> None:
    """``docs/summary.schema.json`` is what the code says."""
    published = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    command = "json.dumps(golive.report.summary_schema(), indent=2)"
    assert published == summary_schema(), f"write it anew: {command}"
    assert published["$id"] == "golive/summary/1"
    assert published["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize("example", [healthy(), broken(), broken(killed=True), hostile()])
def test_summary_is_valid_against_its_schema(example: Rendered) -> None:
    """Every run that can be recorded has a valid summary."""
    Draft202012Validator.check_schema(summary_schema())
    Draft202012Validator(summary_schema()).validate(json.loads(render_summary(*example)))


def test_schema_refuses_what_is_not_a_summary() -> None:
    """The schema says something: keys are required and closed."""
    summary = json.loads(render_summary(*healthy()))
    validator = Draft202012Validator(summary_schema())
    for broken_summary in (
        {**summary, "decision": "MAYBE"},
        {**summary, "more": 1},
        {k: v for k, v in summary.items() if k != "items"},
    ):
        assert not validator.is_valid(broken_summary)


def test_summary_says_what_the_verdict_says() -> None:
    """Counts, exit codes, scope; a line outside the scope has no state."""
    checklist, run, verdict = broken()
    text = render_summary(checklist, run, verdict)
    summary = json.loads(text)
    assert list(summary)[:5] == ["schema", "decision", "headline", "reason", "exit_code"]
    assert summary["headline"] == "NO-GO for smoke or infra, 8 of 9 lines"
    assert (summary["schema"], summary["decision"], summary["exit_code"]) == ("golive/summary/1", "NO-GO", 1)
    assert set(summary["counts"]) == {state.value for state in ItemState}
    assert summary["counts"]["failed"] == 3
    outside = next(item for item in summary["items"] if item["id"] == "trigger.data-integrity")
    assert (outside["in_scope"], outside["state"]) == (False, None)
    assert [check["outcome"] for check in summary["checks"]].count(None) == 1
    assert text == render_summary(checklist, run, verdict)


def test_killed_run_has_no_finish() -> None:
    """Null, and a sentence."""
    run = json.loads(render_summary(*broken(killed=True)))["run"]
    assert run["finished"] is None
    assert run["interruption"].startswith("killed")
