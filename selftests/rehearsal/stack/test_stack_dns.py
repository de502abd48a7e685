"""The authoritative servers' answers."""

from __future__ import annotations

import asyncio
import socket

import dns.asyncquery
import dns.flags
import dns.message
import dns.rcode
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.stack.network.dns import NameserverListener, Zone
from rehearsal.stack.network.ports import LOOPBACK, PortReservations
from rehearsal.stack.plan import APP_HOST, Record, healthy_plan

ZONE = Zone(APP_HOST, healthy_plan().nameservers[0])


def ask(name: str, kind: str, zone: Zone = ZONE, **options: int) -> dns.message.Message:
    query = dns.message.make_query(name, kind, **options)
    wire = zone.answer(query.to_wire(), datagram=True)
    assert wire is not None
    return dns.message.from_wire(wire)


@pytest.mark.parametrize("host", [APP_HOST, "api.audotics.test", "CDN.audotics.TEST"])
def test_a_host_has_its_address_with_authority(host: str) -> None:
    answer = ask(host, "A")
    assert answer.flags & dns.flags.AA
    assert [str(item) for item in answer.answer[0]] == ["127.0.0.1"]


def test_the_apex_names_both_servers_and_a_serial() -> None:
    assert len(ask(APP_HOST, "NS").answer[0]) == 2
    assert ask(APP_HOST, "SOA").answer[0][0].serial > 2_000_000_000


@pytest.mark.parametrize(
    ("name", "kind", "code"),
    [
        ("nobody.audotics.test", "A", dns.rcode.NXDOMAIN),
        ("api.audotics.test", "MX", dns.rcode.NOERROR),
        ("example.com", "A", dns.rcode.REFUSED),
        ("notaudotics.test", "A", dns.rcode.REFUSED),
        (APP_HOST, "AXFR", dns.rcode.REFUSED),
    ],
)
def test_what_is_not_there_is_refused_or_denied(name: str, kind: str, code: int) -> None:
    answer = ask(name, kind)
    assert answer.rcode() == code
    assert not answer.answer
    assert not answer.flags & dns.flags.RA


def test_edns_is_answered_with_edns() -> None:
    assert ask(APP_HOST, "A", use_edns=0).edns == 0
    assert ask(APP_HOST, "A").edns == -1


def test_an_answer_too_long_for_a_datagram_is_truncated() -> None:
    server = healthy_plan().nameservers[0]
    server.records += [Record(f"{APP_HOST}.", "TXT", f'"{number:0>200}"') for number in range(9)]
    answer = ask(APP_HOST, "TXT", Zone(APP_HOST, server))
    assert answer.flags & dns.flags.TC


@given(st.binary(max_size=600))
def test_no_datagram_makes_the_server_fail(message: bytes) -> None:
    ZONE.answer(message, datagram=True)


def test_udp_and_tcp_share_a_port() -> None:
    async def both() -> list[str]:
        ports = PortReservations()
        port = ports.reserve_both("ns1")
        listener = NameserverListener(ZONE)
        await listener.start(port, datagrams=ports.hand_over_both("ns1"))
        try:
            query = dns.message.make_query(APP_HOST, "A")
            answers = [
                await transport(query, LOOPBACK, port=port, timeout=2)
                for transport in (dns.asyncquery.udp, dns.asyncquery.tcp)
            ]
        finally:
            await listener.stop()
            ports.close()
        return [str(answer.answer[0][0]) for answer in answers]

    assert asyncio.run(both()) == ["127.0.0.1", "127.0.0.1"]


def test_a_port_for_datagrams_is_nobody_elses_until_its_server_has_it() -> None:
    ports = PortReservations()
    port = ports.reserve_both("ns1")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger, ports.hand_over_both("ns1"):
        stranger.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with pytest.raises(OSError, match="Address already in use"):
            stranger.bind((LOOPBACK, port))
    ports.close()
