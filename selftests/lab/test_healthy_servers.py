"""No false alarm: real servers, as they come and as Mozilla recommends, raise nothing that blocks."""

import sys
from pathlib import Path

import pytest

from golive.rules.cases import expect_no_blocking_case
from selftests.lab.real_servers import SERVERS, RealServer
from selftests.lab.well import look_at

TRUE_OF_THEM = {"P03", "P11", "P19", "P23", "H05", "H07", "H20"}
"""Advisory cases that the servers have indeed: see docs/reference/network-cases.md."""
TRUE_OF_STRICT = {"P19", "P23", "H05", "H20"}


def test_which_servers_are_here(capsys: pytest.CaptureFixture[str]) -> None:
    here = [server.title() for server in SERVERS if server.program]
    absent = [server.name for server in SERVERS if not server.program]
    with capsys.disabled():
        sys.stdout.write(f"\nrun: {', '.join(here)}; not installed: {', '.join(absent) or 'none'}\n")
    assert here


@pytest.mark.parametrize("certificate", ["RSA", "ECDSA"])
@pytest.mark.parametrize("server", SERVERS, ids=[server.name for server in SERVERS])
def test_a_healthy_server_raises_no_alarm(server: RealServer, certificate: str, tmp_path: Path) -> None:
    if server.program is None:
        pytest.skip(f"{server.name.split()[0]} is not installed")
    reports = look_at(server, tmp_path, rsa=certificate == "RSA")
    expect_no_blocking_case(reports)
    advisory = {case for report in reports for case, word in report.verdicts().items() if word != "ok"}
    assert advisory <= (TRUE_OF_STRICT if server.strict else TRUE_OF_THEM), [
        report.facts() for report in reports
    ]
