"""Reading ``waivers.toml``: accepted failures, each with an end."""

import difflib
import json
import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from golive.core.checklist import Checklist
from golive.core.waiver import Waiver

LONGEST = timedelta(days=30)


class WaiverError(ValueError):
    """Waivers cannot be used; one message a line, each with file, waiver and remedy."""


def read_waivers(
    path: Path, checklist: Checklist, *, now: datetime, environment: str | None = None
) -> tuple[Waiver, ...]:
    """Read the ``[[waiver]]`` tables of ``path``; a file that is not there holds none.

    With ``environment`` only those that hold there are returned; the others must be whole all the same.

    Raises:
        WaiverError: a waiver that is malformed, has no end, ends too late, has ended, or is for no line.
    """
    if not path.exists():
        return ()
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise WaiverError(f"{path}: cannot be read: {error}") from None
    problems = [
        f"{path}: unknown key {key!r}: write [[waiver]] tables" for key in document if key != "waiver"
    ]
    waivers: list[Waiver] = []
    for number, entry in enumerate(document.get("waiver", []), start=1):
        try:
            waiver = Waiver.model_validate(entry)
        except ValidationError as error:
            detail = "; ".join(_message(item) for item in error.errors())
            problems.append(f"{path}: waiver {number} ({entry.get('item', 'no item')}): {detail}")
            continue
        problem = _problem(waiver, checklist, now)
        if problem:
            problems.append(f"{path}: waiver {number} ({waiver.item}): {problem}")
        waivers.append(waiver)
    if problems:
        raise WaiverError("\n".join(problems))
    return tuple(
        waiver
        for waiver in waivers
        if environment is None or waiver.environment is None or waiver.environment == environment
    )


def _problem(waiver: Waiver, checklist: Checklist, now: datetime) -> str:
    if waiver.item not in checklist.items:
        near = difflib.get_close_matches(waiver.item, checklist.items, n=1)
        return f"the checklist has no such line{f': did you mean {near[0]!r}?' if near else ''}"
    empty = [name for name in ("reason", "owner", "ticket") if not getattr(waiver, name).strip()]
    if empty:
        return f"no {' and no '.join(empty)}: say it"
    if waiver.expires <= now:
        return f"expired at {waiver.expires:%Y-%m-%d %H:%M:%SZ}: fix the failure, or waive it anew"
    if waiver.expires - now > LONGEST:
        return f"expires more than {LONGEST.days} days from now: a waiver is not permanent"
    return ""


def _message(error: Any) -> str:
    key = ".".join(map(str, error["loc"]))
    if error["type"] == "timezone_aware" or str(error["type"]).startswith("date"):
        return f"{key} has no offset, or is no instant: write 2026-12-01T12:00:00Z"
    return f"{key}: {error['msg']}"


def add_waiver(path: Path, waiver: Waiver, checklist: Checklist, *, now: datetime) -> None:
    """Append ``waiver`` to ``path``, which is made where it is not there.

    Raises:
        WaiverError: it would not be accepted, or the file holds one that is not; nothing was written.
    """
    problem = _problem(waiver, checklist, now)
    if problem:
        raise WaiverError(f"{waiver.item}: {problem}")
    others = read_waivers(path, checklist, now=now)
    if any(entry.item == waiver.item and entry.environment == waiver.environment for entry in others):
        raise WaiverError(f"{path}: {waiver.item} is waived already: take that one away first")
    values = waiver.model_dump(exclude_none=True, exclude={"expires"})
    lines = [f"{key} = {_toml_string(value)}" for key, value in values.items()]
    table = "\n".join(["[[waiver]]", *lines, f"expires = {waiver.expires:%Y-%m-%dT%H:%M:%SZ}", ""])
    before = path.read_text(encoding="utf-8").rstrip("\n") + "\n\n" if path.exists() else ""
    path.write_text(before + table, encoding="utf-8")


def _toml_string(value: str) -> str:
    # A basic string of TOML is a string of JSON, but for DEL, which JSON leaves as it is.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
