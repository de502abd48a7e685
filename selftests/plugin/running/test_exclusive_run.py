"""Several processes, and yet a serial check has the deployment to itself."""

import pytest

from selftests.plugin.mini_project import check

PRESENCE = """
from pathlib import Path

ROOM = Path("room")

async def stay(evidence, name, *, alone):
    others = []
    (ROOM / name).touch()
    for _ in range(10):
        others += [path.name for path in ROOM.iterdir() if path.name != name]
        await asyncio.sleep(0.02)
    (ROOM / name).unlink()
    evidence.note("saw", others=sorted(set(others)))
    with open("met.txt", "a") as met:
        met.write("met\\n" * bool(others))
    assert not (alone and others), f"expected to be alone, observed {sorted(set(others))}"
"""
READERS, SERIAL = 12, 4


@pytest.mark.parametrize("workers", [2, 3])
def test_serial_checks_are_alone_among_all_workers(project, workers):
    """Reading checks meet each other, or this would show nothing; a serial one meets nobody."""
    project.lines("a", "b").write("room/.keep", "")
    (project.folder / "room/.keep").unlink()
    readers = [
        check("a", f'await stay(evidence, "reader-{n}", alone=False)', name=f"test_{n}")
        for n in range(READERS)
    ]
    alone = [
        check(
            "b",
            f'await stay(evidence, "serial-{n}", alone=True)',
            name=f"test_s{n}",
            marks="@pytest.mark.serial",
        )
        for n in range(SERIAL)
    ]
    mixed = [source for pair in zip(readers[::3], alone, strict=True) for source in pair]
    project.checks(PRESENCE, *mixed, *(source for n, source in enumerate(readers) if n % 3))
    run = project.run("-n", str(workers))
    assert run.decision == "GO", run.reasons
    assert (project.folder / "met.txt").read_text(encoding="utf-8")
    assert run.folder is not None
    assert not (run.folder / ".exclusive").exists()
