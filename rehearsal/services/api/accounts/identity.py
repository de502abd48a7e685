"""The API's side of signing in with Spotify: authorize URL, code exchange, profile."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import http.client
import json
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from rehearsal.services.api.accounts.addresses import normal_address
from rehearsal.services.api.settings import Settings


class IdentityProviderError(Exception):
    """The provider refused a code or token, or answered something else than expected."""


@dataclass(frozen=True)
class Identity:
    """Who somebody is at the provider, with the provider's tokens, which never leave the API."""

    spotify_id: str
    email: str
    display_name: str
    access_token: str
    refresh_token: str


def challenge_of(verifier: str) -> str:
    """The S256 challenge of a PKCE verifier (RFC 7636, 4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


class IdentityProvider:
    """Talks to the provider; calls take at most TIMEOUT_SECONDS and raise OSError when it is away."""

    TIMEOUT_SECONDS = 2.0
    SCOPE = "user-read-email user-top-read"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        parts = urlsplit(settings.spotify_token_url)
        self.address = parts.netloc
        self._token_path = parts.path if parts.path not in ("", "/") else "/api/token"

    def new_verifier(self) -> str:
        return secrets.token_urlsafe(48)

    def authorize_url(self, state: str, verifier: str) -> str:
        """Where the browser is sent to sign in."""
        query = {
            "response_type": "code",
            "client_id": self._settings.spotify_client_id,
            "redirect_uri": self._settings.spotify_redirect_uri,
            "scope": self.SCOPE,
            "state": state,
            "code_challenge_method": "S256",
            "code_challenge": challenge_of(verifier),
        }
        return f"{self._settings.spotify_accounts_url}/authorize?{urlencode(query)}"

    async def exchange(self, code: str, verifier: str) -> Identity:
        """Trade a code for an identity. Raises IdentityProviderError or OSError."""
        return await asyncio.to_thread(self._exchange, code, verifier)

    async def ping(self) -> None:
        """Raises IdentityProviderError or OSError when the provider does not answer."""
        await asyncio.to_thread(self._call, "GET", "/health")

    def _exchange(self, code: str, verifier: str) -> Identity:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._settings.spotify_redirect_uri,
            "client_id": self._settings.spotify_client_id,
            "code_verifier": verifier,
        }
        client = f"{self._settings.spotify_client_id}:{self._settings.spotify_client_secret}"
        basic = base64.b64encode(client.encode()).decode()
        tokens = self._call("POST", self._token_path, urlencode(form), f"Basic {basic}")
        profile = self._call("GET", "/v1/me", None, f"Bearer {tokens.get('access_token')}")
        try:
            return Identity(
                profile["id"],
                normal_address(profile["email"]),
                profile["display_name"],
                tokens["access_token"],
                tokens["refresh_token"],
            )
        except (KeyError, TypeError, ValueError) as problem:
            raise IdentityProviderError(f"the provider's answer lacks {problem}") from None

    def _call(
        self, method: str, path: str, form: str | None = None, authorization: str | None = None
    ) -> dict[str, Any]:
        headers = {"Accept": "application/json"}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if authorization is not None:
            headers["Authorization"] = authorization
        connection = http.client.HTTPConnection(self.address, timeout=self.TIMEOUT_SECONDS)
        try:
            connection.request(method, path, form, headers)
            answer = connection.getresponse()
            content = answer.read()
        except http.client.HTTPException as problem:
            raise IdentityProviderError(str(problem)) from None
        finally:
            connection.close()
        try:
            body = json.loads(content)
        except ValueError:
            raise IdentityProviderError("the provider did not answer JSON") from None
        if answer.status != 200 or not isinstance(body, dict):
            raise IdentityProviderError(f"the provider answered {answer.status}")
        return body
