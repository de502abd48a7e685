"""Real web servers that the suite did not make, as they come and after Mozilla's recommendation.

Mozilla's configurations are those of its generator for guidelines 5.7, "intermediate", with redirects
and HSTS as it writes them: https://ssl-config.mozilla.org
"""

import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from rehearsal.lab.authority import HOST
from selftests.lab.openssl import issuers_of

CIPHERS = (
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:"
    "DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384:DHE-RSA-CHACHA20-POLY1305"
)
SUITES = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"
CURVES = "X25519:prime256v1:secp384r1"
_PATH = os.pathsep.join(
    (
        "/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin:/opt/homebrew/bin",
        os.environ.get("PATH", os.defpath),
    )
)
_PAGE = "<!doctype html><title>Well</title>"
_STARTS_WITHIN = 15


@dataclass(frozen=True, slots=True)
class Ports:
    """Where a server listens on loopback; no plain port where it has none."""

    secure: int
    plain: int = 0


Arguments = Callable[[str, Path, Path, Ports], list[str]]
"""Program, the certificate's file, a folder and ports to a command line."""


@dataclass(frozen=True, slots=True)
class RealServer:
    """A server program in one configuration."""

    name: str
    program: str | None
    """None where it is not installed."""
    version: str
    """The option that prints it."""
    command: Arguments
    serves_http: bool = True
    strict: bool = False
    """Whether it is configured after Mozilla's intermediate recommendation."""

    def title(self) -> str:
        """Name and version, as installed."""
        assert self.program
        said = subprocess.run(
            [self.program, self.version], capture_output=True, text=True, check=False, timeout=20
        )
        words = (said.stdout or said.stderr).replace("nginx version:", "").split()
        number = next((word for word in words if any(sign.isdigit() for sign in word)), "")
        return f"{self.name} ({number.rsplit('/', maxsplit=1)[-1]})"

    @asynccontextmanager
    async def running(self, certificate: Path, folder: Path) -> AsyncIterator[Ports]:
        """Serve ``certificate`` (PEM: key, leaf, issuers), and end with the block."""
        assert self.program
        ports = Ports(*_free(2)) if self.serves_http else Ports(*_free(1))
        with (folder / f"{ports.secure}.log").open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                *self.command(self.program, certificate, folder, ports),
                stdin=asyncio.subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=folder,
            )
        try:
            for port in filter(None, (ports.secure, ports.plain)):
                await _listening(port, process, log.name)
            yield ports
        finally:
            if process.returncode is None:
                process.terminate()
            try:
                await asyncio.wait_for(process.wait(), 3)
            except TimeoutError:
                process.kill()
                await process.wait()


def _free(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()


async def _listening(port: int, process: asyncio.subprocess.Process, log: str) -> None:
    async with asyncio.timeout(_STARTS_WITHIN):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                assert process.returncode is None, f"it does not start: see {log}"
                await asyncio.sleep(0.02)
            else:
                writer.transport.abort()
                return


def _nginx(tls: str, headers: str) -> Arguments:
    def command(program: str, certificate: Path, folder: Path, ports: Ports) -> list[str]:
        (folder / "index.html").write_text(_PAGE)
        temporary = "".join(
            f"{kind}_temp_path {folder}/{kind};\n"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        config = folder / "nginx.conf"
        config.write_text(
            f"daemon off; master_process off; pid {folder}/nginx.pid; error_log stderr;\nevents {{}}\n"
            f"http {{\naccess_log off; default_type text/html;\n{temporary}"
            f"server {{ listen 127.0.0.1:{ports.secure} ssl{' http2' if tls else ''};\n"
            f"server_name {HOST};\nroot {folder}; ssl_certificate {certificate};\n"
            f"ssl_certificate_key {certificate};\n{tls}{headers}"
            f"location / {{ try_files $uri $uri/index.html =404; }} location ~ \\.(pem|conf|log|pid)$ "
            f"{{ return 404; }} }}\n"
            f"server {{ listen 127.0.0.1:{ports.plain}; return 301 https://$host$request_uri; }}\n}}\n"
        )
        return [program, "-p", str(folder), "-c", str(config), "-e", "stderr"]

    return command


def _haproxy(tls: str, bind: str, headers: str) -> Arguments:
    def command(program: str, certificate: Path, folder: Path, ports: Ports) -> list[str]:
        config = folder / "haproxy.cfg"
        page = f'content-type text/html string "{_PAGE}" hdr Date "%[date(),http_date]"'
        config.write_text(
            f"global\n  maxconn 500\n{tls}defaults\n  mode http\n  timeout connect 5s\n  timeout client 30s\n"
            "  timeout server 30s\nfrontend secure\n"
            f"  bind 127.0.0.1:{ports.secure} ssl crt {certificate}{bind}\n"
            f"{headers}  http-request return status 200 {page} if {{ path / }}\n"
            f"  http-request return status 404 {page}\n"
            f"frontend plain\n  bind 127.0.0.1:{ports.plain}\n"
            "  http-request redirect scheme https code 301\n"
        )
        return [program, "-f", str(config), "-db", "-q"]

    return command


def _caddy(program: str, certificate: Path, folder: Path, ports: Ports) -> list[str]:
    site = folder / "site"
    site.mkdir(exist_ok=True)
    (site / "index.html").write_text(_PAGE)
    secure = {
        "listen": [f"127.0.0.1:{ports.secure}"],
        "automatic_https": {"disable": True},
        "tls_connection_policies": [{}],
        "routes": [
            {
                "handle": [
                    {
                        "handler": "headers",
                        "response": {"set": {"Strict-Transport-Security": ["max-age=63072000"]}},
                    },
                    {"handler": "file_server", "root": str(site)},
                ]
            }
        ],
    }
    to = "https://{http.request.host}{http.request.uri}"
    moved = {"handler": "static_response", "status_code": "308", "headers": {"Location": [to]}}
    plain = {
        "listen": [f"127.0.0.1:{ports.plain}"],
        "automatic_https": {"disable": True},
        "routes": [{"handle": [moved]}],
    }
    files = [{"certificate": str(certificate), "key": str(certificate)}]
    apps = {
        "http": {"servers": {"secure": secure, "plain": plain}},
        "tls": {"certificates": {"load_files": files}},
    }
    config = folder / "caddy.json"
    config.write_text(json.dumps({"admin": {"disabled": True}, "apps": apps}))
    return [program, "run", "--config", str(config)]


def _openssl(program: str, certificate: Path, _: Path, ports: Ports) -> list[str]:
    command = [program, "s_server", "-accept", f"127.0.0.1:{ports.secure}", "-www", "-quiet"]
    chain = str(issuers_of(certificate))
    return [*command, "-cert", str(certificate), "-key", str(certificate), "-cert_chain", chain]


_HSTS = "max-age=63072000"
_NGINX_CACHE = "ssl_session_timeout 1d; ssl_session_cache shared:MozSSL:1m;\n"
_NGINX_TLS = (
    f"{_NGINX_CACHE}ssl_protocols TLSv1.2 TLSv1.3;\n"
    f"ssl_ciphers {CIPHERS}; ssl_prefer_server_ciphers off; ssl_ecdh_curve {CURVES};\n"
)
_NGINX_HEADERS = f'add_header Strict-Transport-Security "{_HSTS}" always;\n'
_HAPROXY_TLS = (
    f"  ssl-default-bind-ciphers {CIPHERS}\n  ssl-default-bind-ciphersuites {SUITES}\n"
    "  ssl-default-bind-options prefer-client-ciphers ssl-min-ver TLSv1.2 no-tls-tickets\n"
)
_HAPROXY_HEADERS = f"  http-after-response set-header Strict-Transport-Security {_HSTS}\n"
_NGINX, _HAPROXY = shutil.which("nginx", path=_PATH), shutil.which("haproxy", path=_PATH)
_CADDY = shutil.which("caddy", path=str(Path(sys.executable).parent)) or shutil.which("caddy", path=_PATH)

SERVERS = (
    RealServer("nginx as it comes", _NGINX, "-v", _nginx("", _NGINX_HEADERS)),
    RealServer(
        "nginx after Mozilla's intermediate", _NGINX, "-v", _nginx(_NGINX_TLS, _NGINX_HEADERS), strict=True
    ),
    RealServer("HAProxy as it comes", _HAPROXY, "-v", _haproxy("", "", _HAPROXY_HEADERS)),
    RealServer(
        "HAProxy after Mozilla's intermediate",
        _HAPROXY,
        "-v",
        _haproxy(_HAPROXY_TLS, f" alpn h2,http/1.1 curves {CURVES}", _HAPROXY_HEADERS),
        strict=True,
    ),
    RealServer("Caddy as it comes", _CADDY, "version", _caddy),
    RealServer(
        "OpenSSL s_server as it comes",
        shutil.which("openssl", path=_PATH),
        "version",
        _openssl,
        serves_http=False,
    ),
)
"""All but s_server send HSTS, which is a choice and no default: without it H01 would be no false alarm."""


def nginx_speaking(tls: str) -> RealServer:
    """Return nginx with these TLS directives; like any in production it serves many connections at once."""
    return RealServer("nginx", _NGINX, "-v", _nginx(_NGINX_CACHE + tls, _NGINX_HEADERS))
