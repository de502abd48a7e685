"""The release that a command is about: its records, and what people signed and accepted about it."""

from datetime import datetime
from pathlib import Path

import pytest

from golive.cli.errors import UsageError
from golive.cli.project import settings_of
from golive.core.accepted import AcceptedRecords
from golive.core.checklist import Checklist
from golive.gate.accepted import accept_records
from golive.ledger.records import read_release
from golive.ledger.release import ReleaseState, judge_release
from golive.people.attestations import read_records
from golive.people.profile import read_people
from golive.plugin.collection.manifest import read_manifest
from golive.profile.waivers import read_waivers
from golive.report.events import FILE_NAME


def newest_release(folder: Path) -> str:
    """Return the version whose record in an environment's folder was written last.

    Raises:
        UsageError: there is none.
    """
    records = list(folder.glob(f"*/*/{FILE_NAME}"))
    if not records:
        raise UsageError(f"{folder}: holds no record of a run: run pytest --env={folder.name} first")
    return max(records, key=lambda path: path.stat().st_mtime).parents[1].name


def state_of(
    folder: Path, checklist: Checklist, path: Path, *, attestations: Path | None, now: datetime
) -> tuple[ReleaseState, AcceptedRecords]:
    """Judge a release by everything that lies in its folder, and by what people say of it today.

    Args:
        folder: ``reports/<environment>/<version>``.
        checklist: the document.
        path: where it lies; the manifest of checks stands beside it.
        attestations: where people's records lie; None for the place that the environment's profile names.
        now: the instant of judging.

    Returns:
        What it comes to, and what people signed about it as far as that is accepted.

    Raises:
        UsageError: no record of the release counts.
    """
    records = read_release(folder, now=now)
    if not records.runs:
        why = "".join(f"\n  {entry}" for entry in records.not_counted)
        raise UsageError(f"{folder}: no record there counts{why or ': run pytest first'}")
    newest = records.runs[-1].header
    try:
        manifest = read_manifest(path)
    except pytest.UsageError as error:
        raise UsageError(str(error)) from None
    people = settings_of(records.environment, folder=attestations)
    accepted = accept_records(
        read_records(people, records.environment, newest.release, now=now),
        checklist,
        read_people(people.roster),
        environment=records.environment,
        release=newest.release,
        now=now,
    )
    state = judge_release(
        checklist,
        records,
        expected=manifest.expected(newest.absent_features),
        waivers=read_waivers(Path("waivers.toml"), checklist, now=now, environment=records.environment),
        accepted=accepted,
        now=now,
    )
    return state, accepted
