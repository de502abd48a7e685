"""What a profile says of signing in: tokens, test accounts, registration and identity providers."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from golive.api.serialization import Wire
from golive.profile.base import Absent, Frozen
from golive.profile.fields import ComparedHttpsUrl, Duration, SecretName
from golive.profile.profile import Profile
from golive.profile.registry import Section, extend, implies_absence, section


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


class Strategy(Frozen):
    """What every way of signing in has."""

    access_token: AccessToken = AccessToken()
    expired_token: SecretName | None = None
    """A token that was valid once; shows that expired tokens are refused."""
    foreign_token: SecretName | None = None
    """A token of another environment, valid there; shows that environments do not trust each other."""
    forging_key: SecretName | None = None
    """The key that access tokens are signed with, for rightly signed tokens that must be refused."""


class Password(Strategy):
    """Sign-in with an e-mail address and a password over the sign-in route."""

    strategy: Literal["password"]
    access_field: str = "accessToken"
    refresh_field: str | None = "refreshToken"
    expiry_field: str | None = "expiresIn"
    """Where a sign-in says for how many seconds the access token lives."""


class PreIssuedToken(Strategy):
    """A token from a secret store; the suite never signs in."""

    strategy: Literal["token"]


class MintedJwt(Strategy):
    """Tokens that the suite signs with the deployment's own key."""

    strategy: Literal["jwt"]
    signing_key: SecretName
    algorithm: Literal["HS256", "RS256", "ES256"] = "HS256"
    lifetime: Duration = timedelta(minutes=15)


Authentication = Annotated[Password | PreIssuedToken | MintedJwt, Field(discriminator="strategy")]


class Account(Frozen):
    """A test account; only names of secrets stand here."""

    email: str
    password: SecretName | None = None
    token: SecretName | None = None
    id: str | None = None
    like: str | None = None
    """The role that it can play beside the role's own account, so that two checks can change one each."""


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
    start: str
    """Route that sends the browser to the provider."""
    callback: str
    """Route to which the provider sends it back."""
    refresh: str
    user: str
    sign_out: str
    verifier_field: str = "codeVerifier"
    session_cookie: str
    browser_cookie: str
    """The cookie that ties a sign-in to the browser that began it."""
    same_site: tuple[Literal["strict", "lax", "none"], ...] = ("none", "lax", "strict")
    role: str = "listener"
    """The test account that the provider signs in."""
    approval: dict[str, str] = {}
    """Parameters by which a stand-in approves without a person; none where a person must press a button."""


class SignInFeatures(Frozen):
    """Abilities of signing in that a deployment may do without."""

    registration: Absent | None = None
    """Anybody can make an account."""
    password: Absent | None = None
    """Signing in with an e-mail address and a password."""
    token_answer: Absent | None = None
    """Signing in answers with tokens, which clients then send."""
    refresh: Absent | None = None
    """A refresh token gives a new pair of tokens."""
    administrators: Absent | None = None
    """Routes that only administrators may use."""
    expired_token: Absent | None = None
    """A token that was valid once, to be tried."""
    foreign_token: Absent | None = None
    """A token of another environment, to be tried."""
    forged_tokens: Absent | None = None
    """Access tokens are JWTs, whose forgeries can be tried."""
    forging_key: Absent | None = None
    """The deployment's own signing key, with which rightly signed but wrong tokens are made."""
    identity_provider: Absent | None = None
    """Signing in with somebody else (OAuth 2.0 with PKCE)."""
    identity_approval: Absent | None = None
    """A provider that approves without a person."""


extend("features", SignInFeatures)
WIRE: Section[Wire] = section("wire", Wire, Wire())
AUTHENTICATION: Section[Password | PreIssuedToken | MintedJwt | None] = section(
    "authentication", Authentication | None, None
)
ACCOUNTS: Section[dict[str, Account]] = section("accounts", dict[str, Account], Field(default_factory=dict))
REGISTRATION: Section[Registration | None] = section("registration", Registration | None, None)
IDENTITY_PROVIDER: Section[IdentityProvider | None] = section(
    "identity_provider", IdentityProvider | None, None
)


def _in_a_cookie(profile: Profile) -> str | None:
    cookie = WIRE.of(profile).token_cookie
    return None if cookie is None else f"tokens travel in the cookie {cookie}"


implies_absence("bearer", _in_a_cookie)
