"""What an application promises about tokens, sign-in, limits and its operations, as a profile says it."""

from datetime import timedelta
from ipaddress import IPv4Network
from typing import Annotated, Any, Literal

from pydantic import Field

from golive.profile.base import Frozen
from golive.profile.fields import ComparedHttpsUrl, Duration, Method


class AccessToken(Frozen):
    """The form of access tokens."""

    form: Literal["jwt", "opaque"] = "jwt"
    algorithms: tuple[str, ...] = ("HS256",)
    subject: str = "id"
    """The claim that names the user."""
    claims: tuple[str, ...] = ("id", "email", "iat", "exp")
    lifetime_at_least: Duration = timedelta(minutes=1)
    lifetime_at_most: Duration = timedelta(hours=24)
    clock_skew: Duration = timedelta(seconds=60)
    """How far the clocks of issuer and suite may be apart."""


class Registration(Frozen):
    """How an account is made and removed; shows what becomes of a deleted user's token."""

    route: str = "/auth/register"
    email_field: str = "email"
    password_field: str = "password"  # noqa: S105 - the name of a field
    other_fields: dict[str, str] = {"displayName": "golive"}
    removal: str = "/users/me"
    """DELETE on this route removes the caller's own account."""


class IdentityProvider(Frozen):
    """Signing in with somebody else: OAuth 2.0 with PKCE and cookies."""

    authorize_url: ComparedHttpsUrl
    client_id: str = Field(min_length=1)
    redirect_uri: ComparedHttpsUrl
    start: str = "/auth/spotify/login"
    callback: str = "/auth/spotify/callback"
    refresh: str = "/auth/spotify/refresh"
    user: str = "/auth/spotify/user"
    sign_out: str = "/auth/spotify/logout"
    verifier_field: str = "codeVerifier"
    session_cookie: str
    browser_cookie: str
    """The cookie that ties a sign-in to the browser that began it."""
    same_site: tuple[Literal["strict", "lax", "none"], ...] = ("none", "lax", "strict")
    role: str = "listener"
    """The test account that the provider signs in."""
    approval: dict[str, str] = {}
    """Parameters by which a stand-in approves without a person; none where a person must press a button."""


class RateLimits(Frozen):
    """What the API says about its limits, and how they are tried without locking anybody out."""

    anonymous: int = Field(ge=1)
    sign_in: int = Field(ge=1)
    limit_header: str = "X-RateLimit-Limit"
    remaining_header: str = "X-RateLimit-Remaining"
    reset_header: str = "X-RateLimit-Reset"
    client_address_header: str | None = None
    """The header by which replicas believe the load balancer who the client is, such as X-Forwarded-For."""
    trial_network: IPv4Network = IPv4Network("198.18.0.0/15")
    """Where the client of the trial is made up, another one each time: nobody is there (RFC 2544)."""


class Operation(Frozen):
    """One operation of the API. Examples are right; wrong inputs are made from them."""

    method: Method = "GET"
    route: str
    access: Literal["public", "user", "administrator"] = "user"
    numbers: tuple[str, ...] = ()
    """Query parameters that are whole numbers."""
    choices: tuple[str, ...] = ()
    """Query parameters with a closed set of values."""
    body: dict[str, Any] = {}
    """A right body, without its secrets; every field of it is required."""
    refusals: Annotated[tuple[int, ...], Field(min_length=1)] = (400, 404, 413, 415, 422)
    """Statuses that refuse a wrong input."""
    undo: str | None = None
    """DELETE on this route, with the answer's id, undoes what a wrong input was wrongly accepted for."""
    cases_at_most: int = Field(default=16, ge=1, le=100)
