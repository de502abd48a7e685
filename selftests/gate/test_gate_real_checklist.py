"""The checklist of this repository: taking any check of any line away costs the GO."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from golive.core.checklist_markdown import parse_checklist
from golive.core.outcome import Outcome
from golive.core.run import CheckRecord, Ledger, ReleaseIdentity
from golive.core.verdict import Decision
from golive.gate import decide
from golive.plugin.collection.manifest import read_manifest
from golive.plugin.collection.scope import scope_of

ROOT = Path(__file__).resolve().parents[2]
CHECKLIST = parse_checklist((ROOT / "checklist.md").read_text(encoding="utf-8"), source="checklist.md")
MANIFEST = read_manifest(ROOT / "checklist.md").checks
SCOPE = scope_of(CHECKLIST, "smoke")
NOW = datetime(2026, 11, 28, 14, 30, tzinfo=UTC)
PAIRS = [(line, check) for line in sorted(SCOPE) for check in MANIFEST.get(line, ())]


def a_pass(check: str) -> CheckRecord:
    lines = tuple(line for line, checks in MANIFEST.items() if check in checks)
    started = NOW - timedelta(minutes=5)
    return CheckRecord(
        check=check, function=check, items=lines, outcome=Outcome.PASSED, reason="passed", started=started
    )


def verdict_of(records: list[CheckRecord]) -> Decision:
    expected = {line: frozenset(checks) for line, checks in MANIFEST.items() if line in SCOPE}
    ledger = Ledger("prod", ReleaseIdentity(version="1.0.0"), SCOPE, tuple(records), expected)
    return decide(CHECKLIST, ledger, now=NOW).decision


ALL = [a_pass(check) for check in sorted({check for _, check in PAIRS})]


def test_the_smoke_phase_is_go_when_every_check_passed():
    """The scope is that of ``-m smoke``, and every line of it has checks."""
    assert verdict_of(ALL) is Decision.GO


@pytest.mark.parametrize(("line", "check"), PAIRS)
def test_no_check_of_any_line_can_go_missing(line, check):
    """Deleted, not run, blind, broken or failed: without this one pass there is no GO."""
    others = [record for record in ALL if record.check != check]
    assert verdict_of(others) is Decision.INCONCLUSIVE
    for outcome in (None, Outcome.BLIND, Outcome.ERROR):
        changed = a_pass(check).model_copy(update={"outcome": outcome})
        assert verdict_of([*others, changed]) is Decision.INCONCLUSIVE
    failed = a_pass(check).model_copy(update={"outcome": Outcome.FAILED})
    assert verdict_of([*others, failed]) is Decision.NO_GO
