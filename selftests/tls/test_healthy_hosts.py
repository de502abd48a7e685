"""No false alarm: correct TLS hosts whose keys, groups, versions and ages are not everybody's."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from golive.rules.cases import CaseReport, expect_no_blocking_case
from golive.tls.rules_protocols import judge_protocols
from rehearsal.lab.authority import intermediate, issue, root, rsa_key
from selftests.lab.openssl import PROGRAM, s_server
from selftests.lab.protocols import survey_at

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="openssl is not installed")

KEYS: dict[str, Any] = {
    "P-256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "P-384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "P-521": lambda: ec.generate_private_key(ec.SECP521R1()),
    "RSA 2048": lambda: rsa_key(2048),
    "RSA 3072": lambda: rsa_key(3072),
}


def judged(folder: Path, key: str, *options: str) -> CaseReport:
    """The protocol cases of openssl s_server with a key of that kind."""
    middle = intermediate(root())
    leaf = issue("Lab leaf", middle, key=KEYS[key]())
    file = folder / "host.pem"
    file.write_bytes(leaf.pem() + middle.certificate.public_bytes(Encoding.PEM))

    async def look() -> CaseReport:
        async with s_server(file, *options) as port:
            return judge_protocols([await survey_at(port)])

    return asyncio.run(look())


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("version", ["", "-tls1_2", "-tls1_3"], ids=["both", "tls1.2", "tls1.3"])
def test_a_key_of_any_kind_is_seen_through(key: str, version: str, tmp_path: Path) -> None:
    report = judged(tmp_path, key, *([version] if version else []))
    expect_no_blocking_case(report)
    assert "unknown" not in report.verdicts().values(), report.facts()


@pytest.mark.parametrize("group", ["X25519", "P-256", "P-384", "P-521", "P-384:P-256", "X448:P-384"])
@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
def test_a_server_of_one_group_is_seen_through(group: str, version: str, tmp_path: Path) -> None:
    report = judged(tmp_path, "RSA 2048", version, "-curves", group)
    expect_no_blocking_case(report)
    assert "unknown" not in report.verdicts().values(), report.facts()


@pytest.mark.parametrize("cipher", ["ECDHE-RSA-CHACHA20-POLY1305", "ECDHE-RSA-AES256-GCM-SHA384"])
def test_a_server_of_one_cipher_is_seen_through(cipher: str, tmp_path: Path) -> None:
    report = judged(tmp_path, "RSA 2048", "-tls1_2", "-cipher", cipher)
    expect_no_blocking_case(report)
    assert "unknown" not in report.verdicts().values(), report.facts()


@pytest.mark.parametrize("options", [("-tls1_2",), ("-tls1_3",), ("-tls1_2", "-curves", "P-384")])
def test_renegotiation_is_found_at_any_of_them(options: tuple[str, ...], tmp_path: Path) -> None:
    report = judged(tmp_path, "P-384", "-client_renegotiation", *options)
    wanted = "ok" if "-tls1_3" in options else "failed"  # TLS 1.3 knows none (RFC 8446, 4.1.2)
    assert report.verdicts()["P15"] == wanted, report.facts()


def test_early_data_is_found_at_a_server_of_another_group(tmp_path: Path) -> None:
    options = ("-tls1_3", "-curves", "P-384", "-early_data", "-max_early_data", "1000")
    assert judged(tmp_path, "P-384", *options).verdicts()["P18"] == "advisory"
