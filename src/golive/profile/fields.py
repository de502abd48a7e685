"""Types of a profile's fields: durations with units, URLs without credentials, names of secrets."""

from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from ipaddress import ip_address
from typing import Annotated, Any, Literal, get_args
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator
from pydantic.fields import FieldInfo

from golive.core.duration import parse_duration


def _duration(value: object) -> object:
    if isinstance(value, str):
        return parse_duration(value)
    if isinstance(value, timedelta):
        return value
    raise ValueError(f"{value!r} has no unit: write a duration such as '500 ms'")


def _url_of(*schemes: str) -> AfterValidator:
    def check(value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in schemes or not parts.hostname:
            raise ValueError(f"{value!r} is not a URL of scheme {' or '.join(schemes)}")
        if parts.username or parts.password:
            raise ValueError("a URL in a profile carries no credentials: name a secret instead")
        return value.rstrip("/")

    return AfterValidator(check)


def _host_and_port(value: str) -> str:
    host, separator, port = value.rpartition(":")
    if not separator or not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise ValueError(f"{value!r} is not host:port, such as '127.0.0.1:8443' or '[::1]:8443'")
    return value


class Reached:
    """Marks the type of an address that the suite speaks to, which ``[allow.hosts]`` must name."""


class NamedSecret:
    """Marks the type of a name that ``[secrets]`` must have."""


class NamedSecretOrVariable:
    """Marks the type of such a name, or of ``part.NAME``: a variable of the release, found elsewhere."""


def _ip(value: str) -> str:
    # An address and not a name: a name may lead to somebody else's host tomorrow.
    return str(ip_address(value))


Duration = Annotated[timedelta, BeforeValidator(_duration)]
HttpUrl = Annotated[str, _url_of("https", "http"), Reached]
HttpsUrl = Annotated[str, _url_of("https"), Reached]
ComparedHttpUrl = Annotated[str, _url_of("https", "http")]
"""Compared with what is seen; nothing is sent there."""
ComparedHttpsUrl = Annotated[str, _url_of("https")]
Endpoint = Annotated[str, AfterValidator(_host_and_port)]
ReachedEndpoint = Annotated[str, AfterValidator(_host_and_port), Reached]
Method = Literal["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]
Ip = Annotated[str, AfterValidator(_ip)]
SecretName = Annotated[str, NamedSecret]


def marked_values(part: Any, mark: type, key: str = "") -> Iterator[tuple[str, str]]:
    """Keys and values of everything below ``part`` whose type bears ``mark``.

    Args:
        part: a section of a profile, or a whole one.
        mark: such as `Reached` or `NamedSecret`.
        key: the key of ``part`` itself.
    """
    if isinstance(part, BaseModel):
        for name, is_marked in _fields(type(part), mark):
            value, below = getattr(part, name), f"{key}.{name}".lstrip(".")
            if is_marked:
                yield from _texts(value, below)
            else:
                yield from marked_values(value, mark, below)
    elif isinstance(part, dict):
        for name, value in part.items():
            yield from marked_values(value, mark, f"{key}.{name}")
    elif isinstance(part, tuple):
        for number, value in enumerate(part):
            yield from marked_values(value, mark, f"{key}.{number}")


@cache
def _fields(model: type[BaseModel], mark: type) -> tuple[tuple[str, bool], ...]:
    """Its fields, and of each whether its type bears the mark."""
    return tuple((name, _is_marked(field, mark)) for name, field in model.model_fields.items())


def _is_marked(field: FieldInfo, mark: type) -> bool:
    def marked(annotation: Any) -> bool:
        marks = getattr(annotation, "__metadata__", ())
        return any(each is mark for each in marks) or any(map(marked, get_args(annotation)))

    return mark in field.metadata or marked(field.annotation)


def _texts(value: Any, key: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, dict):
        for name, text in value.items():
            yield from _texts(text, f"{key}.{name}")
    elif isinstance(value, tuple):
        for text in value:
            yield from _texts(text, key)
