"""Authorization codes and access tokens of the stand-in, in memory, each for one use or one hour."""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from dataclasses import dataclass

CODE_SECONDS = 60
TOKEN_SECONDS = 3600


@dataclass(frozen=True)
class Grant:
    """What a code was issued for; `expires` on the monotonic clock."""

    redirect_uri: str
    challenge: str
    expires: float


class Grants:
    """Issues codes for approvals and tokens for codes."""

    def __init__(self) -> None:
        self._codes: dict[str, Grant] = {}
        self._tokens: dict[str, float] = {}

    def new_code(self, redirect_uri: str, challenge: str) -> str:
        code = secrets.token_urlsafe(32)
        self._codes[code] = Grant(redirect_uri, challenge, time.monotonic() + CODE_SECONDS)
        return code

    def redeem(self, code: str, redirect_uri: str, verifier: str) -> bool:
        """Use a code up; True when it was valid, for this address and this verifier."""
        grant = self._codes.pop(code, None)
        if grant is None or grant.expires < time.monotonic() or grant.redirect_uri != redirect_uri:
            return False
        digest = hashlib.sha256(verifier.encode(errors="surrogatepass")).digest()
        return secrets.compare_digest(
            base64.urlsafe_b64encode(digest).rstrip(b"="), grant.challenge.encode(errors="surrogatepass")
        )

    def new_token(self) -> str:
        token = secrets.token_urlsafe(48)
        self._tokens[token] = time.monotonic() + TOKEN_SECONDS
        return token

    def knows(self, token: str) -> bool:
        return self._tokens.get(token, 0.0) > time.monotonic()
