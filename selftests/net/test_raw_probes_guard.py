"""Probes that speak no HTTP ask the guard too: nothing reaches a listener that the profile does not allow.

Each probe is first seen to reach a listener that it may reach.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dns.message
import dns.rrset
import pytest

from golive.configuration.probe_credentials import CredentialCalls
from golive.configuration.profile_credentials import RedisLogin
from golive.core.outcome import Blind, Effect
from golive.database.probe import PostgresServer
from golive.dns.probe import DnsProbe
from golive.dns.probe_delegation import Walk
from golive.dns.profile import Nameserver
from golive.fleet.probe_ports import PortProbe
from golive.net.access import Access
from golive.net.address import Address
from golive.net.addresses import AddressBook
from golive.net.errors import ProbeError, Refused
from golive.net.guard import Guard
from golive.net.http import HttpProbe
from golive.net.limits import HostLimits
from golive.net.tls.context import TlsContexts
from golive.people.probe_channels import Notifier
from golive.people.profile_launch import Channel
from golive.profile.allow import Allow, AllowedHost
from golive.profile.profile import Limits, Network, Trust
from golive.profile.redaction import Redactor
from golive.profile.secrets import Secret
from golive.realtime.probe_socketio import SocketIoProbe
from golive.realtime.probe_websocket import WebSocketProbe
from golive.tls.probe import TlsProbe
from golive.tls.probe_certificates import HostCertificateProbe
from golive.tls.probe_protocols import ProtocolProbe
from selftests.examples.listeners import Listener, listening

HOST = "stranger.test"
SOON = timedelta(seconds=0.5)
Knock = Callable[[Access, int], Awaitable[object]]


async def _no_list(_url: str) -> bytes:
    return b""


def _tls(access: Access) -> TlsProbe:
    return TlsProbe(access.book, access.contexts, deadline=0.5)


def _protocols(access: Access) -> ProtocolProbe:
    return ProtocolProbe(access.book, access.contexts, deadline=0.3)


def _certificates(access: Access) -> HostCertificateProbe:
    return HostCertificateProbe(access.book, _tls(access), _no_list, lambda: datetime.now(UTC), deadline=0.3)


def _postgres(access: Access, dsn: str) -> PostgresServer:
    return PostgresServer(
        Secret(dsn),
        guard=access.guard,
        connect_deadline=SOON,
        statement_timeout=SOON,
        lock_timeout=SOON,
        name="golive",
    )


async def _session(access: Access, dsn: str) -> None:
    async with _postgres(access, dsn).reading():
        pass


async def _redis(access: Access, url: str) -> object:
    def server(dsn: Secret) -> PostgresServer:
        return _postgres(access, dsn.reveal())

    calls = CredentialCalls(HttpProbe(access), lambda _: Secret(url), server, 0.5, access.guard)
    return await calls.attempt("cache", RedisLogin(kind="redis", url="a.REDIS_URL"))


async def _message(access: Access, url: str, to: str) -> object:
    channel = Channel.model_validate(
        {"url": "hook", "to": [to], "within": "2 s", "read_back": {"absent": "not looked at"}}
    )
    notifier = Notifier(access, HttpProbe(access), Redactor(()), None)
    return await notifier.send("chat", channel, Secret(url), title="t", body="b")


async def _walk(access: Access, ip: str, port: int) -> object:
    start = [Nameserver(name="parent", address=f"{ip}:{port}")]
    return await Walk(access.book, start, 0.3).delegation("zone.test")


PROBES: dict[str, Knock] = {
    "TLS, every address": lambda access, _: _tls(access).observe_all(HOST),
    "TLS, one address": lambda access, port: _tls(access).observe(HOST, address=Address("127.0.0.1", port)),
    "one version of TLS": lambda access, _: _tls(access).accepts(HOST, 443, "TLSv1.2"),
    "protocols of TLS": lambda access, _: _protocols(access).survey_all(HOST),
    "protocols of one address": lambda access, port: _protocols(access).survey(
        HOST, 443, Address("127.0.0.1", port)
    ),
    "certificates": lambda access, _: _certificates(access).observe_all(HOST),
    "certificates of one address": lambda access, port: _certificates(access).observe(
        HOST, 443, Address("127.0.0.1", port)
    ),
    "name server": lambda access, port: DnsProbe(access.book, deadline=0.3).query(
        Nameserver(name="ns1", address=f"127.0.0.1:{port}"), "zone.test", "SOA"
    ),
    "walk to a zone": lambda access, port: _walk(access, "127.0.0.1", port),
    "port": lambda access, port: PortProbe(
        access.guard.permit_connection, deadline=0.5, at_once=1
    ).observe("stranger", "ssh", Address("127.0.0.1", port)),
    "database": lambda access, port: _session(access, f"postgresql://a:b@127.0.0.1:{port}/x"),
    "database by keywords": lambda access, port: _session(access, f"host=127.0.0.1 port={port} user=a"),
    "database by its address": lambda access, port: _session(
        access, f"host=127.0.0.1 hostaddr=127.0.0.1 port={port} user=a"
    ),
    "cache": lambda access, port: _redis(access, f"redis://:secret@127.0.0.1:{port}/0"),
    "WebSocket": lambda access, _: WebSocketProbe(access).open(f"ws://{HOST}:443/", deadline=0.5),
    "Socket.IO": lambda access, _: SocketIoProbe(access, f"http://{HOST}:443").connect(None, deadline=0.5),
    "HTTP": lambda access, _: HttpProbe(access).get(f"http://{HOST}:443/"),
    "message by HTTP": lambda access, _: _message(access, f"json://{HOST}:443/", f"{HOST}:443"),
    "message by SMTP": lambda access, _: _message(
        access, f"mailto://a:b@{HOST}:443?from=a@x.test&to=b@x.test&smtp={HOST}&mode=insecure", f"{HOST}:443"
    ),
}  # fmt: skip
"""Name to what knocks at the listener, either by its address or as ``stranger.test:443``."""


def access_for(port: int, *hosts: str, mapped: str = f"{HOST}:443") -> Access:
    """A profile that allows ``hosts``, where a name leads to the listener."""
    allowed = AllowedHost(methods=("GET", "HEAD", "OPTIONS", "POST"))
    guard = Guard(Allow(effects=(Effect.READ, Effect.WRITE), hosts=dict.fromkeys(hosts, allowed)))
    book = AddressBook(Network(addresses={mapped: (f"127.0.0.1:{port}",)}), guard.permit_connection)
    return Access(guard, book, TlsContexts(Trust()), HostLimits(Limits()), 0.5, 0.5)


TURNS = 10
"""Of the loop, more than enough: a probe that only connects has ended before the listener hears of it."""


def knock(at: Knock, *hosts: Callable[[int], str], mapped: str = f"{HOST}:443") -> tuple[Listener, Exception]:
    """Let a probe knock where a profile allows ``hosts``; return what arrived, and how it ended."""

    async def go() -> tuple[Listener, Exception]:
        async with listening() as listener:
            access = access_for(listener.port, *(host(listener.port) for host in hosts), mapped=mapped)
            ended: Exception = Exception("no error")
            try:
                await at(access, listener.port)
            except (ProbeError, Blind) as error:
                ended = error
            for _ in range(TURNS):
                await asyncio.sleep(0)
            return listener, ended

    return asyncio.run(go())


@pytest.mark.usefixtures("writing")
@pytest.mark.parametrize("name", PROBES)
def test_a_probe_reaches_what_is_allowed(name: str) -> None:
    listener, error = knock(PROBES[name], lambda _: HOST, lambda port: f"127.0.0.1:{port}")
    assert listener.log
    assert not isinstance(error, Refused)


@pytest.mark.usefixtures("writing")
@pytest.mark.parametrize("name", PROBES)
def test_a_probe_does_not_reach_a_host_that_is_not_allowed(name: str) -> None:
    listener, error = knock(PROBES[name], lambda _: "another.test")
    assert listener.log == []
    assert isinstance(error, Refused)
    assert "allow.hosts" in error.remedy


@pytest.mark.usefixtures("writing")
@pytest.mark.parametrize("name", PROBES)
def test_a_probe_does_not_reach_another_port_of_a_host_that_is_allowed(name: str) -> None:
    listener, error = knock(PROBES[name], lambda _: f"{HOST}:8443", lambda _: "127.0.0.1")
    assert listener.log == []
    assert isinstance(error, Refused)
    assert re.search(r'allow\.hosts\."[^"]+:\d+"', error.remedy) or "host is not allowed" in error.message


@pytest.mark.parametrize(
    "dsn",
    [
        "postgresql://a:b@db.internal,127.0.0.1:{port}/x",
        "postgresql://a:b@db.internal/x?hostaddr=127.0.0.1&port={port}",
        "postgresql://a:b@db.internal:5432,127.0.0.1:{port}/x",
        "service=other",
    ],
)
def test_every_host_of_a_connection_string_is_asked_about(dsn: str) -> None:
    """Several hosts, an address beside an allowed name, a file that names the host."""
    listener, error = knock(
        lambda access, port: _session(access, dsn.format(port=port)), lambda _: "db.internal"
    )
    assert listener.log == []
    assert isinstance(error, Refused | Blind)


def test_what_the_environment_says_of_the_database_is_asked_about(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGHOSTADDR", "127.0.0.1")
    listener, error = knock(
        lambda access, port: _session(access, f"host=db.internal port={port}"), lambda _: "db.internal"
    )
    assert (listener.log, type(error)) == ([], Refused)


@pytest.mark.parametrize("dsn", ["postgresql:///x?host=/run/postgresql", "dbname=x"])
def test_a_local_socket_of_a_database_leaves_no_machine(dsn: str) -> None:
    listener, error = knock(lambda access, _: _session(access, dsn))
    assert listener.log == []
    assert not isinstance(error, Refused)


def test_a_database_and_a_cache_have_their_usual_ports_open_where_their_host_is_allowed() -> None:
    guard = access_for(1, "db.internal", "cache.internal:6380").guard
    guard.permit_connection("db.internal", 5432, usual={5432})
    guard.permit_connection("cache.internal", 6380, usual={6379})
    for host, port, usual in (("db.internal", 6379, 5432), ("cache.internal", 6379, 6379)):
        with pytest.raises(Refused):
            guard.permit_connection(host, port, usual={usual})


def test_a_cache_s_host_in_the_query_of_its_url_is_asked_about() -> None:
    listener, error = knock(
        lambda access, port: _redis(access, f"redis://:secret@/0?host=127.0.0.1&port={port}"),
        lambda _: "cache.internal",
    )
    assert (listener.log, type(error)) == ([], Refused)


def test_a_zone_that_names_an_inside_server_leads_nobody_there() -> None:
    """A delegation's addresses are somebody else's words: only public ones are asked, or declared ones."""
    asked: list[str] = []

    async def go() -> None:
        loop = asyncio.get_running_loop()
        if True:

            class Delegating(asyncio.DatagramProtocol):
                def connection_made(self, transport: asyncio.BaseTransport) -> None:
                    self.transport = transport

                def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
                    asked.append("parent")
                    answer = dns.message.make_response(dns.message.from_wire(data))
                    answer.authority = [dns.rrset.from_text("test.", 60, "IN", "NS", "ns.inside.test.")]
                    answer.additional = [dns.rrset.from_text("ns.inside.test.", 60, "IN", "A", "10.0.0.53")]
                    self.transport.sendto(answer.to_wire(), address)  # type: ignore[attr-defined]

            transport, _ = await loop.create_datagram_endpoint(Delegating, local_addr=("127.0.0.1", 0))
            port = transport.get_extra_info("sockname")[1]
            guard = Guard(Allow(hosts={}), ours=[("127.0.0.1", port)])
            book = AddressBook(Network(), guard.permit_connection)
            start = [Nameserver(name="parent", address=f"127.0.0.1:{port}")]
            try:
                with pytest.raises(Refused, match=r"10\.0\.0\.53"):
                    await Walk(book, start, 1.0).delegation("zone.test")
            finally:
                transport.close()

    asyncio.run(go())
    assert asked


def test_nobody_opens_a_connection_of_their_own_without_asking() -> None:
    """Modules that dial are few and known: each asks the guard, or its caller does. Add a new one here."""
    dials = re.compile(
        r"open_connection\(|create_connection\(|create_datagram_endpoint\(|socket\.socket\("
        r"|asyncquery\.(?:udp|tcp)|AsyncConnection\.connect|redis\.from_url|_Connect\(|connect_tcp\("
    )
    folder = Path(__file__).parents[2] / "src" / "golive"
    texts = {str(path.relative_to(folder)): path.read_text("utf-8") for path in folder.rglob("*.py")}
    found = {name for name, text in texts.items() if dials.search(text)}
    assert found == {
        "tls/clock_survey.py",  # hosts of which the guard permits a HEAD, and control targets
        "net/control.py",  # the profile's control targets alone, and nothing is sent
        "cdn/fixtures.py",  # asks the system which address it would send from; sends nothing
        "configuration/probe_credentials.py",
        "dns/probe.py",
        "dns/exchange.py",  # asked by the walk and the survey: AddressBook.servers, permit
        "net/transport/dialling.py",
        "fleet/probe_ports.py",
        "database/probe.py",
        "tls/probe.py",
        "tls/probe_hello.py",  # asked by the survey and the certificate probe
        "tls/probe_sessions.py",  # likewise
        "tls/probe_protocols.py",
        "realtime/probe_websocket.py",
    }
