"""The protocol family: lab hosts served, looked at and judged."""

import asyncio
from datetime import timedelta
from functools import partial
from pathlib import Path

from golive.net.address import Address
from golive.net.addresses import AddressBook
from golive.net.tls.context import TlsContexts
from golive.profile.profile import Network, Trust
from golive.rules.cases import CaseReport
from golive.tls.observation_protocols import ProtocolSurvey
from golive.tls.probe_protocols import ProtocolProbe
from golive.tls.rules_protocols import PROTOCOL_CASES, judge_protocols
from golive.tls.suites import CipherProfile
from rehearsal.lab.protocol_hosts import HEALTHY, HOSTS
from rehearsal.lab.serving import Handler, serving
from selftests.examples.probe_loopback import HOST, pki
from selftests.lab.family import Family, LabHost
from selftests.lab.openssl import s_server

REAL: dict[str, tuple[str, ...]] = {
    "P01": ("-cipher", "ALL:@SECLEVEL=0", "-tls1"),
    "P02": ("-cipher", "ALL:@SECLEVEL=0", "-tls1_1"),
    "P03": ("-tls1_2",),
    "P05": ("-cipher", "ECDHE+SHA1:ECDHE+SHA256:@SECLEVEL=0", "-tls1_2"),
    "P06": (
        "-cipher",
        "NULL-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256:eNULL:@SECLEVEL=0",
    ),
    "P07": ("-cipher", "aNULL:ECDHE:@SECLEVEL=0"),
    "P15": ("-client_renegotiation",),
    "P18": ("-early_data", "-max_early_data", "1000"),
    "P19": (),
    "P20": ("-Verify", "1", "-verify_return_error"),
    "P13": ("-curves", "X25519:P-256:P-224:P-192", "-cipher", "ALL:@SECLEVEL=0"),
    "P23": (),
}
"""Case to the options of openssl s_server that bring it about."""


async def survey_at(
    port: int, deadline: float = 3.0, *, host: str = HOST, allowed: CipherProfile | None = None
) -> ProtocolSurvey:
    """What is spoken at a port of loopback."""
    network = Network(connect_deadline=timedelta(seconds=1))
    probe = ProtocolProbe(AddressBook(network), TlsContexts(Trust()), deadline=deadline, allowed=allowed)
    return await probe.survey(host, 443, Address("127.0.0.1", port))


def survey(handler: Handler) -> ProtocolSurvey:
    """What a server of the lab speaks."""

    async def look() -> ProtocolSurvey:
        async with serving(handler) as port:
            return await survey_at(port)

    return asyncio.run(look())


def survey_openssl(folder: Path, *options: str, allowed: CipherProfile | None = None) -> ProtocolSurvey:
    """What openssl s_server speaks with these options."""
    trust = pki(folder)
    trust.context()
    file = next(file for file in folder.glob("*.pem") if file.name != "roots.pem")

    async def look() -> ProtocolSurvey:
        async with s_server(file, *options) as port:
            return await survey_at(port, allowed=allowed)

    return asyncio.run(look())


def _by_hand(case: str, _: Path) -> CaseReport:
    return judge_protocols([survey(HOSTS[case])])


def _real(case: str, folder: Path) -> CaseReport:
    return judge_protocols([survey_openssl(folder, *REAL[case])])


def _closed(_: Path) -> CaseReport:
    return judge_protocols([asyncio.run(survey_at(1))])


FAMILY = Family(
    "Protocol",
    PROTOCOL_CASES,
    [
        *(
            LabHost(case, "a server that answers a ClientHello by hand", partial(_by_hand, case))
            for case in sorted(HOSTS)
        ),
        *(
            LabHost(case, f"openssl s_server {' '.join(REAL[case])}".strip(), partial(_real, case))
            for case in sorted(REAL)
        ),
        LabHost("P22", "nobody listens", _closed),
    ],
    [LabHost("", "TLS 1.2 with AEAD and TLS 1.3", lambda _: judge_protocols([survey(HEALTHY)]))],
)
