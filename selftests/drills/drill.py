"""One drill: a verification of the rehearsal in a process of its own, as a user starts it."""

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
    output: str
    folder: Path

    def story(self) -> str:
        """The lines with their reasons, for messages of the drill itself."""
        lines = [f"{item}: {self.states[item]}: {self.reasons[item]}" for item in self.states]
        return "\n".join([f"{self.decision}, exit code {self.exit_code}", *lines])


def drill(
    reports: Path,
    *,
    expression: str = EVERYTHING,
    arguments: tuple[str, ...] = (),
    environment: str = "rehearsal",
) -> Drill:
    """Verify a healthy rehearsal, of either flavour, recording below ``reports``."""
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
    finished = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=_DEADLINE_SECONDS, check=False
    )
    output = finished.stdout + finished.stderr
    summaries = list(reports.rglob("summary.json"))
    assert summaries, f"the drill recorded nothing (exit code {finished.returncode}):\n{output}"
    newest = max(summaries, key=lambda path: path.stat().st_mtime)
    summary = json.loads(newest.read_text(encoding="utf-8"))
    parents = {"step.backend", "step.frontend", "step.smoke"}
    items = [entry for entry in summary["items"] if entry["id"] not in parents and entry["checks"]]
    return Drill(
        exit_code=finished.returncode,
        decision=summary["decision"],
        states={entry["id"]: entry["state"] for entry in items},
        reasons={entry["id"]: entry["reason"] for entry in items},
        output=output,
        folder=newest.parent,
    )
