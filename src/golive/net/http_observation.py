"""What an HTTP exchange looked like."""

import json
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from pydantic import JsonValue

from golive.net.address import Address, named
from golive.net.errors import (
    ProtocolError,
)
from golive.net.headers import is_json
from golive.net.masking import masked_headers, masked_json, masked_text, masked_url
from golive.net.set_cookie import SetCookie, read_set_cookie


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt that failed before the one that succeeded."""

    error: str
    """Name of the error's type."""
    message: str
    elapsed_ms: float


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds. ``connect`` and ``tls`` are None on a connection that stood already."""

    connect_ms: float | None
    tls_ms: float | None
    first_byte_ms: float
    """At the socket: from when the request's last byte had left until the answer's first byte came."""
    total_ms: float
    """As `to_first_byte_ms`, until the answer's last byte."""
    sending_ms: float = 0.0
    """From the request's first byte to its last."""

    @property
    def to_first_byte_ms(self) -> float:
        """What a visitor waits for the first byte: with the connection, where one was made for it."""
        return (self.connect_ms or 0.0) + (self.tls_ms or 0.0) + self.sending_ms + self.first_byte_ms


BodyForm = Literal["json", "status_code", "problem", "nested", "list", "detail", "any"]
"""Forms of a refusal's body; ``json`` is each of the JSON ones, ``any`` needs no JSON at all."""


@dataclass(frozen=True, slots=True)
class RefusalForm:
    """Statuses, body and pages by which a deployment refuses; by default the field's usual ones."""

    body: BodyForm = "json"
    strangers: tuple[int, ...] = ()
    """Beside 401, for who shows no token or a wrong one."""
    users: tuple[int, ...] = ()
    """Beside 403, for who is known and may not."""
    unknown: tuple[int, ...] = ()
    """Beside 404, for what is not there."""
    pages: tuple[str, ...] = ()
    """URLs without query to which a refused browser is sent."""
    cookies: tuple[str, ...] = ()
    """Cookies that sign somebody in: none of them comes with a refusal."""

    def statuses(self, *expected: int) -> tuple[int, ...]:
        """Return what refuses here where a check expects ``expected``."""
        beside = {401: self.strangers, 403: self.users, 404: self.unknown}
        more = (status for one in expected for status in beside.get(one, ()))
        return tuple(dict.fromkeys((*expected, *more)))


@dataclass(frozen=True, slots=True, repr=False)
class HttpObservation:
    """One answer, complete and within bounds. Header names are in lower case; ``facts`` shows some."""

    kind: ClassVar[str] = "http"

    method: str
    url: str
    address: Address | None
    """The address that answered."""
    status: int
    http_version: str
    """``HTTP/1.1`` or ``HTTP/2``."""
    headers: tuple[tuple[str, str], ...]
    body: bytes
    timings: Timings
    own_load: str = ""
    """What the suite itself did meanwhile, so that the times are not the target's; empty where nothing."""
    attempts: tuple[Attempt, ...] = ()
    """Failed attempts before this answer; not empty means that it came only after a retry."""
    host: str = ""
    port: int = 0
    known: tuple[str, ...] = field(default=())
    """Secrets that the request carried: never shown, whatever the target echoes."""
    refusal: RefusalForm = field(default=RefusalForm())
    """How the deployment refuses, by its profile."""
    wrapped: bytes = b""
    """The body as it came, where ``body`` is the content that was taken out of it."""

    def __repr__(self) -> str:
        return f"<{self.title} → {self.status}>"

    @property
    def title(self) -> str:
        """Method, URL without secrets, address; that it was put off, so that messages tell it apart."""
        where = f" [{self.address}]" if self.address is not None else ""
        put_off = PUT_OFF if self.status == TOO_MANY else ""
        return f"{self.method} {masked_url(self.url, self.known)}{where}{put_off}"

    @property
    def target(self) -> str:
        """Host, port and address, as messages name them."""
        return named(self.host, self.port, self.address)

    @property
    def elapsed_ms(self) -> float:
        """From the connection, or the first byte sent, to the last that came; nothing that was waited for."""
        return self.timings.total_ms

    def header(self, name: str) -> str | None:
        """Return a header's value; several are joined by a comma (RFC 9110, 5.3). None when missing."""
        values = self.header_values(name)
        return ", ".join(values) if values else None

    def header_values(self, name: str) -> tuple[str, ...]:
        """Return every field line of that name, in order."""
        return tuple(value for key, value in self.headers if key.lower() == name.lower())

    def text(self) -> str:
        """Return the body as UTF-8, with what is not UTF-8 replaced."""
        return self.body.decode("utf-8", errors="replace")

    def json(self) -> JsonValue:
        """Return the body's JSON value (RFC 8259).

        Raises:
            ProtocolError: the body is empty or no JSON; the message says where, and shows none of it.
        """
        try:
            value: JsonValue = json.loads(self.body.decode("utf-8"), parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            what = "the body is not JSON" if self.body else "the body is empty"
            if self.body and isinstance(error, json.JSONDecodeError):
                what += f" (line {error.lineno}, column {error.colno})"
            sent = masked_text(self.header("content-type") or "no content type", self.known)
            raise ProtocolError(
                f"{what}: status {self.status}, {sent}, {len(self.body)} bytes",
                target=self.title,
                phase="read",
            ) from None
        return value

    def cookies(self) -> tuple[SetCookie, ...]:
        """Return the cookies that the answer sets, without those that browsers ignore."""
        read = (read_set_cookie(line) for line in self.header_values("set-cookie"))
        return tuple(cookie for cookie in read if cookie is not None)

    def facts(self) -> dict[str, JsonValue]:
        """Status, version, address, times, allowed headers, and the shape of a JSON body."""
        facts: dict[str, JsonValue] = {
            "status": self.status,
            "http version": self.http_version,
            "address": str(self.address) if self.address else None,
            **self._times(),
            "headers": dict(masked_headers(self.headers, self.known)),
            "body bytes": len(self.body),
        }
        if is_json(self.header_values("content-type")):
            try:
                facts["body"] = masked_json(self.json(), self.known)
            except ProtocolError:
                facts["body"] = "not JSON"
        if self.attempts:
            facts["failed attempts"] = [f"{attempt.error}: {attempt.message}" for attempt in self.attempts]
        return facts

    def _times(self) -> dict[str, JsonValue]:
        times: dict[str, JsonValue] = {
            "connect": _rounded(self.timings.connect_ms),
            "tls": _rounded(self.timings.tls_ms),
            "first byte": _rounded(self.timings.first_byte_ms),
            "total": _rounded(self.timings.total_ms),
        }
        if self.own_load:
            return {"ms under the suite's own load": times | {"load": self.own_load}}
        return {"ms": times}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


TOO_MANY = 429
"""RFC 6585, 4."""


PUT_OFF = f", put off by {TOO_MANY}"
"""What titles of such answers end in, so that a message about one is told from all others."""
