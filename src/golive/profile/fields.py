"""Types of a profile's fields: durations with units, URLs without credentials, names of secrets."""

from datetime import timedelta
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator

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


Duration = Annotated[timedelta, BeforeValidator(_duration)]
HttpUrl = Annotated[str, _url_of("https", "http"), Reached]
HttpsUrl = Annotated[str, _url_of("https"), Reached]
ComparedHttpUrl = Annotated[str, _url_of("https", "http")]
"""Compared with what is seen; nothing is sent there."""
ComparedHttpsUrl = Annotated[str, _url_of("https")]
Endpoint = Annotated[str, AfterValidator(_host_and_port)]
ReachedEndpoint = Annotated[str, AfterValidator(_host_and_port), Reached]
Method = Literal["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]
SecretName = str
