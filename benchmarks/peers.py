"""Other programs that look at TLS, HTTP and DNS: what each flags at a host. Run as programs, never imported.

What a program flags is a set of short words. A case counts as detected by it when it flags anything at the
case's host that it does not flag at the healthy host of the same kind: that is generous, since it need not
have named the case. Fewer of its words are alarms: what it calls wrong, and not what it only mentions.
"""

import asyncio
import json
import re
import shutil
import signal
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from rehearsal.lab.authority import HOST
from rehearsal.stack.processes import dies_with_parent

_PATH = "/usr/bin:/usr/sbin:/usr/local/bin"
_LONGEST = 300.0


@dataclass(frozen=True, slots=True)
class Target:
    """A host of the lab on loopback, under the lab's name."""

    secure: int
    plain: int
    roots: Path
    strict: bool = True
    """Whether it is configured after Mozilla's intermediate recommendation."""
    http: bool = True
    """Whether it has pages of its own."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a program said of a host."""

    flags: frozenset[str] = frozenset()
    """Everything that it does not say of a host that is well."""
    alarms: frozenset[str] = frozenset()
    """What it calls wrong."""
    blind: bool = False
    """Whether it came to no result at all."""


async def output(*command: str) -> str:
    """What a program prints, however it ends; ended itself after five minutes."""
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(_LONGEST):
            said, _ = await process.communicate()
        return said.decode(errors="replace")
    except TimeoutError:
        return ""
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


class Testssl:
    """testssl.sh: protocols, ciphers, defaults, headers, renegotiation; LOW and worse, alarms from MEDIUM."""

    name = "testssl.sh"

    def __init__(self) -> None:
        self.program = shutil.which("testssl", path=_PATH) or shutil.which("testssl.sh", path=_PATH)

    async def look(self, target: Target) -> Seen:
        """Its findings, an id and how grave each."""
        assert self.program
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "said.json"
            await output(
                self.program, "--quiet", "--color", "0", "--warnings", "off", "--severity", "LOW",
                "--openssl-timeout", "5", "--connect-timeout", "5", "--ip", "127.0.0.1",
                "--add-ca", str(target.roots), "--jsonfile", str(file),
                "-p", "-s", "-f", "-S", "-h", "-R", "-C", f"{HOST}:{target.secure}",
            )  # fmt: skip
            try:
                said = json.loads(file.read_text(encoding="utf-8", errors="replace"))
            except (OSError, ValueError):
                return Seen(blind=True)
        grades = {(str(entry["id"]), str(entry["severity"])) for entry in said}
        wrong = {
            (name, grade) for name, grade in grades if name not in _NOT_THE_HOSTS and grade not in _NO_ALARM
        }
        return Seen(_graded(grades), _graded(wrong))


def _graded(findings: set[tuple[str, str]]) -> frozenset[str]:
    return frozenset(f"{name}: {grade}" for name, grade in findings)


_NO_ALARM = {"LOW", "WARN"}
"""WARN is what it could not find out."""
_NOT_THE_HOSTS = {"cert_revocation", "engine_problem"}
"""The lab's certificates name no public list, and Debian's OpenSSL has no GOST: neither is a host's fault."""


class Sslyze:
    """sslyze against Mozilla's profiles, with certificates and HTTP headers.

    A server that does not follow the intermediate profile is held against "old". What the lab's root is to
    the public stores is no alarm.
    """

    name = "sslyze"

    def __init__(self, program: str | None) -> None:
        self.program = program or shutil.which("sslyze")

    async def look(self, target: Target) -> Seen:
        """What is not compliant, and what of the certificate it calls failed."""
        assert self.program
        said = await output(
            self.program,
            f"--certinfo_ca_file={target.roots}",
            f"--mozilla_config={'intermediate' if target.strict else 'old'}",
            "--certinfo",
            "--http_headers",
            "--reneg",
            "--compression",
            "--early_data",
            "--ems",
            f"{HOST}:{target.secure}{{127.0.0.1}}",
        )
        seen, _, compliance = said.partition("COMPLIANCE AGAINST")
        if not compliance:
            return Seen(blind=True)
        wrong = [line for line in compliance.splitlines() if line.strip().startswith("* ")]
        wrong += [line for line in seen.splitlines() if any(sign in line for sign in _SSLYZE_WRONG)]
        told = [line for line in seen.splitlines() if any(sign in line for sign in _SSLYZE_TOLD)]
        return Seen(_words([*wrong, *told]), _words(wrong))


_SSLYZE_WRONG = ("VULNERABLE -", "Supplied CA file CA Store (N/A):   FAILED")
_SSLYZE_TOLD = ("FAILED", "INVALID", "NOT OK", "NOT supported", "NOT SUPPORTED", "NOT found")


def _words(lines: list[str]) -> frozenset[str]:
    return frozenset(re.sub(r"[\d.]+", "0", line.strip()) for line in lines)


_MODULES = """modules:
  strict:
    prober: http
    timeout: 4s
    http: &strict
      fail_if_not_ssl: true
      valid_status_codes: [200]
      fail_if_body_matches_regexp:
        - '(src|action|content|srcset|url\\()[^>]*http://'
        - '<(link|base)[^>]*http://'
        - 'ws://'
      fail_if_header_not_matches:
        - {header: Strict-Transport-Security, regexp: 'max-age=[0-9]{8,}; includeSubDomains'}
        - {header: Content-Security-Policy, regexp: '.'}
        - {header: Set-Cookie, regexp: 'HttpOnly', allow_missing: true}
        - {header: Server, regexp: '^[^0-9]*$', allow_missing: true}
      fail_if_header_matches: [{header: Content-Security-Policy, regexp: 'unsafe-', allow_missing: true}]
      tls_config: {ca_file: ROOTS, server_name: HOST}
  well:
    prober: http
    timeout: 4s
    http:
      fail_if_not_ssl: true
      tls_config: {ca_file: ROOTS, server_name: HOST}
  old:
    prober: http
    timeout: 4s
    http:
      tls_config: {insecure_skip_verify: true, server_name: HOST, min_version: TLS10, max_version: TLS11}
  new:
    prober: http
    timeout: 4s
    http:
      tls_config: {insecure_skip_verify: true, server_name: HOST, min_version: TLS13}
  redirect:
    prober: http
    timeout: 4s
    http:
      follow_redirects: false
      valid_status_codes: [301, 308]
      fail_if_header_not_matches: [{header: Location, regexp: '^https://HOST/golive\\?q=1$'}]
  gone:
    prober: http
    timeout: 4s
    http:
      valid_status_codes: [404]
      tls_config: {insecure_skip_verify: true, server_name: HOST}
"""
_A_MONTH = 30 * 24 * 3600


class Blackbox:
    """prometheus-blackbox-exporter with strict modules, and an alert on a month's life left.

    The strict ones demand headers that only this lab's hosts send, so an alarm is what a usual module says:
    no answer of 2xx, a certificate that does not verify, or one that expires soon.
    """

    name = "blackbox_exporter"

    def __init__(self) -> None:
        self.program = shutil.which("prometheus-blackbox-exporter", path=_PATH)
        self._port = 0

    @asynccontextmanager
    async def running(self, roots: Path, port: int) -> AsyncIterator[None]:
        """Run the exporter."""
        assert self.program
        config = roots.with_name("blackbox.yml")
        config.write_text(_MODULES.replace("ROOTS", str(roots)).replace("HOST", HOST))
        self._port = port
        process = await asyncio.create_subprocess_exec(
            *dies_with_parent(signal.SIGKILL),
            self.program,
            f"--config.file={config}",
            f"--web.listen-address=127.0.0.1:{port}",
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            for _ in range(200):
                if await self._ask("/-/healthy"):
                    break
                if process.returncode is not None:
                    raise RuntimeError(f"{self.program} ended at once: does it accept {config}?")
                await asyncio.sleep(0.05)
            yield
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()

    async def look(self, target: Target) -> Seen:
        """Modules that do not come out as they should."""
        secure, plain = f"https://127.0.0.1:{target.secure}", f"http://127.0.0.1:{target.plain}"
        expected = {"strict": True, "well": True, "old": False, "new": True, "gone": True, "redirect": True}
        places = {
            "strict": f"{secure}/", "well": f"{secure}/", "old": f"{secure}/", "new": f"{secure}/",
            "gone": f"{secure}/.env", "redirect": f"{plain}/golive?q=1",
        }  # fmt: skip
        said = await asyncio.gather(*(self._probe(name, places[name]) for name in expected))
        flagged = {
            f"{name} {'fails' if wanted else 'succeeds'}"
            for (name, wanted), text in zip(expected.items(), said, strict=True)
            if ("probe_success 1" in text) is not wanted
        }
        found = re.search(r"probe_ssl_earliest_cert_expiry ([\d.e+]+)", said[0])
        soon = {"expires soon"} if found is not None and float(found[1]) < time.time() + _A_MONTH else set()
        wrong = {"well fails"} & flagged if target.http else set()
        return Seen(frozenset(flagged | soon), frozenset(wrong | soon), blind=not any(said))

    async def _probe(self, module: str, url: str) -> str:
        query = urlencode({"module": module, "target": url, "hostname": HOST})
        return await self._ask(f"/probe?{query}")

    async def _ask(self, path: str) -> str:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
            writer.write(f"GET {path} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n".encode())
            return (await reader.read()).decode(errors="replace")
        except OSError:
            return ""


class Zonemaster:
    """zonemaster-cli over the lab's own root; WARNING and worse."""

    name = "zonemaster-cli"

    def __init__(self) -> None:
        self.program = shutil.which("zonemaster-cli", path=_PATH)

    async def flags(self, zone: str, hints: Path) -> set[str]:
        """Tags of its messages."""
        assert self.program
        said = await output(
            self.program, "--level=WARNING", "--raw", "--no-progress", "--no-time", "--no-ipv6",
            f"--hints={hints}", zone,
        )  # fmt: skip
        return set(re.findall(r"\b[A-Z][A-Z0-9]+(?:_[A-Z0-9]+)+\b", said))
