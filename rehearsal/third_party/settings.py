"""What the stand-ins are told, by their process's environment."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

PROJECT = "1"
"""Number of the tracker's project."""
MAIL_USER = "golive"


@dataclass(frozen=True)
class PartnerCredentials:
    """Secrets of one run, which the third parties have given out."""

    sentry_key: str = field(default_factory=lambda: secrets.token_hex(16))
    sentry_token: str = field(default_factory=lambda: secrets.token_hex(20))
    loki_token: str = field(default_factory=lambda: secrets.token_hex(20))
    grafana_token: str = field(default_factory=lambda: secrets.token_hex(20))
    calendar_token: str = field(default_factory=lambda: secrets.token_hex(16))
    chat_hook: str = field(default_factory=lambda: secrets.token_hex(13))
    chat_token: str = field(default_factory=lambda: secrets.token_hex(13))
    mail_password: str = field(default_factory=lambda: secrets.token_hex(12))
    mail_token: str = field(default_factory=lambda: secrets.token_hex(12))
    pager_key: str = field(default_factory=lambda: secrets.token_hex(16))


@dataclass(frozen=True)
class Settings:
    """Where the process listens, and what of Audotics the third parties see."""

    host: str
    port: int
    mail_port: int
    certificate: Path
    key: Path
    credentials: PartnerCredentials
    replicas: Mapping[str, str]
    """Replica to the URL of its metrics."""
    logs: Mapping[str, Path]
    """Replica to the file that its requests are logged to, as a log agent would follow it."""
    faults: tuple[str, ...] = ()

    def environment(self) -> dict[str, str]:
        """The variables that `from_environment` reads."""
        return {
            "HOST": self.host,
            "PORT": str(self.port),
            "MAIL_PORT": str(self.mail_port),
            "CERTIFICATE": str(self.certificate),
            "KEY": str(self.key),
            "CREDENTIALS": json.dumps(asdict(self.credentials)),
            "REPLICAS": json.dumps(dict(self.replicas)),
            "LOGS": json.dumps({name: str(path) for name, path in self.logs.items()}),
            "REHEARSAL_FAULTS": " ".join(self.faults),
        }

    @staticmethod
    def from_environment(environment: Mapping[str, str]) -> Settings:
        """Read the variables. Raises KeyError and ValueError for one that is missing or wrong."""
        return Settings(
            host=environment["HOST"],
            port=int(environment["PORT"]),
            mail_port=int(environment["MAIL_PORT"]),
            certificate=Path(environment["CERTIFICATE"]),
            key=Path(environment["KEY"]),
            credentials=PartnerCredentials(**json.loads(environment["CREDENTIALS"])),
            replicas=json.loads(environment["REPLICAS"]),
            logs={name: Path(path) for name, path in json.loads(environment["LOGS"]).items()},
            faults=tuple(environment.get("REHEARSAL_FAULTS", "").split()),
        )
