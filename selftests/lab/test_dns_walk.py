"""The walk from the root through a referral to the zone's delegation, and where it ends without one."""

import asyncio

import pytest

from golive.dns.observation import Delegation
from golive.dns.probe_delegation import Walk
from golive.dns.profile import Nameserver
from golive.net.addresses import AddressBook
from golive.profile.profile import Network
from rehearsal.lab.dns import NS, ZONE, healthy
from rehearsal.stack.network.dns import NameserverListener
from rehearsal.stack.network.zone import Zone
from rehearsal.stack.plan import NameserverPlan, Record

ROOT = NameserverPlan(
    "a.root",
    [
        Record(".", "NS", "a.root."),
        Record("test.", "NS", "ns.test."),
        Record("ns.test.", "A", "127.0.53.20"),
        Record("loop.", "NS", "ns.loop."),
        Record("ns.loop.", "A", "127.0.53.21"),
    ],
    1,
    primary="a.root.",
    signed=False,
)


def walk(zone: str) -> Delegation:
    async def look() -> Delegation:
        lab = healthy()
        lab.parent.records.append(Record(f"{ZONE}.", "DS", lab.ds[0]))
        root, parent = NameserverListener(Zone("", ROOT)), NameserverListener(Zone("test", lab.parent))
        at_root, at_parent = await root.start(0), await parent.start(0)
        # The server of "loop" is the root again: it refers for ever to the same place.
        addresses = {
            "127.0.53.20:53": (f"127.0.0.1:{at_parent}",),
            "127.0.53.21:53": (f"127.0.0.1:{at_root}",),
        }
        start = [Nameserver(name="a.root", address=f"127.0.0.1:{at_root}")]
        try:
            return await Walk(AddressBook(Network(addresses=addresses)), start, 1.0).delegation(zone)
        finally:
            await root.stop()
            await parent.stop()

    return asyncio.run(look())


def test_a_delegation_is_found_below_the_root():
    found = walk(ZONE)
    assert found.parent.startswith("ns.test")
    assert found.names == tuple(f"{label}.{ZONE}" for label in NS)
    assert found.glue == {f"{label}.{ZONE}": (address,) for label, address in NS.items()}
    assert (len(found.ds), found.ds_asked, found.trouble) == (1, True, "")


@pytest.mark.parametrize(("zone", "word"), [("nobody.test", "NXDOMAIN"), ("deep.loop", "delegates nothing")])
def test_without_a_delegation_the_trouble_is_named(zone, word):
    found = walk(zone)
    assert word in found.trouble
    assert (found.names, found.asked) == ((), True)
