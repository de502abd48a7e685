"""One drill: a verification of the rehearsal, with faults or without, in a process of its own."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EVERYTHING = "pre_deploy or infra or deploy or smoke or post_deploy"
_DEADLINE_SECONDS = 240


@dataclass(frozen=True, slots=True)
class Drill:
    """What a drill came to."""

    exit_code: int
    decision: str
    states: dict[str, str]
    """Line to state, for lines that are answered by checks of their own."""
    reasons: dict[str, str]
    caught_by: frozenset[str]
    """The checks, without parameters, that failed."""
    blinded: frozenset[str]
    """The checks of which a case could not see, or broke."""
    said: dict[str, tuple[str, ...]]
    """Check to why its cases failed that did, one sentence each."""
    passed: frozenset[str]
    """The checks of which every case passed."""
    output: str
    folder: Path

    def red(self) -> set[str]:
        """The lines that failed."""
        return {item for item, state in self.states.items() if state == "failed"}

    def story(self) -> str:
        """The failing lines with their reasons, for messages of the drill itself."""
        lines = [f"{item}: {self.states[item]}: {self.reasons[item]}" for item in self.states]
        return "\n".join([f"{self.decision}, exit code {self.exit_code}", *lines])


def drill(
    reports: Path,
    *faults: str,
    expression: str = EVERYTHING,
    arguments: tuple[str, ...] = (),
    environment: str = "rehearsal",
) -> Drill:
    """Verify a rehearsal, of either flavour, with ``faults`` injected, recording below ``reports``."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-m",
        expression,
        f"--env={environment}",
        "-o",
        f"golive_reports={reports}",
    ]
    command += ["-p", "no:html", "-p", "no:allure_pytest", *arguments]
    for fault in faults:
        command += ["--fault", fault]
    finished = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=_DEADLINE_SECONDS, check=False
    )
    output = finished.stdout + finished.stderr
    summaries = list(reports.rglob("summary.json"))
    assert summaries, f"the drill recorded nothing (exit code {finished.returncode}):\n{output}"
    newest = max(summaries, key=lambda path: path.stat().st_mtime)
    summary = json.loads(newest.read_text(encoding="utf-8"))
    parents = {"step.backend", "step.frontend", "step.smoke"}
    outcomes: dict[str, set[str]] = {}
    said: dict[str, tuple[str, ...]] = {}
    for check in summary["checks"]:
        outcomes.setdefault(check["function"], set()).add(check["outcome"])
        if check["outcome"] == "failed":
            said[check["function"]] = (*said.get(check["function"], ()), check["reason"])
    items = [entry for entry in summary["items"] if entry["id"] not in parents and entry["checks"]]
    return Drill(
        exit_code=finished.returncode,
        decision=summary["decision"],
        states={entry["id"]: entry["state"] for entry in items},
        reasons={entry["id"]: entry["reason"] for entry in items},
        caught_by=frozenset(said),
        blinded=frozenset(function for function, seen in outcomes.items() if seen & {"blind", "error"}),
        said=said,
        passed=frozenset(outcomes) - {function for function, seen in outcomes.items() if seen != {"passed"}},
        output=output,
        folder=newest.parent,
    )
