"""``golive doctor`` and ``golive schema``."""

import argparse
import json
import shutil
import subprocess
import sys

from golive.environment.signatures import HOW_TO_INSTALL
from golive.model.outcome import Blind
from golive.probes.browser_executable import find_browser
from golive.report import summary_schema

_MONITORING = {
    "prometheus": ("prometheus",),
    "prometheus-alertmanager": ("prometheus-alertmanager", "alertmanager"),
    "prometheus-postgres-exporter": ("prometheus-postgres-exporter", "postgres_exporter"),
}
"""Debian's package to the names that its program has, there and elsewhere."""


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare both."""
    doctor = commands.add_parser("doctor", help="say whether this machine has what a run needs")
    doctor.add_argument("--get-browser", action="store_true", help="try to install a missing browser")
    doctor.set_defaults(command=_doctor)

    schema = commands.add_parser("schema", help="print the JSON Schema of summary.json")
    schema.set_defaults(command=_schema)


def _doctor(options: argparse.Namespace) -> int:
    problems: list[str] = []
    try:
        browser = find_browser()
    except Blind as missing:
        if options.get_browser and _install_browser():
            browser = find_browser()
        else:
            problems.append(f"{missing.reason}: {missing.remedy}")
            browser = None
    if browser is not None:
        sys.stdout.write(f"browser: {browser}\n")
    if sys.platform == "linux" and shutil.which("certutil") is None:
        problems.append(
            "no certutil, which lets the browser trust a profile's own root: apt-get install libnss3-tools"
        )
    for problem in problems:
        sys.stderr.write(f"golive doctor: {problem}\n")
    if shutil.which("ssh-keygen") is None:
        # Smoke tests need none: said, and no reason to fail.
        sys.stderr.write(
            f"golive doctor: no ssh-keygen, so nobody can sign or attest here: {HOW_TO_INSTALL}\n"
        )
    lacking = [package for package, names in _MONITORING.items() if not any(map(shutil.which, names))]
    if lacking:
        # Only a rehearsal starts its own: a real deployment has its monitoring already.
        how = f"apt-get install --no-install-recommends {' '.join(lacking)}"
        if sys.platform == "darwin":
            how = "brew install prometheus alertmanager postgres_exporter"
        sys.stderr.write(f"golive doctor: a rehearsal would run without monitoring here: {how}\n")
    if shutil.which("git") is None:
        sys.stderr.write("golive doctor: no git, so no tag can be verified here: apt-get install git\n")
    return 1 if problems else 0


def _install_browser() -> bool:
    """Let Playwright fetch its own browser; False where its download host is not reached."""
    command = [sys.executable, "-m", "playwright", "install", "chromium-headless-shell"]
    try:
        finished = subprocess.run(command, capture_output=True, timeout=300, check=False)  # noqa: S603 - own interpreter
    except subprocess.TimeoutExpired:
        return False
    return finished.returncode == 0


def _schema(_: argparse.Namespace) -> int:
    sys.stdout.write(json.dumps(summary_schema(), indent=2) + "\n")
    return 0
