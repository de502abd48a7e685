"""The suite's own tests on each Python that is installed, and with the newest pytest, pre-releases included.

`nox` runs all of it; `nox -s "tests-3.12" -- selftests/unit` a part. `make test` is for the Python at hand.
"""

import nox

PROJECT = nox.project.load_toml("pyproject.toml")
PYTHONS = nox.project.python_versions(PROJECT, max_version="3.15")
DRILLS_APART = (
    "selftests",
    "--ignore=selftests/drills",
    "--ignore=selftests/lab",
    "--ignore=selftests/rehearsal",
)
"""What depends on the versions of Python and pytest; what is verified depends on neither."""

nox.needs_version = ">=2025.5"
nox.options.error_on_missing_interpreters = False
"""A Python that is not installed is named, and left out."""
nox.options.reuse_venv = "yes"


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """Run the tests on this Python, with what the lock names."""
    install(session)
    run(session)


@nox.session
def newest_pytest(session: nox.Session) -> None:
    """Run the tests with the newest pytest that there is, above what pyproject.toml allows too."""
    install(session)
    session.install("--upgrade", "--pre", "pytest")
    session.run("pytest", "--version")
    run(session)


def install(session: nox.Session) -> None:
    """Install as the Makefile does."""
    session.install("--require-hashes", "-r", "requirements/dev.lock")
    session.install("--no-deps", "--no-build-isolation", "--editable", ".")
    session.run("python", "-m", "rehearsal.servers")


def run(session: nox.Session) -> None:
    """Run what was named after `--`, or all that can depend on Python or pytest."""
    session.run("pytest", *(session.posargs or DRILLS_APART), "-q", "-rs")
