"""A lying name server ends its question with a word, within the deadline."""

import asyncio
import time

import pytest

from golive.dns.exchange import exchange
from golive.dns.probe import DnsProbe
from golive.dns.profile import Nameserver
from golive.dns.reply import Question, Reply
from golive.net.address import Address
from golive.net.addresses import AddressBook
from golive.net.errors import ProtocolError
from golive.profile.profile import Network
from rehearsal.lab.dns import healthy
from rehearsal.lab.dns_hostile import LIES, Liar, dripping, lying
from selftests.lab.zones import judged


@pytest.mark.parametrize("transport", ["datagram", "tcp"])
@pytest.mark.parametrize("name", LIES)
def test_a_lie_is_malformed(name, transport):
    async def ask() -> Reply:
        async with lying(LIES[name]) as port:
            return await exchange(
                Question("lab.test", "A", transport), "liar", Address("127.0.0.1", port), deadline=1
            )

    began = time.monotonic()
    reply = asyncio.run(ask())
    assert (reply.error, reply.answer) == ("malformed", ())
    assert time.monotonic() - began < 3


def test_the_probe_of_declared_records_names_the_lie():
    async def ask() -> None:
        async with lying(LIES["looping name"]) as port:
            server = Nameserver(name="liar", address=f"127.0.0.1:{port}")
            await DnsProbe(AddressBook(Network()), deadline=1).query(server, "lab.test", "A")

    with pytest.raises(ProtocolError, match="not a DNS message"):
        asyncio.run(ask())


def test_a_message_byte_by_byte_meets_the_deadline():
    async def ask() -> Reply:
        async with dripping() as port:
            return await exchange(
                Question("lab.test", "A", "tcp"), "liar", Address("127.0.0.1", port), deadline=0.4
            )

    began = time.monotonic()
    assert asyncio.run(ask()).error == "silent"
    assert time.monotonic() - began < 3


@pytest.mark.parametrize("name", LIES)
def test_a_zone_with_a_server_that_lies_is_judged_in_time_and_fails(name):
    lab = healthy()
    lab.instead[lab.servers[1].name] = Liar(LIES[name])
    began = time.monotonic()
    report = judged(lab)
    assert report.verdicts()["D04"] == "failed", report.facts()
    assert time.monotonic() - began < 15, (
        "each question has a deadline of 1.5 s, and they are asked side by side"
    )
