"""``python -m benchmarks.network``: golive's own look at a host and a zone, and other programs', on one lab.

Every case's lab host is served once and looked at by golive and by every program that is installed, in one
run; then the healthy real servers. golive must name the case's own id; a program catches a case when it flags
anything that it does not flag at the lab's healthy host, which is generous. A false alarm is whatever blocks
(golive), does not comply, fails, or is MEDIUM and worse, at a real server that is well. Where a program comes
to no result at all, as at most servers that only answer a ClientHello by hand, that is said apart. Far away
is a delaying proxy before the server, so a figure includes the proxy.
"""

import argparse
import asyncio
import os
import socket
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding

from benchmarks import zones
from benchmarks.peers import Blackbox, Seen, Sslyze, Target, Testssl
from golive.http.rules import HTTP_CASES
from golive.rules.cases import CaseReport
from golive.tls.rules_certificates import CERTIFICATE_CASES
from golive.tls.rules_protocols import PROTOCOL_CASES
from rehearsal.lab.authority import rsa_key
from rehearsal.lab.certificate_hosts import CertificateHost, Lab
from rehearsal.lab.far import far_away
from rehearsal.lab.http_hosts import HEALTHY as WELL
from rehearsal.lab.http_hosts import HOSTS as HTTP_HOSTS
from rehearsal.lab.http_hosts import HttpHost
from rehearsal.lab.protocol_hosts import HEALTHY as PROTOCOL_WELL
from rehearsal.lab.protocol_hosts import HOSTS as PROTOCOL_HOSTS
from rehearsal.lab.serving import serving
from selftests.lab.certificates import STAPLED
from selftests.lab.openssl import s_server
from selftests.lab.protocols import REAL
from selftests.lab.real_servers import SERVERS, Ports, RealServer, nginx_speaking
from selftests.lab.well import survey

Look = Callable[[Target], Awaitable[Seen]]
LAB = Lab()
ROUND_TRIP = 0.03
_NOT_SHOWN = {
    "P22": "a closed port",
    "T18": "a list that is fetched by name",
    "T26": "several addresses",
    "T29": "a public authority",
}
"""Cases that no single port of loopback shows alike; docs/reference/network-cases.md has them."""

_ANY = "ssl_ciphers ALL:@SECLEVEL=0;"
_SPOKEN = {
    "": "ssl_protocols TLSv1.2 TLSv1.3;",
    "P01": f"ssl_protocols TLSv1 TLSv1.2; {_ANY}",
    "P02": f"ssl_protocols TLSv1.1 TLSv1.2; {_ANY}",
    "P03": "ssl_protocols TLSv1.2;",
    "P05": "ssl_protocols TLSv1.2; ssl_ciphers ECDHE+SHA1:ECDHE+SHA256:@SECLEVEL=0;",
    "P06": "ssl_protocols TLSv1.2; ssl_ciphers NULL-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256:eNULL:@SECLEVEL=0;",
    "P07": "ssl_protocols TLSv1.2; ssl_ciphers aNULL:ECDHE:@SECLEVEL=0;",
    "P13": f"ssl_protocols TLSv1.2 TLSv1.3; ssl_ecdh_curve X25519:P-256:P-224:P-192; {_ANY}",
    "P18": "ssl_protocols TLSv1.2 TLSv1.3; ssl_early_data on;",
}
"""Case to the directives that make nginx have it. Where nginx is not installed, and for the other cases, the
host is openssl s_server, which serves one connection after the other: a program of many connections waits."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.network", description=__doc__)
    parser.add_argument("--cases", default="", help="comma-separated ids; all by default")
    parser.add_argument("--without", default="", help="comma-separated programs that are left out")
    parser.add_argument("--sslyze", default=os.environ.get("SSLYZE"), help="path of sslyze's own program")
    parser.add_argument(
        "--real", type=int, default=len(SERVERS), help="how many real servers are looked at; all by default"
    )
    chosen = parser.parse_args(arguments)
    wanted = {name for name in chosen.cases.split(",") if name}
    without = {name for name in chosen.without.split(",") if name}
    with tempfile.TemporaryDirectory(prefix="golive-network-") as folder:
        if not wanted or any(not name.startswith("D") for name in wanted):
            asyncio.run(_hosts(Path(folder), wanted, without, chosen.sslyze, chosen.real))
        if not wanted or any(name.startswith("D") for name in wanted):
            zones.measure(Path(folder), {name for name in wanted if name.startswith("D")}, without, _say)
    return 0


async def _hosts(folder: Path, wanted: set[str], without: set[str], sslyze: str | None, real: int) -> None:
    blackbox = Blackbox()
    programs = (Testssl(), Sslyze(sslyze), blackbox)
    for program in programs:
        if program.program is None:
            _say(f"{program.name}: not installed, not compared")
    there = [program for program in programs if program.program and program.name not in without]
    roots = folder / "roots.pem"
    roots.write_bytes(LAB.root.certificate.public_bytes(Encoding.PEM))
    peers: dict[str, Look] = {program.name: program.look for program in there}
    async with AsyncExitStack() as stack:
        if blackbox in there:
            await stack.enter_async_context(blackbox.running(roots, _free_port()))
        # At a lab host that offers no session, or no pages, the rest of the look still counts.
        tolerant = {"golive": partial(_golive, tolerant=True), **peers}
        await _compare(tolerant, folder, roots, wanted)
        servers = [server for server in SERVERS if server.program][:real]
        await _well({"golive": partial(_golive, tolerant=False), **peers}, folder, roots, servers)


async def _golive(target: Target, *, tolerant: bool) -> Seen:
    reports: list[CaseReport] = await survey(
        Ports(target.secure, target.plain),
        target.roots,
        strict=target.strict,
        http=target.http,
        tolerant=tolerant,
    )
    found = frozenset(finding.case for report in reports for finding in report.findings)
    alarms = (case for report in reports for case, word in report.verdicts().items() if word == "failed")
    return Seen(found, frozenset(alarms), blind=not reports)


async def _compare(lookers: dict[str, Look], folder: Path, roots: Path, wanted: set[str]) -> None:
    baseline: dict[tuple[str, str], frozenset[str]] = {}
    detected: defaultdict[str, set[str]] = defaultdict(set)
    blind: defaultdict[str, set[str]] = defaultdict(set)
    times: defaultdict[str, list[float]] = defaultdict(list)
    cases = [case.id for case in (*CERTIFICATE_CASES, *PROTOCOL_CASES, *HTTP_CASES)]
    asked = [name for name in cases if (not wanted or name in wanted) and name not in _NOT_SHOWN]
    kinds = sorted({_kind(name) for name in asked})
    for name in ("", *asked):
        for kind in kinds if not name else (_kind(name),):
            async with _served(name, kind, folder) as (secure, plain, trusted):
                target = Target(secure, plain, trusted or roots)
                for looker, look in lookers.items():
                    began = time.perf_counter()
                    seen = await look(target)
                    times[looker].append(time.perf_counter() - began)
                    if seen.blind:
                        blind[looker].add(name or f"the healthy one of {kind}")
                    if not name:
                        baseline[looker, kind] = seen.flags
                    elif name in seen.flags if looker == "golive" else seen.flags - baseline[looker, kind]:
                        detected[looker].add(name)
                _say(
                    f"  {name or 'well'} {kind}: {', '.join(who for who in lookers if name in detected[who])}"
                )
    _say(f"left out: {', '.join(f'{name} ({why})' for name, why in _NOT_SHOWN.items())}")
    _say(f"{len(asked)} cases of TLS and HTTP; seconds for each host are medians")
    for looker in lookers:
        missed = [name for name in asked if name not in detected[looker] | blind[looker]]
        _say(
            f"  {looker:<18} detected {len(detected[looker]):>3}  {_middle(times[looker])} s a host"
            f"  missed {' '.join(missed) or 'none'}; no result at {' '.join(sorted(blind[looker])) or 'none'}"
        )


async def _well(lookers: dict[str, Look], folder: Path, roots: Path, servers: Sequence[RealServer]) -> None:
    if not servers:
        return
    alarms: defaultdict[str, list[str]] = defaultdict(list)
    said: defaultdict[str, set[str]] = defaultdict(set)
    near: defaultdict[str, list[float]] = defaultdict(list)
    far: defaultdict[str, list[float]] = defaultdict(list)
    for server in servers:
        for rsa in (True, False):
            leaf = LAB.healthy(key=rsa_key(2048)) if rsa else LAB.healthy()
            async with server.running(leaf.write(folder), folder) as ports:
                plain, http = ports.plain or ports.secure, server.serves_http
                target = Target(ports.secure, plain, roots, strict=server.strict, http=http)
                for looker, look in lookers.items():
                    began = time.perf_counter()
                    seen = await look(target)
                    near[looker].append(time.perf_counter() - began)
                    if seen.alarms or seen.blind:
                        alarms[looker].append(server.name)
                        said[looker] |= seen.alarms or {"no result"}
                    if not http or (looker == "testssl.sh" and far[looker]):
                        continue
                    async with (
                        far_away(ports.secure, ROUND_TRIP) as there,
                        far_away(ports.plain, ROUND_TRIP) as too,
                    ):
                        began = time.perf_counter()
                        await look(replace(target, secure=there, plain=too))
                        far[looker].append(time.perf_counter() - began)
    _say(f"{2 * len(servers)} healthy real servers ({', '.join(server.title() for server in servers)})")
    for looker in lookers:
        _say(
            f"  {looker:<18} alarms at {len(alarms[looker]):>2}  {_middle(near[looker])} s a host,"
            f" {_middle(far[looker])} s at {ROUND_TRIP * 1000:.0f} ms"
            f"  {', '.join(sorted(set(alarms[looker])))}"
        )
        for words in sorted(said[looker]):
            _say(f"    {words}")


@asynccontextmanager
async def _served(name: str, kind: str, folder: Path) -> AsyncIterator[tuple[int, int, Path | None]]:
    """Ports of a case's host, or of a healthy one of that kind; and its own roots where it has any."""
    web = HTTP_HOSTS.get(name, WELL) if kind == "H" else WELL
    async with serving(web.plain()) as plain:
        speaking = nginx_speaking(_SPOKEN.get(name, ""))
        if kind == "P" and name in _SPOKEN and speaking.program:
            async with speaking.running(LAB.healthy().write(folder), folder) as ports:
                yield ports.secure, ports.plain, None
        elif kind == "P":
            options = REAL[name] if name else ("-alpn", "h2,http/1.1")
            async with s_server(LAB.healthy().write(folder), *options) as port:
                yield port, plain, None
        elif kind == "by hand":
            async with serving(PROTOCOL_HOSTS.get(name, PROTOCOL_WELL)) as port:
                yield port, plain, None
        else:
            well = LAB.listed() if kind == "stapled" else LAB.healthy()
            host = LAB.host(name) if name and kind != "H" else well
            async with _certificate_host(host, web, folder) as port:
                trusted = folder / "own-roots.pem"
                trusted.write_bytes(host.trusted.certificate.public_bytes(Encoding.PEM))
                yield port, plain, trusted


@asynccontextmanager
async def _certificate_host(host: CertificateHost, web: HttpHost, folder: Path) -> AsyncIterator[int]:
    if host.staple is not None:
        file = folder / "staple.der"
        file.write_bytes(host.staple)
        async with s_server(host.write(folder), "-status_file", str(file)) as port:
            yield port
        return
    # Of several addresses a program is shown the bad one.
    async with serving(web.secure(), host.context(folder, host.second_address)) as port:
        yield port


def _middle(seconds: Sequence[float]) -> str:
    return f"{statistics.median(seconds):6.2f}"


def _kind(name: str) -> str:
    """What sort of server has a case: it is compared with a healthy one of the same sort."""
    if name in STAPLED:
        return "stapled"
    return "by hand" if name.startswith("P") and name not in REAL else name[0]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
