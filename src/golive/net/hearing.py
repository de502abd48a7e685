"""What a client of the suite was answered, for whoever looks at every answer."""

from collections.abc import Callable
from dataclasses import dataclass

from pydantic import JsonValue

from golive.net.http_observation import HttpObservation


@dataclass(frozen=True, slots=True, repr=False)
class HeardAnswer:
    """One answer over HTTP, with what its request said: nothing of that is news to whoever asked."""

    answer: HttpObservation
    sent: bytes
    """The request's body; its address and secrets are the answer's."""


@dataclass(frozen=True, slots=True, repr=False)
class HeardMessage:
    """One message on a standing connection."""

    url: str
    name: str
    payload: JsonValue
    known: tuple[str, ...]
    """Secrets that opened the connection."""
    sent: tuple[JsonValue, ...] = ()
    """What this connection has sent."""


Hear = Callable[[HeardAnswer | HeardMessage], None]
"""Is told of each; it raises nothing, and keeps no value."""


def hear_nothing(_heard: HeardAnswer | HeardMessage) -> None:
    """Look at nothing."""
