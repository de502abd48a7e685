"""Routes of a profile: a path, or a table with what else a request needs and what its answer is like."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, ClassVar, Self
from urllib.parse import parse_qsl, urlencode

from pydantic import AfterValidator, Field

from golive.profile.base import Absent, Frozen
from golive.profile.fields import HttpsUrl, Method

Success = Annotated[int, Field(ge=200, lt=400)]


class RouteTable(Frozen):
    """A route of which more is to be said than its path; each key of ``[routes]`` may be such a table."""

    STANDS_FOR_EACH_KEY: ClassVar = True

    path: str = Field(pattern=r"^/")
    """Its path below the API's URL; what stands behind a ``?`` is sent with every request."""
    method: Method | dict[Method, Method] | None = None
    """The method here; where the suite sends several, each of the suite's to the one here."""
    query: dict[str, str] = Field(default_factory=dict)
    """Parameters that every request must have."""
    success: tuple[Success, ...] = ()
    """Statuses of a success; left out, every 2xx is one."""
    content: str | None = None
    """Where a good answer has its content, within the envelope if there is one; dots lead into objects."""
    fields: dict[str, str] = Field(default_factory=dict)
    """The product's name of a field to the deployment's, on this route alone, before those of ``[wire]``."""
    base: HttpsUrl | None = None
    """What it stands below instead of the API's URL, such as the frontend for its own routes."""


class RoutePath(str):
    """A path with its query, and what else its table says."""

    method: Method | Mapping[Method, Method] | None = None
    success: tuple[int, ...] = ()
    content: str | None = None
    base: str | None = None
    fields: Mapping[str, str] = MappingProxyType({})

    @classmethod
    def of(cls, declared: "str | RouteTable") -> Self:
        """Return the route that a profile declares."""
        if isinstance(declared, str):
            return cls(declared)
        path, _, query = declared.path.partition("?")
        asked = urlencode({**dict(parse_qsl(query, keep_blank_values=True)), **declared.query})
        route = cls(f"{path}?{asked}" if asked else path)
        route.method, route.success = declared.method, declared.success
        route.content, route.base, route.fields = declared.content, declared.base, declared.fields
        return route

    def method_for(self, method: str) -> str:
        """Return what is sent here where the suite would send ``method``; preflights stay what they are."""
        if self.method is None or method in ("OPTIONS", "HEAD"):
            return method
        return self.method if isinstance(self.method, str) else dict(self.method).get(method, method)  # type: ignore[call-overload]


class AbsentRoute(RoutePath):
    """Stands for a route that the profile declares absent; nobody may ask there."""

    reason: str

    def __new__(cls, path: str, reason: str) -> "AbsentRoute":
        """Keep ``reason`` beside the path."""
        made = super().__new__(cls, path)
        made.reason = reason
        return made


def _declared(declared: "str | RouteTable | Absent") -> RoutePath:
    if isinstance(declared, Absent):
        return AbsentRoute("/absent", declared.absent)
    return RoutePath.of(declared)


if TYPE_CHECKING:
    Route = str
else:
    Route = Annotated[str | RouteTable | Absent, AfterValidator(_declared)]
"""The type of a key of ``[routes]``; ``{ absent = "reason" }`` where the deployment has no such route."""


def as_route(path: str) -> RoutePath:
    """Return ``path`` as a route, whichever it is."""
    return path if isinstance(path, RoutePath) else RoutePath(path)
