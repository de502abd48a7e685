"""What a stack tells of its database: where its release's files and backups are, and how to sign in."""

from __future__ import annotations

import sys
from typing import Any

from rehearsal.database.roles import Roles
from rehearsal.stack.data.backups import folder_of, write_order
from rehearsal.stack.data.database_plan import DatabasePlan
from rehearsal.stack.data.postgres import Database
from rehearsal.stack.release_files import lay_out
from rehearsal.stack.run_directory import RunDirectory


def database_facts(run: RunDirectory, database: Database, plan: DatabasePlan) -> dict[str, Any]:
    """The profile's part, as JSON types. Backups are not made here, only ordered: nobody may want them."""
    home = run.subdirectory("database-files")
    files = lay_out(home / "release", plan.release_edits)
    order = home / "backups-order.json"
    write_order(order, database.url, database.programs, plan.backups)
    return {
        "programs": str(database.programs),
        "migrations": {"folder": str(files.migrations)},
        "seed": {
            "command": ["psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", f"--file={files.seed}"]
        },
        "backups": {
            "folder": str(folder_of(order)),
            "fetch": [sys.executable, "-m", "rehearsal", "backups", str(order)],
            "procedure": plan.recovery,
        },
    }


def database_secrets(database_url: str, roles: Roles) -> dict[str, str]:
    """Variable to connection string."""
    return {
        "GOLIVE_DATABASE_DSN": roles.reader_url(database_url),
        "GOLIVE_SCRATCH_DSN": roles.scratch_url(database_url),
    }
