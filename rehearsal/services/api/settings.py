"""Configuration of one API process, read from its environment once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar
from urllib.parse import urlsplit

CONFIGURATION = (
    "DATABASE_URL",
    "FRONTEND_URL",
    "JWT_EXPIRES_IN",
    "JWT_SECRET",
    "LOG_LEVEL",
    "NODE_ENV",
    "REDIS_URL",
    "SPOTIFY_CLIENT_ID",
    "SPOTIFY_CLIENT_SECRET",
    "SPOTIFY_REDIRECT_URI",
)
"""Variables that all replicas must have alike, in the order of their bytes."""
UNIT_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


class SettingsError(Exception):
    """The environment lacks a variable or holds one that cannot be read; the message names it."""


@dataclass(frozen=True)
class Limits:
    """Requests allowed per window; windows in seconds."""

    signed_in: int = 1000
    anonymous: int = 100
    window_seconds: int = 3600
    sign_in: int = 60
    sign_in_window_seconds: int = 900
    raised_for: frozenset[str] = frozenset()
    """Client addresses, such as those of monitoring, that have RAISED times these limits."""

    RAISED: ClassVar[int] = 10


@dataclass(frozen=True)
class RealtimeLimits:
    """What one real-time client may do; times in seconds."""

    ping_interval: int = 25
    messages: int = 1000
    messages_seconds: float = 10.0
    connections_per_user: int = 50


@dataclass(frozen=True)
class Settings:
    """Everything that a replica is told from outside. Durations in seconds."""

    host: str
    port: int
    instance: str
    release: str
    commit: str
    build_time: str
    database_url: str
    redis_url: str
    jwt_secret: str
    access_token_seconds: int
    frontend_url: str
    spotify_client_id: str
    spotify_client_secret: str
    spotify_redirect_uri: str
    spotify_accounts_url: str
    spotify_token_url: str
    configuration_digest: str = ""
    """SHA-256 of the variables that all replicas have alike, as `env -0 | sort -z` writes them."""
    previews_url: str = ""
    """Below which the tracks' previews lie; without it tracks have none."""
    operations_token: str = ""
    """By which operators take this replica out of service; nobody can where it is empty."""
    access_log: str = ""
    """File that every HTTP request is logged to; none where it is empty."""
    memory_bytes: int = 1024**3
    """Of the server that this replica stands for."""
    limits: Limits = field(default_factory=Limits)
    flavour: str = "v1"
    forms: tuple[str, ...] = ()
    realtime: RealtimeLimits = field(default_factory=RealtimeLimits)
    faults: tuple[str, ...] = ()

    @property
    def frontend_origin(self) -> str:
        """The only origin that browsers may call the API from."""
        parts = urlsplit(self.frontend_url)
        return f"{parts.scheme}://{parts.netloc}"

    @staticmethod
    def from_environment(environment: Mapping[str, str]) -> Settings:
        """Read the variables. Raises SettingsError naming the first that is missing or wrong."""

        def text(name: str) -> str:
            value = environment.get(name, "")
            if not value:
                raise SettingsError(f"the variable {name} is missing")
            return value

        def number(name: str, default: int | None = None) -> int:
            value = environment.get(name) or (text(name) if default is None else str(default))
            if not value.isdecimal():
                raise SettingsError(f"the variable {name} must be a whole number, not {value!r}")
            return int(value)

        def seconds(name: str, default: str) -> int:
            value = environment.get(name) or default
            if not value[:-1].isdecimal() or value[-1:] not in UNIT_SECONDS:
                raise SettingsError(f"the variable {name} must be a number and a unit, such as 15m")
            return int(value[:-1]) * UNIT_SECONDS[value[-1]]

        usual, live = Limits(), RealtimeLimits()
        return Settings(
            host=text("HOST"),
            port=number("PORT"),
            instance=text("INSTANCE_ID"),
            release=text("RELEASE_VERSION"),
            commit=text("RELEASE_COMMIT"),
            build_time=text("BUILD_TIME"),
            database_url=text("DATABASE_URL"),
            redis_url=text("REDIS_URL"),
            jwt_secret=text("JWT_SECRET"),
            access_token_seconds=seconds("JWT_EXPIRES_IN", "15m"),
            frontend_url=text("FRONTEND_URL"),
            spotify_client_id=text("SPOTIFY_CLIENT_ID"),
            spotify_client_secret=text("SPOTIFY_CLIENT_SECRET"),
            spotify_redirect_uri=text("SPOTIFY_REDIRECT_URI"),
            spotify_accounts_url=text("SPOTIFY_ACCOUNTS_URL").rstrip("/"),
            spotify_token_url=text("SPOTIFY_TOKEN_URL"),
            configuration_digest=digest(environment),
            previews_url=environment.get("PREVIEWS_URL", "").rstrip("/"),
            operations_token=environment.get("OPERATIONS_TOKEN", ""),
            access_log=environment.get("ACCESS_LOG", ""),
            memory_bytes=number("SERVER_MEMORY_BYTES", 1024**3),
            limits=Limits(
                signed_in=number("RATE_LIMIT_SIGNED_IN", usual.signed_in),
                anonymous=number("RATE_LIMIT_ANONYMOUS", usual.anonymous),
                sign_in=number("RATE_LIMIT_SIGN_IN", usual.sign_in),
                raised_for=frozenset(environment.get("RATE_LIMIT_RAISED_FOR", "").split()),
            ),
            flavour=environment.get("REHEARSAL_FLAVOUR", "v1"),
            forms=tuple(environment.get("REHEARSAL_FORMS", "").split()),
            realtime=RealtimeLimits(
                ping_interval=number("REALTIME_PING_INTERVAL", live.ping_interval),
                messages=number("REALTIME_MESSAGES", live.messages),
                connections_per_user=number("REALTIME_CONNECTIONS", live.connections_per_user),
            ),
            faults=tuple(environment.get("REHEARSAL_FAULTS", "").split()),
        )


def digest(environment: Mapping[str, str]) -> str:
    """What of the environment all replicas must have alike, as one number in hexadecimal."""
    lines = (f"{name}={environment[name]}\0" for name in CONFIGURATION if name in environment)
    return hashlib.sha256("".join(lines).encode()).hexdigest()
