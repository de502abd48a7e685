"""What to say where a Python package of the rehearsal was not installed."""

from __future__ import annotations


def not_installed(missing: ModuleNotFoundError) -> str:
    """Return one line with the remedy. Raises `missing` again where it is a module of the rehearsal's own."""
    package = (missing.name or "").partition(".")[0]
    if package in {"", "rehearsal"}:
        raise missing
    return (
        f"the rehearsal needs the package {package}, which is not installed: `make install`, or "
        "`pip install --require-hashes -r requirements/rehearsal.lock` and `python -m rehearsal.servers`"
    )
