"""The record of drills: which checks caught which fault, and what they said.

``python -m selftests.drills.record`` drills every fault (or those named) and writes ``caught.json`` and
docs/faults.md. The record is kept in git: the drills fail when a check no longer catches the fault that
proves it, and a check that never caught anything is a failure too.
"""

import json
import sys
import tempfile
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from rehearsal.faults import catalogue
from selftests.drills.checks_document import DOCUMENT, checks_document
from selftests.drills.drill import ROOT, Drill, drill
from selftests.drills.together import write_groups

CAUGHT = Path(__file__).with_name("caught.json")
BLINDED = Path(__file__).with_name("blinded.json")
TABLE = ROOT / "docs" / "faults.md"
SIDE_BY_SIDE = 2


def read_caught() -> dict[str, tuple[str, ...]]:
    """Return fault to the checks that caught it."""
    return _read(CAUGHT)


def read_blinded() -> dict[str, tuple[str, ...]]:
    """Return fault to the checks that could not see while it was there; none for most faults."""
    return _read(BLINDED)


def _read(path: Path) -> dict[str, tuple[str, ...]]:
    recorded: dict[str, list[str]] = json.loads(path.read_text(encoding="utf-8"))
    return {fault: tuple(checks) for fault, checks in recorded.items()}


def proofs(
    caught: Mapping[str, Sequence[str]], partial: Collection[str] = frozenset()
) -> dict[str, frozenset[str]]:
    """Return fault to the checks that it proves able to go red.

    A check is proven by the fault that the fewest others catch besides it: the one that was made for it.
    That a wide fault turns it red too may be chance (which replica it met, who came first), and proves
    nothing; nor does one of the ``partial`` faults, unless nothing else catches it.
    """
    proving: dict[str, set[str]] = {fault: set() for fault in caught}
    for check in {check for checks in caught.values() for check in checks}:
        catches = [fault for fault, checks in caught.items() if check in checks]
        proving[min(catches, key=lambda fault: (fault in partial, len(caught[fault]), fault))].add(check)
    return {fault: frozenset(checks) for fault, checks in proving.items()}


def read_proofs() -> dict[str, frozenset[str]]:
    """Return what the record says that each fault of the catalogue proves."""
    return proofs(read_caught(), {name for name, fault in catalogue().items() if fault.partial})


def write(caught: dict[str, tuple[str, ...]]) -> None:
    """Write the record, and the documents that are made from it."""
    _keep(CAUGHT, caught)
    TABLE.write_text(table(caught), encoding="utf-8")
    DOCUMENT.write_text(checks_document(caught), encoding="utf-8")
    drilled = {name: fault.breaks for name, fault in catalogue().items() if name in caught}
    write_groups(drilled, caught, read_blinded())


def _keep(path: Path, checks: dict[str, tuple[str, ...]]) -> None:
    """Write the record itself, after each drill: an hour of drills is not lost with its last one."""
    document = {name: list(checks[name]) for name in sorted(checks) if checks[name]}
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


def main(names: Sequence[str]) -> int:
    """Drill, and write the record; returns 1 when a fault did not turn exactly its lines red.

    ``--documents`` only writes the documents anew, from the record as it is.
    """
    faults = catalogue()
    if list(names) == ["--documents"]:
        write(read_caught())
        return 0
    chosen = list(names) or list(faults)
    caught = {name: checks for name, checks in (read_caught() if names else {}).items() if name in faults}
    blinded = {name: checks for name, checks in (read_blinded() if names else {}).items() if name in faults}
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="golive-drills-") as folder:

        def run(name: str) -> Drill:
            return drill(Path(tempfile.mkdtemp(dir=folder)), name)

        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            for name, result in zip(chosen, pool.map(run, chosen), strict=True):
                caught[name] = tuple(sorted(result.caught_by))
                blinded[name] = tuple(sorted(result.blinded))
                exact = result.red() == set(faults[name].breaks)
                wrong += not exact
                sys.stdout.write(f"{'exact' if exact else 'WRONG'}  {name}\n")
                if not exact:
                    sys.stdout.write(f"{result.story()}\n")
                sys.stdout.flush()
                _keep(CAUGHT, caught)
                _keep(BLINDED, blinded)
    write(caught)
    return 1 if wrong else 0


def table(caught: dict[str, tuple[str, ...]]) -> str:
    """Return docs/faults.md: every fault, the lines that it turns red, and the checks that caught it."""
    rows = [
        f"| `{name}` | {fault.description} | {_list(fault.breaks)} | {_list(_short(caught.get(name, ())))} |"
        for name, fault in catalogue().items()
    ]
    return "\n".join(
        [
            "# Faults, and the checks that catch them",
            "",
            "Generated by `make docs` from drills: each fault was injected into a healthy rehearsal, and",
            "exactly these lines of the checklist went red. `make test` drills them again, several at once.",
            "",
            f"{len(rows)} faults.",
            "",
            "| fault | what is then true | lines that go red | caught by |",
            "| --- | --- | --- | --- |",
            *rows,
            "",
        ]
    )


def _short(checks: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(check.rpartition("::")[2] for check in checks)


def _list(names: Sequence[str]) -> str:
    return "<br>".join(f"`{name}`" for name in names)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
