"""The ledger of a release: all runs about it that are recorded beside each other."""

import json
from pathlib import Path

from golive.core.run import Ledger, Run
from golive.report.events import FILE_NAME, CorruptRecordError, read_run


def ledger_of_release(folder: Path, run: Run) -> Ledger:
    """Gather ``run`` with the earlier runs in ``folder`` that are about the same release and environment.

    Args:
        folder: holds the folders of runs, as ``reports/<environment>/<version>`` does.
        run: the run that asks; runs that began after it are left out, and so is what others recorded after
            it ended, so that its report comes to the same whenever it is rendered.

    A record that cannot be read is no evidence of anything, and is passed over.
    """
    return Ledger.of([*_earlier(folder, run), run])


def _earlier(folder: Path, run: Run) -> list[Run]:
    found: list[Run] = []
    for path in sorted(folder.glob(f"*/{FILE_NAME}")):
        # The first line alone says whose record it is: records are long, and mostly of other commits.
        if not _is_about_the_same(path, run):
            continue
        try:
            other = read_run(path)
        except CorruptRecordError:
            continue
        if other.header.run_id != run.header.run_id and other.header.started <= run.header.started:
            known = tuple(record for record in other.records if record.ended <= run.ended)
            found.append(other.model_copy(update={"records": known}))
    return found


def _is_about_the_same(path: Path, run: Run) -> bool:
    try:
        with path.open(encoding="utf-8") as stream:
            data = json.loads(stream.readline())["data"]
        return (data["environment"], data["release"]["version"], data["release"]["commit"]) == (
            run.header.environment,
            run.header.release.version,
            run.header.release.commit,
        )
    except (OSError, ValueError, KeyError, TypeError):
        return False
