"""What the suite may send, and whether the profile allows the hosts that it names itself."""

from collections.abc import Iterator
from functools import cache
from typing import Any, get_args
from urllib.parse import urlsplit

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from golive.environment.fields import Method, Reached
from golive.environment.frozen import Frozen
from golive.model.outcome import Effect

_PORTS = {"http": 80, "https": 443}


class AllowedHost(Frozen):
    """What may be sent to one host."""

    methods: tuple[Method, ...] = ("GET", "HEAD", "OPTIONS")


class Allow(Frozen):
    """What the suite may do here. Everything else is refused below the clients."""

    effects: tuple[Effect, ...] = (Effect.READ,)
    hosts: dict[str, AllowedHost]
    """By ``host``, or ``host:port`` for one port of it."""

    def of(self, host: str, port: int) -> AllowedHost | None:
        """What may be sent to ``host`` on ``port``; None for nothing."""
        hosts = {name.lower(): rules for name, rules in self.hosts.items()}
        return hosts.get(f"{host.lower()}:{port}") or hosts.get(host.lower())


def not_allowed(profile: BaseModel, allow: Allow) -> Iterator[tuple[str, str]]:
    """Find what ``profile`` has the suite speak to and ``allow`` does not name.

    Returns:
        Key of the profile and host, for each.
    """
    for key, address in _reached(profile):
        parts = urlsplit(address if "://" in address else f"//{address}")
        host, port = parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 443)
        if allow.of(host, port) is None:
            yield key, host


def _reached(part: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Keys and values of everything below ``part`` whose type says that it is spoken to."""
    if isinstance(part, BaseModel):
        for name, is_reached in _fields(type(part)):
            value, below = getattr(part, name), f"{key}.{name}".lstrip(".")
            if is_reached:
                yield from _texts(value, below)
            else:
                yield from _reached(value, below)
    elif isinstance(part, dict):
        for name, value in part.items():
            yield from _reached(value, f"{key}.{name}")
    elif isinstance(part, tuple):
        for number, value in enumerate(part):
            yield from _reached(value, f"{key}.{number}")


@cache
def _fields(model: type[BaseModel]) -> tuple[tuple[str, bool], ...]:
    """Its fields, and of each whether its type says that it is spoken to."""
    return tuple((name, _is_reached(field)) for name, field in model.model_fields.items())


def _is_reached(field: FieldInfo) -> bool:
    def marked(annotation: Any) -> bool:
        marks = getattr(annotation, "__metadata__", ())
        return any(mark is Reached for mark in marks) or any(map(marked, get_args(annotation)))

    return Reached in field.metadata or marked(field.annotation)


def _texts(value: Any, key: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, dict):
        for name, text in value.items():
            yield from _texts(text, f"{key}.{name}")
    elif isinstance(value, tuple):
        for text in value:
            yield from _texts(text, key)
