"""What a run of chosen checks came to, read from its summary."""

import json
from collections.abc import Container, Mapping
from dataclasses import dataclass
from pathlib import Path

from golive.report.files import SUMMARY
from golive.testing.orders import Answer


@dataclass(frozen=True, slots=True)
class Seen:
    """What one case of a check came to."""

    case: str
    """Its node id."""
    outcome: str | None
    """Passed, failed, blind or error; None where it did not run."""
    reason: str


@dataclass(frozen=True, slots=True)
class Result:
    """A recorded run."""

    faults: tuple[str, ...]
    decision: str
    checks: Mapping[str, tuple[Seen, ...]]
    """Function to its cases."""
    states: Mapping[str, str]
    """Line to state, for the lines that checks answer; those above them only sum up."""
    reasons: Mapping[str, str]
    answer: Answer

    @classmethod
    def of(cls, answer: Answer, faults: tuple[str, ...], answered: Container[str]) -> "Result":
        """Read the run that ``answer`` is about; ``answered`` are the lines that checks answer."""
        summary = json.loads((Path(answer.folder) / SUMMARY).read_text(encoding="utf-8"))
        checks: dict[str, tuple[Seen, ...]] = {}
        for check in summary["checks"]:
            seen = Seen(check["check"], check["outcome"], check["reason"])
            checks[check["function"]] = (*checks.get(check["function"], ()), seen)
        lines = [line for line in summary["items"] if line["id"] in answered]
        return cls(
            faults=faults,
            decision=summary["decision"],
            checks=checks,
            states={line["id"]: line["state"] for line in lines},
            reasons={line["id"]: line["reason"] for line in lines},
            answer=answer,
        )

    @property
    def failed_lines(self) -> frozenset[str]:
        """The lines that failed."""
        return frozenset(line for line, state in self.states.items() if state == "failed")

    def failed(self, check: str) -> bool:
        """Whether a case of ``check`` failed, and not only could not see or broke."""
        return any(seen.outcome == "failed" for seen in self.checks.get(check, ()))

    def passed(self, check: str) -> bool:
        """Whether every case of ``check`` passed, and there is one."""
        cases = self.checks.get(check, ())
        return bool(cases) and all(seen.outcome == "passed" for seen in cases)

    def words(self, check: str) -> str:
        """What ``check`` came to, for a sentence: the outcome of each case that differs, with its reason."""
        cases = self.checks.get(check, ())
        if not cases:
            return "not run"
        shown = dict.fromkeys(
            "passed" if seen.outcome == "passed" else f"{seen.outcome or 'not run'} ({seen.reason})"
            for seen in cases
        )
        return "; ".join(shown)

    def said(self, check: str) -> tuple[str, ...]:
        """Why the cases of ``check`` failed that did."""
        return tuple(seen.reason for seen in self.checks.get(check, ()) if seen.outcome == "failed")
