"""How a person opens a running rehearsal: addresses, accounts, and a browser that trusts this run only."""

from __future__ import annotations

import base64
import hashlib
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from rehearsal.stack.facts import Facts
from rehearsal.stack.network.ports import LOOPBACK
from rehearsal.stack.plan import API_HOST, APP_HOST, PUBLIC_HOSTS
from rehearsal.stack.run_directory import RunDirectory

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CERTUTIL_LIMIT_SECONDS = 10


def visitor_guide(facts: Facts, run: RunDirectory) -> str:
    """Text for a terminal. Creates a browser profile in the run's directory."""
    accounts = [f"  {account.email:<34} {account.password}   ({account.role})" for account in facts.accounts]
    https = facts.fleet.edge["https"]
    resolve = f"--connect-to ::{LOOPBACK}:{https} --cacert {facts.certificates.root}"
    return "\n".join(
        [
            f"Audotics rehearsal, release {facts.plan.release.version} ({facts.plan.release.commit[:12]})",
            "",
            "Open in a browser that resolves and trusts this run:",
            f"  {browser_command(facts, run)}",
            "",
            "Ask from a shell:",
            f"  curl {resolve} https://{API_HOST}/health",
            *(f"  {name}: http://{LOOPBACK}:{port}" for name, port in facts.fleet.replicas.items()),
            *(f"  {name}: {LOOPBACK} port {port}" for name, port in facts.nameserver_ports.items()),
            *_monitoring(facts.monitoring),
            "",
            "Accounts:",
            *accounts,
            "",
            "Ctrl-C ends it.",
        ]
    )


def _monitoring(facts: dict[str, Any]) -> list[str]:
    if "prometheus" not in facts:
        return []
    return [f"  Prometheus, which starts when you open it: {facts['prometheus']}"]


def browser_command(facts: Facts, run: RunDirectory) -> str:
    """A Chromium command line, ready to paste."""
    program = next((name for name in BROWSERS if shutil.which(name)), BROWSERS[0])
    home = run.subdirectory("browser")
    rules = ", ".join(
        f"MAP {host}:{port} {LOOPBACK}:{ours}"
        for host in PUBLIC_HOSTS
        for port, ours in ((443, facts.fleet.edge["https"]), (80, facts.fleet.edge["http"]))
    )
    words = [
        f"HOME={shlex.quote(str(home))}",
        program,
        shlex.quote(f"--user-data-dir={home / 'profile'}"),
        shlex.quote(f"--host-resolver-rules={rules}"),
        *([] if _trust_in_home(home, facts.certificates.root) else [shlex.quote(_trust_by_key(facts))]),
        "--no-first-run",
        f"https://{APP_HOST}/",
    ]
    return " ".join(words)


def _trust_in_home(home: Path, root: Path) -> bool:
    """Put the root into an NSS database below `home`; false when certutil is not there."""
    certutil = shutil.which("certutil")
    if certutil is None:
        return False
    database = home / ".pki" / "nssdb"
    database.mkdir(parents=True)
    for arguments in (
        ["-N", "--empty-password"],
        ["-A", "-n", "Audotics Rehearsal", "-t", "C,,", "-i", str(root)],
    ):
        subprocess.run(
            [certutil, "-d", f"sql:{database}", *arguments],
            check=True,
            capture_output=True,
            timeout=CERTUTIL_LIMIT_SECONDS,
        )
    return True


def _trust_by_key(facts: Facts) -> str:
    """Chromium's flag for the keys of this run: for a person's eyes only, it does not check names."""
    digests = []
    for served in facts.certificates.by_host.values():
        leaf = x509.load_pem_x509_certificates(served.chain.read_bytes())[0]
        key = leaf.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        digests.append(base64.b64encode(hashlib.sha256(key).digest()).decode())
    return f"--ignore-certificate-errors-spki-list={','.join(digests)}"
