"""DNS: golive's survey and zonemaster-cli over the lab's zones, with a root of their own."""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from benchmarks.peers import Zonemaster
from rehearsal.lab.dns import NS, ZONE, Lab, healthy
from rehearsal.lab.dns_cases import CASES, Change
from rehearsal.stack.network.dns import Answers, NameserverListener
from rehearsal.stack.network.zone import Zone
from rehearsal.stack.plan import NameserverPlan, Record
from selftests.lab.zones import timed

RUNS = 5
"""Looks at a healthy zone, and at one with a dead server."""
ROOT_AT, PARENT_AT = "127.0.53.20", "127.0.53.21"


def measure(folder: Path, wanted: set[str], without: set[str], say: Callable[[str], None]) -> None:
    """Compare, and say what came of it."""
    chosen = [(name, change) for name, changes in CASES.items() for change in changes[:1]]
    chosen = [entry for entry in chosen if not wanted or entry[0] in wanted]
    detected, times = set(), []
    for name, change in chosen:
        lab = healthy()
        change(lab)
        report, took = timed(lab)
        times.append(took)
        if name in {finding.case for finding in report.findings}:
            detected.add(name)
    well = [timed(healthy()) for _ in range(RUNS)]
    dead = max(took for took in (_with_a_dead_server() for _ in range(RUNS)))
    missed = [name for name, _ in chosen if name not in detected]
    say(f"{len(chosen)} DNS cases")
    say(
        f"  {'golive':<18} detected {len(detected):>3}  {statistics.median(times):6.2f} s a zone,"
        f" healthy {statistics.median(took for _, took in well):.2f} s"
        f" ({sum(len(report.findings) for report, _ in well)} alarms), with a dead server {dead:.2f} s,"
        f" slowest {max(times):.2f} s  missed {' '.join(missed) or 'none'}"
    )
    zonemaster = Zonemaster()
    if zonemaster.program is None or zonemaster.name in without:
        say(f"  {zonemaster.name}: not installed or left out, not compared")
        return
    try:
        said = {name: asyncio.run(_flags(zonemaster, change, folder)) for name, change in chosen}
        well, seconds = asyncio.run(_flags(zonemaster, None, folder))
    except PermissionError:
        say(f"  {zonemaster.name}: asks port 53 only, which this user may not serve; not compared")
        return
    found = [name for name, (flags, _) in said.items() if flags - well]
    spent = [took for _, took in said.values()]
    say(
        f"  {zonemaster.name:<18} detected {len(found):>3}  {statistics.median(spent):6.2f} s a zone, healthy"
        f" {seconds:.2f} s ({len(well)} kinds of warning), slowest {max(spent):.2f} s"
    )


def _with_a_dead_server() -> float:
    lab = healthy()
    lab.servers[1].running = False
    return timed(lab)[1]


async def _flags(program: Zonemaster, change: Change | None, folder: Path) -> tuple[set[str], float]:
    lab = healthy()
    if change:
        change(lab)
    async with _world(lab):
        hints = folder / "hints"
        hints.write_text(f". 3600000 NS a.root.\na.root. 3600000 A {ROOT_AT}\n")
        began = time.perf_counter()
        flags = await program.flags(ZONE, hints)
        return flags, time.perf_counter() - began


@asynccontextmanager
async def _world(lab: Lab) -> AsyncIterator[None]:
    """Root, parent and servers at port 53 of loopback addresses of their own."""
    root = NameserverPlan(
        "a.root",
        [
            Record(".", "NS", "a.root."),
            Record("a.root.", "A", ROOT_AT),
            Record("test.", "NS", "ns.test."),
            Record("ns.test.", "A", PARENT_AT),
        ],
        1,
        primary="a.root.",
        signed=False,
    )
    lab.parent.records += [Record("ns.test.", "A", PARENT_AT)]
    lab.parent.records += [Record(f"{ZONE}.", "DS", text, 3600) for text in lab.ds]
    places: list[tuple[str, Answers]] = [(ROOT_AT, Zone("", root)), (PARENT_AT, Zone("test", lab.parent))]
    for address, server in zip(NS.values(), lab.servers, strict=False):
        places.append((address, lab.instead.get(server.name, Zone(ZONE, server, lab.keys))))
    listeners = []
    try:
        for address, answers in places:
            listener = NameserverListener(answers)
            if answers.plan.running:
                listeners.append(listener)
                await listener.start(53, address)
        yield
    finally:
        for listener in listeners:
            await listener.stop()
