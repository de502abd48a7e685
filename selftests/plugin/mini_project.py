"""A tiny project of its own: checklist, profile, checks; run by pytest in a process of its own.

Not pytester's: one run of a project is shared by the tests of a module, and pytester lives for a test.
"""

import ast
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

from golive.core.run import CheckRecord, Run
from golive.report.events import read_run
from selftests.plugin.warm_pytest import ForkedRun, WarmPytest

CHECKLIST = """\
# Mini

<!-- golive: max-age="1 h" owner=QA phase=smoke -->

"""
PROFILE = """\
schema = 1
title = "Mini"
[release]
version = "1.0.0"
[targets.app]
url = "https://app.test"
[targets.cdn]
absent = "assets are served by the app"
[secrets]
canary = {{ variable = "MINI_CANARY", optional = true }}
[network]
check_deadline = "{deadline}"
[budgets]
api_p95 = "200 ms"
realtime_delivery = "500 ms"
page_load = "3 s"
first_byte = "800 ms"
[control]
targets = ["{control}"]
[allow]
effects = {effects}
[allow.hosts]
"app.test" = {{}}
"""
SETTINGS = """\
[pytest]
testpaths = tests
golive_checks = tests
addopts = --strict-markers --strict-config -p no:cacheprovider -p no:anyio -p no:hypothesispytest -p no:valkey
xfail_strict = {xfail_strict}
"""
HEAD = "import asyncio, logging, os, time\nimport pytest\n"
SAW = 'evidence.note("saw it", n=1)'
_DEADLINE = 90.0
Process = ForkedRun | subprocess.Popen[str]


def check(
    line: str, body: str = SAW, *, name: str = "", uses: str = "evidence", marks: str = "", sync: bool = False
) -> str:
    """Source of a check that answers ``line``."""
    name = name or f"test_{line.replace('.', '_')}"
    definition = f'{"" if sync else "async "}def {name}({uses}):\n    """{line} holds."""\n'
    decorators = "".join(f"{mark}\n" for mark in marks.splitlines())
    block = indent(dedent(body).strip(), "    ")
    return f'\n@pytest.mark.checklist("{line}")\n{decorators}{definition}{block}\n'


@dataclass(frozen=True)
class MiniRun:
    """What a finished run left behind."""

    exit_code: int
    output: str
    folder: Path | None

    @property
    def summary(self) -> dict[str, Any]:
        assert self.folder is not None, self.output
        return json.loads((self.folder / "summary.json").read_text(encoding="utf-8"))

    @property
    def decision(self) -> str:
        return self.summary["decision"]

    @property
    def states(self) -> dict[str, str]:
        return {item["id"]: item["state"] for item in self.summary["items"]}

    @property
    def reasons(self) -> dict[str, str]:
        return {item["id"]: item["reason"] for item in self.summary["items"]}

    @property
    def record(self) -> Run:
        assert self.folder is not None, self.output
        return read_run(self.folder / "events.jsonl")

    def of(self, name: str) -> CheckRecord:
        """The record of the check whose function, or node id, ends in ``name``."""
        (found,) = [entry for entry in self.record.records if entry.check.endswith(f"::{name}")]
        return found


def _heed_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


class MiniProject:
    """Files in a folder, and pytest in it."""

    def __init__(self, folder: Path, *, warm: WarmPytest, control: str) -> None:
        self.folder = folder
        self._warm = warm
        self._control = control
        self._draft: str | None = None
        self.profile()
        self.settings()

    def profile(
        self, *, control: str = "", deadline: str = "30 s", effects: str = '["read"]'
    ) -> "MiniProject":
        text = PROFILE.format(control=control or self._control, deadline=deadline, effects=effects)
        return self.write("environments/mini.toml", text)

    def settings(self, *, xfail_strict: bool = False) -> "MiniProject":
        return self.write("pytest.ini", SETTINGS.format(xfail_strict=str(xfail_strict).lower()))

    def lines(self, *lines: str) -> "MiniProject":
        """The checklist; a line is an id, perhaps with attributes after it; two leading spaces nest it."""
        text = ""
        for line in lines:
            name, _, attributes = line.strip().partition(" ")
            margin = line[: len(line) - len(line.lstrip())]
            comment = f" <!-- golive: {attributes} -->" if attributes else ""
            text += f"{margin}- [ ] {name} holds `{name}`{comment}\n"
        return self.write("checklist.md", CHECKLIST + text)

    def checks(self, *sources: str, file: str = "tests/test_mini.py", head: str = HEAD) -> "MiniProject":
        return self.write(file, head + "".join(sources))

    def write(self, name: str, text: str) -> "MiniProject":
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return self

    def run(self, *arguments: str, env: str | None = "mini", **variables: str) -> MiniRun:
        """Run pytest to its end."""
        return self.finish(self.start(*arguments, env=env, **variables))

    def start(self, *arguments: str, env: str | None = "mini", **variables: str) -> Process:
        """Start pytest; ``env`` None leaves --env out."""
        if env and "--checklist-lock" not in arguments:
            self.lock()
        arguments = (f"--env={env}", *arguments) if env else arguments
        everything = self._warm.variables | variables
        if not any(name.startswith("PYTHON") for name in variables):
            return self._warm.start(arguments, folder=self.folder, variables=everything)
        # Only an interpreter that starts reads those.
        return subprocess.Popen(
            [sys.executable, "-m", "pytest", *arguments],
            cwd=self.folder,
            env=everything,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            # Whoever started the tests in the background had Ctrl-C ignored, and children inherit that.
            preexec_fn=_heed_signals,  # noqa: PLW1509 - it only resets signals
        )

    def lock(self) -> None:
        """Write the manifest that fits the checks, as long as the test wrote none of its own."""
        lock = self.folder / "checklist.lock"
        if lock.exists() and lock.read_text(encoding="utf-8") != self._draft:
            return
        checks: dict[str, list[str]] = {}
        for path in sorted(self.folder.glob("tests/**/*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                for mark in getattr(node, "decorator_list", ()):
                    if ast.unparse(mark).startswith("pytest.mark.checklist("):
                        for line in mark.args:
                            name = f"{path.relative_to(self.folder)}::{node.name}"
                            checks.setdefault(line.value, []).append(name)
        # Where the test binds nothing, the manifest is of another document's line: one must name a check.
        self._draft = json.dumps({"checks": checks or {"elsewhere": ["tests/test_elsewhere.py::test_it"]}})
        lock.write_text(self._draft, encoding="utf-8")

    def finish(self, process: Process) -> MiniRun:
        """Wait for its end; what does not end is killed, with its workers."""
        try:
            output, _ = process.communicate(timeout=_DEADLINE)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output, _ = process.communicate()
            raise AssertionError(f"pytest did not end within {_DEADLINE:g} s:\n{output}") from None
        print(output)  # noqa: T201 - shown where a test fails
        return MiniRun(process.returncode, output, self.newest_run())

    def newest_run(self) -> Path | None:
        runs = sorted((self.folder / "reports").glob("*/*/*/"), key=lambda path: path.stat().st_mtime_ns)
        return runs[-1] if runs else None

    def wait_for(self, condition: Callable[[], bool], process: Process) -> None:
        """Wait until ``condition`` holds while ``process`` runs."""
        until = time.monotonic() + _DEADLINE
        while not condition():
            assert process.poll() is None, "pytest ended early"
            assert time.monotonic() < until, "it did not come about"
            time.sleep(0.02)
