"""The third deployment, from its parts: PostgreSQL, the application, the provider's stand-in, edge, DNS."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rehearsal.database.accounts import Account, Accounts
from rehearsal.nest import edge
from rehearsal.nest.installing import PART, Installed, installed
from rehearsal.stack.control import ControlTarget
from rehearsal.stack.data.postgres import Database, start_postgres
from rehearsal.stack.errors import PartFailed
from rehearsal.stack.facts import write_privately
from rehearsal.stack.network.certificates import Authorities, CertificateStore
from rehearsal.stack.network.edge import find_caddy
from rehearsal.stack.network.name_service import NameService, start_name_service
from rehearsal.stack.network.ports import LOOPBACK, PortReservations, public_addresses
from rehearsal.stack.network.probing import accepts, answers_http
from rehearsal.stack.plan import (
    ACCOUNTS_HOST,
    API_HOST,
    APP_HOST,
    CDN_HOST,
    CONTROL_HOST,
    NAMESERVERS,
    LeafPlan,
    StackPlan,
    healthy_plan,
)
from rehearsal.stack.processes import Child, Children
from rehearsal.stack.run_directory import RunDirectory, reap_leftovers

SCHEMA = 1
HOSTS = (APP_HOST, ACCOUNTS_HOST)
PUBLIC_URL = f"https://{APP_HOST}"
CALLBACK = f"{PUBLIC_URL}/api/auth/spotify/callback"
IDENTITY_PROVIDER = "identity-provider"
INSTANCE = "app-1"
STEP_SECONDS = 60.0
REMEDY = "see the end of its log below"
TASTES = {
    "listener": {"electronic": 1.0, "pop": 0.8},
    "friend": {"jazz": 1.0, "folk": 0.9, "soul": 0.8},
}
"""What the accounts of a part like; the others have no history."""


@dataclass
class NestStack:
    """One copy of the third deployment. `start` once, `stop` once, also after a start that failed."""

    variants: tuple[str, ...] = ()
    """Names of deliberate defects of the application."""
    run: RunDirectory = field(init=False)

    def __post_init__(self) -> None:
        self._children = Children()
        self._ports = PortReservations()
        self._listening: list[Any] = []
        self._accounts = Accounts.generate()
        self._jwt_secret = secrets.token_urlsafe(48)
        self._client = (secrets.token_hex(16), secrets.token_hex(16))
        self._plan = _plan()
        self._started = False

    async def start(self) -> dict[str, Any]:
        """Bring everything up and return the facts. Raises PartFailed."""
        began = time.monotonic()
        application = await asyncio.to_thread(installed)
        await asyncio.to_thread(reap_leftovers)
        self.run, self._started = RunDirectory(), True
        await self._children.start_guard()
        self._children.warm_up(self.run.log("services"))
        plan = self._plan
        certificates = await asyncio.to_thread(lambda: Authorities(self.run).mint(plan.leaves))
        database, names, _ = await asyncio.gather(
            start_postgres(self.run, self._ports, self._children, {}),
            start_name_service(plan, self._ports, self._listening),
            self._identity_provider(),
        )
        await self._application(application, database)
        at = self._addresses()
        await self._edge(at, certificates)
        control = await self._control()
        return self._facts(certificates, names, at, control, time.monotonic() - began)

    async def stop(self) -> None:
        """End every part and remove the run's directory."""
        for listener in self._listening:
            await listener.stop()
        await self._children.stop()
        await asyncio.get_running_loop().shutdown_default_executor()
        self._ports.close()
        if self._started:
            self.run.remove()

    def newly_dead(self) -> list[Child]:
        """Parts that ended by themselves."""
        return self._children.died() if self._started else []

    async def _identity_provider(self) -> None:
        client, secret = self._client
        port = self._ports.hand_over(IDENTITY_PROVIDER)
        child = await self._children.fork(
            IDENTITY_PROVIDER,
            "rehearsal.services.identity_provider",
            log=self.run.log(IDENTITY_PROVIDER),
            directory=self.run.path,
            environment={
                "HOST": LOOPBACK,
                "PORT": str(port),
                "CLIENT_ID": client,
                "CLIENT_SECRET": secret,
                "REDIRECT_URI": CALLBACK,
            },
        )
        await child.wait_until(lambda: answers_http(port, "/health"), REMEDY)

    async def _application(self, application: Installed, database: Database) -> None:
        variables = {"DATABASE_URL": database.url}
        await self._script(application, "migrate", variables)
        await self._script(application, "seed", variables, json.dumps([*map(_seeded, self._accounts)]))
        port = self._ports.hand_over(PART)
        provider = f"http://{LOOPBACK}:{self._ports.reserve(IDENTITY_PROVIDER)}"
        client, secret = self._client
        release = self._plan.release
        child = await self._children.start(
            PART,
            [application.node, "dist/main.js"],
            log=self.run.log(PART),
            directory=application.home,
            environment=variables
            | {
                "HOST": LOOPBACK,
                "PORT": str(port),
                "NODE_ENV": "production",
                "UV_THREADPOOL_SIZE": "8",
                "JWT_SECRET": self._jwt_secret,
                "FRONTEND_URL": PUBLIC_URL,
                "SPOTIFY_CLIENT_ID": client,
                "SPOTIFY_CLIENT_SECRET": secret,
                "SPOTIFY_REDIRECT_URI": CALLBACK,
                "SPOTIFY_AUTHORIZE_URL": f"https://{ACCOUNTS_HOST}/authorize",
                "SPOTIFY_TOKEN_URL": f"{provider}/api/token",
                "SPOTIFY_USER_URL": f"{provider}/v1/me",
                "SPOTIFY_HEALTH_URL": f"{provider}/health",
                "INSTANCE_ID": INSTANCE,
                "RELEASE_VERSION": release.version,
                "RELEASE_COMMIT": release.commit,
                "RELEASE_BUILT_AT": release.built_at.isoformat(timespec="seconds"),
                # Everybody comes from this machine. The keep-alive is short, so that one is seen soon.
                "LIMIT_RAISED_FOR": " ".join((LOOPBACK, *public_addresses())),
                "PING_INTERVAL_MS": "1000",
                "WRONG_VARIANTS": " ".join(self.variants),
                "SPOTIFY_FALLBACK_ID": self._accounts.listener.spotify_id,
            },
        )
        await child.wait_until(lambda: answers_http(port, "/api/health/ready"), REMEDY, STEP_SECONDS)

    async def _script(
        self, application: Installed, name: str, variables: dict[str, str], given: str = ""
    ) -> None:
        process = await asyncio.create_subprocess_exec(
            application.node,
            f"dist/{name}.js",
            cwd=application.home,
            env={"PATH": os.environ["PATH"], **variables},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await asyncio.wait_for(process.communicate(given.encode()), STEP_SECONDS)
        if process.returncode != 0:
            raise PartFailed(PART, f"dist/{name}.js failed", REMEDY, said.decode().splitlines()[-8:])

    def _addresses(self) -> edge.Ports:
        reserve, outside = self._ports.reserve, public_addresses()
        return edge.Ports(
            outside=outside,
            https=reserve("edge-https", *outside),
            http=reserve("edge-http", *outside),
            application=reserve(PART),
            identity_provider=reserve(IDENTITY_PROVIDER),
        )

    async def _edge(self, at: edge.Ports, certificates: CertificateStore) -> None:
        home = self.run.subdirectory("edge")
        file = self.run.private_file(
            home / "caddy.json", json.dumps(edge.configuration(at, certificates), indent=1)
        )
        for purpose in ("edge-https", "edge-http"):
            self._ports.hand_over(purpose)
        child = await self._children.start(
            "edge",
            [find_caddy(), "run", "--config", file],
            log=self.run.log("edge"),
            directory=home,
            environment={"XDG_DATA_HOME": str(home / "data"), "XDG_CONFIG_HOME": str(home / "config")},
        )

        async def listens() -> bool:
            return all([await accepts(port) for port in (at.https, at.http)])

        await child.wait_until(listens, REMEDY)

    async def _control(self) -> int:
        target = ControlTarget()
        self._listening.append(target)
        port = self._ports.hand_over("control")
        await target.start(port)
        return port

    def _facts(
        self,
        certificates: CertificateStore,
        names: NameService,
        at: edge.Ports,
        control: int,
        seconds: float,
    ) -> dict[str, Any]:
        def servers(*wanted: str) -> list[dict[str, str]]:
            return [{"name": name, "address": f"{LOOPBACK}:{names.ports[name]}"} for name in wanted]

        addresses = {f"{CONTROL_HOST}:443": [f"{LOOPBACK}:{control}"]}
        for host in HOSTS:
            for port, listening in ((443, at.https), (80, at.http)):
                addresses[f"{host}:{port}"] = [
                    f"[{one}]:{listening}" if ":" in one else f"{one}:{listening}" for one in at.outside
                ]
        for label, address in NAMESERVERS.items():
            addresses[f"{address}:53"] = [f"{LOOPBACK}:{names.ports[f'{label}.{APP_HOST}']}"]
        accounts, plan = self._accounts, self._plan
        application = f"http://{LOOPBACK}:{at.application}/api"
        return {
            "schema": SCHEMA,
            "profile": {
                "release": {"version": plan.release.version, "commit": plan.release.commit},
                "trust": {"roots": str(certificates.root)},
                "network": {"addresses": addresses},
                "identity_provider": {"client_id": self._client[0]},
                "targets": {
                    "api": {"replicas": [{"name": INSTANCE, "url": application, "only": True}]},
                    "dns": {
                        "nameservers": servers(*(server.name for server in plan.nameservers)),
                        "start": servers(plan.parent.name),
                        "resolvers": servers(plan.resolver.name),
                    },
                },
            },
            "secrets": {
                f"GOLIVE_{part.upper()}_PASSWORD": getattr(accounts, part).password
                for part in ("listener", "friend", "newcomer", "outsider", "admin")
            }
            | {"GOLIVE_JWT_SIGNING_KEY": self._jwt_secret},
            "switch": {
                "number": 0,
                "faults": list(self.variants),
                "touched": [],
                "seconds": round(seconds, 3),
            },
            "stack": {
                "pid": os.getpid(),
                "started_seconds": round(seconds, 3),
                "faults": list(self.variants),
            },
        }


def _plan() -> StackPlan:
    """The rehearsal's zone and release, with the hosts that there are."""
    plan = healthy_plan()
    plan.leaves = {host: LeafPlan([host]) for host in HOSTS}
    for server in plan.nameservers:
        for host in (API_HOST, CDN_HOST):
            server.remove(host)
    return plan


def _seeded(account: Account) -> dict[str, Any]:
    part = account.spotify_id.removeprefix("golive-").partition("-")[0]
    return {
        "email": account.email,
        "name": account.display_name,
        "password": account.password,
        "role": "admin" if account.role == "admin" else "member",
        "spotifyId": account.spotify_id,
        "tastes": TASTES.get(part, {}),
    }


def write_facts(file: Path, facts: dict[str, Any]) -> None:
    """Write them for this user's eyes only."""
    write_privately(file, facts)
