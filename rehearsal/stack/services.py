"""The application's own processes: API replicas, the identity provider's stand-in, the asset edge."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from pathlib import Path

from rehearsal.stack.configuration import spotify_callback
from rehearsal.stack.network.ports import LOOPBACK, LOOPBACK_IPV6, PortReservations
from rehearsal.stack.network.probing import answers_http
from rehearsal.stack.partners import Partners
from rehearsal.stack.plan import ACCOUNTS_HOST, CDN_HOST, ReplicaPlan, StackPlan
from rehearsal.stack.processes import Child, Children
from rehearsal.stack.run_directory import RunDirectory

IDENTITY_PROVIDER = "identity-provider"
ASSET_EDGE = "asset-edge"
ALERT_RECEIVER = "alert-receiver"
FORGE = "forge"
PREVIEWS = "previews"
"""Folder of the asset host that the tracks' previews lie in."""
REMEDY = "see the end of its log below; a package may be missing from this Python environment"


@dataclass(frozen=True)
class Credentials:
    """Secrets of one run, shared between its parts."""

    jwt_secret: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    operations_token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    spotify_client_id: str = field(default_factory=lambda: secrets.token_hex(16))
    spotify_client_secret: str = field(default_factory=lambda: secrets.token_hex(16))
    origin_key: str = field(default_factory=lambda: secrets.token_hex(16))
    """What the asset edge shows to the asset origin."""
    purge_token: str = field(default_factory=lambda: secrets.token_hex(16))
    """Who may have the asset edge forget something."""
    forge_token: str = field(default_factory=lambda: secrets.token_hex(20))
    """Who may read the repository."""


@dataclass(frozen=True)
class Services:
    """Starts Python processes of this package, each on its own reserved port."""

    run: RunDirectory
    ports: PortReservations
    children: Children
    plan: StackPlan
    credentials: Credentials
    partners: Partners

    def replica_variables(self, replica: ReplicaPlan, variables: dict[str, str]) -> dict[str, str]:
        """All that a replica is told, the release's `variables` among it."""
        token_url = f"http://{LOOPBACK}:{self.ports.reserve(IDENTITY_PROVIDER)}/api/token"
        return (
            variables
            | {
                "INSTANCE_ID": replica.name,
                "RELEASE_VERSION": replica.release.version,
                "RELEASE_COMMIT": replica.release.commit,
                "BUILD_TIME": replica.release.built_at.isoformat(timespec="seconds"),
                "PREVIEWS_URL": f"https://{CDN_HOST}/{PREVIEWS}",
                "SPOTIFY_ACCOUNTS_URL": f"https://{ACCOUNTS_HOST}",
                "SPOTIFY_TOKEN_URL": token_url,
                "REHEARSAL_FLAVOUR": self.plan.flavour,
                "REHEARSAL_FORMS": " ".join(self.plan.forms),
                # Everybody comes from this machine: many users, and whoever verifies the rehearsal.
                "RATE_LIMIT_RAISED_FOR": f"{LOOPBACK} {LOOPBACK_IPV6}",
                "OPERATIONS_TOKEN": self.credentials.operations_token,
                "ACCESS_LOG": str(self.partners.access_log(replica.name)),
                # Short and low, so that a keep-alive and a limit are seen within a second.
                "REALTIME_PING_INTERVAL": "1",
                "REALTIME_MESSAGES": "400",
                "REALTIME_CONNECTIONS": "12",
                "REHEARSAL_FAULTS": " ".join(replica.faults),
            }
            | replica.environment
        )

    async def start_replica(self, name: str, variables: dict[str, str]) -> Child:
        """Start one API process; the database is prepared. Raises PartFailed."""
        return await self._start(name, "rehearsal.services.api", "/health/live", variables)

    def identity_provider_variables(self) -> dict[str, str]:
        """All that the stand-in for the identity provider is told."""
        return {
            "CLIENT_ID": self.credentials.spotify_client_id,
            "CLIENT_SECRET": self.credentials.spotify_client_secret,
            "REDIRECT_URI": spotify_callback(self.plan),
        } | self.plan.identity_provider_environment

    async def start_identity_provider(self, variables: dict[str, str]) -> Child:
        """Start the stand-in for the identity provider. Raises PartFailed."""
        module = "rehearsal.services.identity_provider"
        return await self._start(IDENTITY_PROVIDER, module, "/health", variables)

    def forge_variables(self, data: Path) -> dict[str, str]:
        """All that the stand-in for the forge and the artefact store is told."""
        return {"DATA": str(data), "TOKEN": self.credentials.forge_token}

    async def start_forge(self, variables: dict[str, str]) -> Child:
        """Start the stand-in for the forge and the artefact store over their `data`. Raises PartFailed."""
        return await self._start(FORGE, "rehearsal.services.forge", "/health", variables)

    def asset_edge_variables(self, origin_port: int) -> dict[str, str]:
        """All that the cache before the asset origin is told."""
        return {
            "ORIGIN_URL": f"http://{LOOPBACK}:{origin_port}",
            "RANGES": "served" if self.plan.asset_edge.serves_ranges else "ignored",
            "ORIGIN_KEY": self.credentials.origin_key,
            "PURGE_TOKEN": self.credentials.purge_token,
            "REHEARSAL_FAULTS": " ".join(self.plan.asset_edge.faults),
        }

    async def start_asset_edge(self, variables: dict[str, str]) -> Child:
        """Start the cache before the asset origin. Raises PartFailed."""
        return await self._start(ASSET_EDGE, "rehearsal.stack.network.asset_edge", "/.edge/health", variables)

    async def start_alert_receiver(self) -> Child:
        """Start the stand-in for whoever gets alerts. Raises PartFailed."""
        return await self._start(ALERT_RECEIVER, "rehearsal.services.alert_receiver", "/health", {})

    async def _start(self, name: str, module: str, health_path: str, environment: dict[str, str]) -> Child:
        port = self.ports.hand_over(name)
        child = await self.children.fork(
            name,
            module,
            log=self.run.log(name),
            directory=self.run.path,
            environment={"HOST": LOOPBACK, "PORT": str(port), **environment},
        )
        await child.wait_until(lambda: answers_http(port, health_path), REMEDY)
        return child
