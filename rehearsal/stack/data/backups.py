"""Backups of the rehearsal's database, made when somebody first asks for them.

`python -m rehearsal backups ORDER` is to a rehearsal what a command that syncs the backup store is to a
real deployment. The newest is dumped then; the others are the same dump under the names of earlier days.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from rehearsal.stack.data.database_plan import BackupPlan

NAME = "audotics-%Y%m%dT%H%M%SZ.dump"
LIMIT_SECONDS = 30


def write_order(path: Path, database_url: str, programs: Path, plan: BackupPlan) -> None:
    """Write down, for this user only, what `make` needs to know."""
    order = {"url": database_url, "programs": str(programs), "plan": plan.document()}
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        json.dump(order, stream)


def folder_of(order: Path) -> Path:
    """Where the backups of an order lie."""
    return order.parent / "backups"


def make(order: Path) -> int:
    """Make the backups once; later calls find them there. Returns pg_dump's exit code."""
    folder = folder_of(order)
    if folder.exists():
        return 0
    content = json.loads(order.read_text(encoding="utf-8"))
    plan = BackupPlan(**content["plan"])
    draft = folder.with_name(f".backups-{os.getpid()}")
    draft.mkdir(mode=0o700)
    began = time.time()
    newest = draft / "newest"
    if plan.ages:
        code = _dump(Path(content["programs"]), content["url"], plan, newest)
        if code != 0:
            shutil.rmtree(draft)
            return code
        for number, age in enumerate(reversed(plan.ages), start=1):
            copy = draft / datetime.fromtimestamp(began - age, UTC).strftime(NAME)
            shutil.copyfile(newest, copy)
            if number == len(plan.ages):
                os.truncate(copy, int(copy.stat().st_size * plan.kept_share))
        newest.unlink()
    try:
        draft.rename(folder)
    except OSError:
        # Somebody else was faster: there must be one set of backups, and theirs is as good.
        shutil.rmtree(draft)
    return 0


def _dump(programs: Path, database_url: str, plan: BackupPlan, destination: Path) -> int:
    parts = urlsplit(database_url)
    url = urlunsplit((parts.scheme, f"{parts.username}@{parts.hostname}:{parts.port}", plan.database, "", ""))
    command: list[str | Path] = [programs / "pg_dump", *plan.options, f"--file={destination}", url]
    environment = {**os.environ, "PGPASSWORD": parts.password or "", "TZ": "UTC"}
    return subprocess.run(command, env=environment, timeout=LIMIT_SECONDS, check=False).returncode
