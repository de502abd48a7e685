"""Access tokens, read without their key: header and claims of a JWT (RFC 7519)."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import ClassVar

from pydantic import JsonValue

from golive.net.errors import ProtocolError
from golive.profile.secrets import Secret


@dataclass(frozen=True, slots=True)
class TokenObservation:
    """What a token says of itself; nothing here was verified."""

    kind: ClassVar[str] = "token"

    target: str
    """Where the token came from."""
    header: Mapping[str, JsonValue]
    claims: Mapping[str, JsonValue] = field(repr=False)
    signature_bytes: int

    @property
    def title(self) -> str:
        """Where the token came from."""
        return f"access token of {self.target}"

    @property
    def algorithm(self) -> str:
        """The algorithm that the header names; empty when it names none."""
        return str(self.header.get("alg", ""))

    def instant(self, claim: str) -> datetime | None:
        """Return a claim as an instant in UTC; None when it is missing or no time."""
        value = self.claims.get(claim)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        try:
            return datetime.fromtimestamp(value, UTC)
        except (ValueError, OverflowError, OSError):
            return None

    def facts(self) -> dict[str, JsonValue]:
        """Algorithm, names of claims, times; never a value of another claim."""
        times = {name: self.instant(name) for name in ("iat", "nbf", "exp")}
        names: list[JsonValue] = [*sorted(str(name)[:40] for name in self.claims)[:40]]
        return {
            "algorithm": self.algorithm[:40],
            "claims": names,
            **{name: at.isoformat() for name, at in times.items() if at is not None},
        }


def read_token(token: Secret, *, target: str) -> TokenObservation:
    """Read a token.

    Raises:
        ProtocolError: it is no JWT; the message shows nothing of it.
    """
    parts = token.reveal().split(".")
    if len(parts) != 3:
        raise ProtocolError(f"the token has {len(parts)} parts, a JWT has 3", target=target, phase="read")
    header, claims = (_object(part, target) for part in parts[:2])
    return TokenObservation(target, header, claims, len(_decoded(parts[2], target)))


def _object(part: str, target: str) -> dict[str, JsonValue]:
    try:
        value = json.loads(_decoded(part, target))
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise ProtocolError("a part of the token is no JSON object", target=target, phase="read")
    return value


def _decoded(part: str, target: str) -> bytes:
    try:
        return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise ProtocolError("a part of the token is no base64url", target=target, phase="read") from None
