"""What a running stack tells those who verify it, in the shape of the facts file."""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jwt

from rehearsal.database.accounts import MORE, Account, Accounts
from rehearsal.forms.operations import OneReplica
from rehearsal.stack.fleet_facts import FleetFacts
from rehearsal.stack.network.certificates import CertificateStore
from rehearsal.stack.network.ports import LOOPBACK
from rehearsal.stack.partners import Partners
from rehearsal.stack.plan import APP_HOST, CONTROL_HOST, NAMESERVERS, PUBLIC_HOSTS, StackPlan

SCHEMA = 1
HOUR_SECONDS = 3600
ROLES = ("listener", "friend", "newcomer", "outsider")
STAGING_KEY = "the-key-of-a-staging-environment-that-is-not-here"
"""Signs the token of another environment, which is valid there."""


@dataclass(frozen=True)
class Facts:
    """One running stack: its plan, its ports on loopback, its accounts and its timing (seconds)."""

    plan: StackPlan
    accounts: Accounts
    certificates: CertificateStore
    control_port: int
    fleet: FleetFacts
    nameserver_ports: dict[str, int]
    jwt_secret: str = field(repr=False)
    operations_token: str = field(repr=False)
    spotify_client_id: str
    asset_origin_port: int
    origin_key: str = field(repr=False)
    purge_token: str = field(repr=False)
    database_url: str = field(repr=False)
    database: dict[str, Any]
    database_secrets: dict[str, str] = field(repr=False)
    cache_url: str = field(repr=False)
    people: dict[str, Any]
    """Where what people sign is found, as the profile is told."""
    monitoring: dict[str, Any]
    """Where monitoring is found, or why not."""
    configuration: dict[str, Any]
    """The release's configuration, and credentials that are tried, as the profile is told."""
    code: dict[str, Any]
    """The forge and the way back, as the profile is told."""
    forge_token: str = field(repr=False)
    partners: Partners = field(repr=False)
    started_seconds: float
    part_seconds: dict[str, float]
    touched: tuple[str, ...] = ()
    """Parts that the start, or the last switch, made or changed."""
    switch: int = 0
    """Which of the run's switches this is; 0 for the start."""

    def _players(self) -> dict[str, Account]:
        """Every account that plays a role, by the name that profiles have for it."""
        found = {name: getattr(self.accounts, name) for name in ROLES}
        alike = (("listener", self.accounts.listeners), ("friend", self.accounts.friends))
        return found | {
            f"{name}-{number}": account
            for name, accounts in alike
            for number, account in zip(MORE, accounts, strict=True)
        }

    def document(self) -> dict[str, Any]:
        """The facts as JSON types."""
        return {
            "schema": SCHEMA,
            "profile": {
                "release": {"version": self.plan.release.version, "commit": self.plan.release.commit},
                "people": self.people,
                "trust": {"roots": str(self.certificates.root)},
                "network": {"addresses": self._addresses(), "declared": self.fleet.declared()},
                "accounts": {name: {"id": account.id} for name, account in self._players().items()},
                "targets": {
                    "api": {"replicas": self._replicas()},
                    "database": self.database,
                    "monitoring": self.monitoring,
                    "cdn": {"origin": {"url": f"http://{LOOPBACK}:{self.asset_origin_port}"}},
                    "dns": {
                        "nameservers": self._servers(server.name for server in self.plan.nameservers),
                        "start": self._servers([self.plan.parent.name]),
                        "resolvers": self._servers([self.plan.resolver.name]),
                    },
                },
            }
            | self.code
            | self.fleet.document()
            | self.configuration
            | self.partners.profile()
            | self._of_the_flavour(),
            "secrets": self._secrets(),
            "switch": {
                "number": self.switch,
                "faults": self.plan.faults,
                "touched": list(self.touched),
                "seconds": round(self.started_seconds, 3),
            },
            "stack": {
                "pid": os.getpid(),
                "started_seconds": round(self.started_seconds, 3),
                "parts": {name: round(seconds, 3) for name, seconds in self.part_seconds.items()},
                "database_url": self.database_url,
                "cache_url": self.cache_url,
                "faults": self.plan.faults,
            },
        }

    def _of_the_flavour(self) -> dict[str, Any]:
        """What only the first flavour's profile asks about."""
        if self.plan.flavour != "v1":
            return {}
        return {"identity_provider": {"client_id": self.spotify_client_id}}

    def write(self, file: Path) -> None:
        """Write the facts for this user's eyes only; a reader sees the whole file or none."""
        write_privately(file, self.document())

    def _addresses(self) -> dict[str, list[str]]:
        addresses = {f"{CONTROL_HOST}:443": [f"{LOOPBACK}:{self.control_port}"]}
        for host in PUBLIC_HOSTS:
            addresses[f"{host}:443"] = self.fleet.addresses_of(host, self.fleet.edge["https"])
            addresses[f"{host}:80"] = self.fleet.addresses_of(host, self.fleet.edge["http"])
        for label, address in NAMESERVERS.items():
            addresses[f"{address}:53"] = [f"{LOOPBACK}:{self.nameserver_ports[f'{label}.{APP_HOST}']}"]
        return addresses | self.partners.addresses()

    def _replicas(self) -> list[dict[str, str]] | int:
        if OneReplica.name in self.plan.forms:
            return 1
        return [
            {"name": name, "url": f"http://{LOOPBACK}:{port}{self.plan.api_prefix}"}
            for name, port in self.fleet.replicas.items()
        ]

    def _servers(self, names: Iterable[str]) -> list[dict[str, str]]:
        return [{"name": name, "address": f"{LOOPBACK}:{self.nameserver_ports[name]}"} for name in names]

    def _secrets(self) -> dict[str, str]:
        passwords = {
            f"GOLIVE_{role.upper()}_PASSWORD": getattr(self.accounts, role).password
            for role in ("listener", "friend", "newcomer", "outsider", "admin")
        }
        return (
            passwords
            | self.database_secrets
            | self.partners.secrets()
            | {
                "GOLIVE_EXPIRED_TOKEN": _token(self.accounts.listener, self.jwt_secret, -2 * HOUR_SECONDS),
                "GOLIVE_FOREIGN_TOKEN": _token(self.accounts.listener, STAGING_KEY, 0),
                "GOLIVE_FORGING_KEY": self.jwt_secret,
                "GOLIVE_JWT_SIGNING_KEY": self.jwt_secret,
                "GOLIVE_OPERATIONS_TOKEN": self.operations_token,
                "GOLIVE_CDN_ORIGIN_KEY": self.origin_key,
                "GOLIVE_CDN_PURGE_TOKEN": self.purge_token,
                "GOLIVE_FORGE_TOKEN": self.forge_token,
            }
        )


def write_privately(file: Path, document: dict[str, Any]) -> None:
    """Write JSON for this user's eyes only; a reader sees the whole file or none."""
    descriptor, temporary = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            json.dump(document, stream, indent=1)
        Path(temporary).replace(file)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _token(account: Account, secret: str, issued_in: int) -> str:
    """An access token of `account` that was issued in so many seconds, for an hour."""
    issued = int(time.time()) + issued_in
    claims = {"id": account.id, "email": account.email, "iat": issued, "exp": issued + HOUR_SECONDS}
    return jwt.encode(claims, secret, algorithm="HS256")
