"""What a profile says of signing in: tokens, test accounts, registration and identity providers."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from golive.api.wire.serialization import Wire
from golive.profile.base import Absent, Frozen
from golive.profile.fields import ComparedHttpsUrl, Duration, SecretName
from golive.profile.profile import Profile
from golive.profile.registry import Section, extend, implies_absence, objects, section


class AccessToken(Frozen):
    """The form of access tokens."""

    form: Literal["jwt", "opaque"] = "jwt"
    """Whether tokens can be read, as JWTs, or tell nothing to anybody but the API."""
    algorithms: tuple[str, ...] = ("HS256",)
    """Values of ``alg`` that tokens may be signed with."""
    subject: str = "id"
    """The claim that names the user."""
    claims: tuple[str, ...] = ("id", "email", "iat", "exp")
    """Claims that every token has, never empty."""
    lifetime_at_least: Duration = timedelta(minutes=1)
    """From ``iat`` to ``exp``: a shorter life would sign users out while they are there."""
    lifetime_at_most: Duration = timedelta(hours=24)
    """From ``iat`` to ``exp``: a longer life would help whoever steals one."""
    clock_skew: Duration = timedelta(seconds=60)
    """How far the clocks of issuer and suite may be apart."""


class Strategy(Frozen):
    """What every way of signing in has."""

    access_token: AccessToken = AccessToken()
    """What every access token must be like."""
    expired_token: SecretName | None = None
    """A token that was valid once; shows that expired tokens are refused."""
    foreign_token: SecretName | None = None
    """A token of another environment, valid there; shows that environments do not trust each other."""
    forging_key: SecretName | None = None
    """The key that access tokens are signed with, for rightly signed tokens that must be refused."""


class Password(Strategy):
    """Sign-in with an e-mail address and a password over the sign-in route."""

    strategy: Literal["password"]
    """Always ``password``."""
    email_field: str = "email"
    """The field of a sign-in's body that carries the address."""
    password_field: str = "password"  # noqa: S105 - the name of a field
    """The field that carries the password."""
    other_fields: dict[str, str] = {}
    """Further fields that the request must have, to their values."""
    access_field: str = "accessToken"
    """Where a sign-in's answer has the access token; dots lead into objects, such as data.token."""
    refresh_field: str | None = "refreshToken"
    """Where it has the refresh token; None: it has none."""
    expiry_field: str | None = "expiresIn"
    """Where a sign-in says how long the access token lives."""
    expiry_unit: Literal["seconds", "milliseconds", "instant"] = "seconds"
    """What that is counted in; an instant is when it ends. ISO 8601 is read as an instant anyway."""
    sign_out_field: str | None = None
    """The field of a sign-out's body that carries the refresh token; None: it has no body."""


class PreIssuedToken(Strategy):
    """A token from a secret store; the suite never signs in."""

    strategy: Literal["token"]
    """Always ``token``."""


class MintedJwt(Strategy):
    """Tokens that the suite signs with the deployment's own key."""

    strategy: Literal["jwt"]
    """Always ``jwt``."""
    signing_key: SecretName
    """The secret that is the deployment's key: PEM for RS256 and ES256."""
    algorithm: Literal["HS256", "RS256", "ES256"] = "HS256"
    """What the tokens are signed with."""
    lifetime: Duration = timedelta(minutes=15)
    """How long a token of the suite is valid."""


Authentication = Annotated[Password | PreIssuedToken | MintedJwt, Field(discriminator="strategy")]


class Account(Frozen):
    """A test account; only names of secrets stand here."""

    email: str
    """The address that it signs in with."""
    password: SecretName | None = None
    """The secret that is its password, where the suite signs in with it."""
    token: SecretName | None = None
    """The secret that is a token issued beforehand, where the suite does not sign in."""
    id: str | None = None
    """Its user's id, which minted tokens must name; other strategies do without."""
    like: str | None = None
    """The role that it can play beside the role's own account, so that two checks can change one each."""


class Registration(Frozen):
    """How an account is made and removed; shows what becomes of a deleted user's token."""

    route: str = "/auth/register"
    """Path that makes an account, by POST."""
    email_field: str = "email"
    """The field that carries the new account's address."""
    password_field: str = "password"  # noqa: S105 - the name of a field
    """The field that carries its password."""
    other_fields: dict[str, str] = {"displayName": "golive"}
    """Further fields that the request must have, to their values."""
    removal: str | Absent = "/users/me"
    """DELETE on this route removes the caller's own account; without it no check makes one."""


class IdentityProvider(Frozen):
    """Signing in with somebody else: OAuth 2.0 with PKCE and cookies."""

    authorize_url: ComparedHttpsUrl
    """The provider's page that the browser is sent to."""
    client_id: str = Field(min_length=1)
    """The application's id at the provider."""
    redirect_uri: ComparedHttpsUrl
    """Where the provider sends the browser back, as it is registered there."""
    start: str
    """Route that sends the browser to the provider."""
    callback: str
    """Route to which the provider sends it back."""
    refresh: str | Absent
    """Route that renews the session, by its cookie; absent where it is not renewed."""
    user: str
    """Route that says who is signed in."""
    sign_out: str
    """Route that ends the session."""
    challenge: Literal["page", "server"] | Absent = "page"
    """Who makes the PKCE challenge (RFC 7636): the page that begins, which later shows its verifier to renew
    the session; the server, for itself; or nobody, with the reason."""
    verifier_field: str = "codeVerifier"
    """The field of the callback's body that carries the PKCE code verifier."""
    session_cookie: str
    """The cookie that carries the session."""
    refresh_cookie: str | None = None
    """The cookie that renews it, where that is another one."""
    browser_cookie: str
    """The cookie that ties a sign-in to the browser that began it."""
    same_site: tuple[Literal["strict", "lax", "none"], ...] = ("none", "lax", "strict")
    """Values of ``SameSite`` that the cookies may have."""
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
    issue_time: Absent | None = None
    """A token that says it was issued later than now is refused; RFC 7519 leaves that to the deployment."""
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


def _challenge_is_not_the_pages(profile: Profile) -> str | None:
    declared = IDENTITY_PROVIDER.of(profile)
    if declared is None or declared.challenge == "page":
        return None
    if isinstance(declared.challenge, Absent):
        return declared.challenge.absent
    return "the server makes the challenge, and pages have no part in it (identity_provider.challenge)"


implies_absence("bearer", _in_a_cookie)
implies_absence("page_challenge", _challenge_is_not_the_pages)


@objects
def _renamed_twice(profile: Profile) -> str | None:
    strategy = AUTHENTICATION.of(profile)
    if not isinstance(strategy, Password):
        return None
    ours = {theirs: name for name, theirs in WIRE.of(profile).fields.items() if theirs != name}
    for key in ("access_field", "refresh_field", "expiry_field"):
        for part in (getattr(strategy, key) or "").split("."):
            if part in ours:
                return (
                    f"authentication.{key}: wire.fields has {part!r} read as {ours[part]!r} already: write"
                    f" {ours[part]!r} here, or take it out of wire.fields"
                )
    return None
