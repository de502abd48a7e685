"""Reading ``waivers.toml``: accepted failures, each with an end."""

import difflib
import tomllib
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import ValidationError

from golive.model.checklist import Checklist
from golive.model.waiver import Waiver

LONGEST = timedelta(days=30)


class WaiverError(ValueError):
    """Waivers cannot be used; one message a line, each with file, waiver and remedy."""


def read_waivers(path: Path, checklist: Checklist, *, now: datetime) -> tuple[Waiver, ...]:
    """Read the ``[[waiver]]`` tables of ``path``; a file that is not there holds none.

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
            detail = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors())
            problems.append(f"{path}: waiver {number}: {detail}")
            continue
        problem = _problem(waiver, checklist, now)
        if problem:
            problems.append(f"{path}: waiver {number} ({waiver.item}): {problem}")
        waivers.append(waiver)
    if problems:
        raise WaiverError("\n".join(problems))
    return tuple(waivers)


def _problem(waiver: Waiver, checklist: Checklist, now: datetime) -> str:
    if waiver.item not in checklist.items:
        near = difflib.get_close_matches(waiver.item, checklist.items, n=1)
        return f"the checklist has no such line{f': did you mean {near[0]!r}?' if near else ''}"
    if waiver.expires.tzinfo is None:
        return "expires has no offset: write 2026-12-01T12:00:00Z"
    if waiver.expires <= now:
        return f"expired at {waiver.expires:%Y-%m-%d %H:%MZ}: mend the failure, or waive it anew"
    if waiver.expires - now > LONGEST:
        return f"expires more than {LONGEST.days} days from now: a waiver is not permanent"
    return ""
