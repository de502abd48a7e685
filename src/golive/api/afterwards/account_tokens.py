"""Access tokens of the test accounts, in whichever way the profile says they are got."""

from collections.abc import Callable
from datetime import datetime

from golive.api.profile import API, ROUTES
from golive.api.profile_sign_in import (
    ACCOUNTS,
    AUTHENTICATION,
    WIRE,
    Account,
    MintedJwt,
    Password,
    PreIssuedToken,
)
from golive.api.wire.csrf import with_csrf
from golive.api.wire.routes import as_route
from golive.api.wire.serialization import NotInEnvelopeError
from golive.api.wire.session_answer import sign_in_body, value_at
from golive.core.outcome import Blind
from golive.net.errors import ProtocolError
from golive.net.http import HttpProbe
from golive.net.http_observation import HttpObservation
from golive.profile.fields import SecretName
from golive.profile.profile import Profile
from golive.profile.secrets import Secret, Secrets
from golive.rules.http import is_let_in


def minted_token(account: Account, strategy: MintedJwt, key: Secret, *, issued: datetime) -> Secret:
    """Return an access token of the account, signed with the deployment's own key."""
    import jwt  # noqa: PLC0415 - with cryptography below it, for deployments that mint tokens

    claims = {"id": account.id, "email": account.email, "iat": issued, "exp": issued + strategy.lifetime}
    return Secret(jwt.encode(claims, key.reveal(), algorithm=strategy.algorithm))


def secrets_of_account(profile: Profile, role: str) -> tuple[SecretName, ...]:
    """Return the names of the secrets that a token of the account is got with; none of an unknown role."""
    account = ACCOUNTS.of(profile).get(role)
    if account is None:
        return ()
    match AUTHENTICATION.of(profile):
        case MintedJwt() as strategy:
            return (strategy.signing_key,)
        case PreIssuedToken():
            return (account.token,) if account.token else ()
        case _:
            return (account.password,) if account.password else ()


class AccountTokens:
    """Tokens for whoever works after a run; each account signs in once."""

    def __init__(
        self, http: HttpProbe, profile: Profile, secrets: Secrets, clock: Callable[[], datetime]
    ) -> None:
        self._http = http
        self._profile = profile
        self._secrets = secrets
        self._clock = clock
        self._got: dict[str, Secret] = {}

    async def of(self, role: str) -> Secret:
        """Return the account's token.

        Raises:
            Blind: the profile has no such account or no way to sign in, a secret is missing, or the sign-in
                is refused.
            ProbeError: as of the client.
        """
        if role not in self._got:
            self._got[role] = await self._get(role)
        return self._got[role]

    async def _get(self, role: str) -> Secret:
        account, strategy = ACCOUNTS.of(self._profile).get(role), AUTHENTICATION.of(self._profile)
        names = secrets_of_account(self._profile, role)
        if account is None or strategy is None or not names:
            raise Blind(
                f"the profile does not say how accounts.{role} signs in",
                remedy=f"add accounts.{role} with its secret, and [authentication], as the run had them",
            )
        secret = self._secrets.get(names[0])
        match strategy:
            case PreIssuedToken():
                return secret
            case MintedJwt():
                return minted_token(account, strategy, secret, issued=self._clock())
            case Password():
                return await self._signed_in(role, account, secret, strategy)

    async def _signed_in(self, role: str, account: Account, password: Secret, strategy: Password) -> Secret:
        profile = self._profile
        wire, route = WIRE.of(profile), as_route(ROUTES.of(profile).sign_in)
        url = f"{route.base or API.present(profile).url}{route}"
        # Values may be secrets, which the client reveals where it sends them.
        words = sign_in_body(strategy, account.email, password)
        body = {wire.fields.get(name, name): value for name, value in words.items()}
        cookies, shown = await with_csrf(self._http, wire.csrf, "POST", {})
        answer = await self._http.post(url, json=body, cookies=cookies, headers=shown)
        token = token_in(profile, answer) if is_let_in(answer) else ""
        if not token:
            raise Blind(
                f"accounts.{role} cannot sign in (answered {answer.status}) — {answer.title}",
                remedy="correct its password in the environment, or sign in and undo it by hand",
            )
        return Secret(token)


def token_in(profile: Profile, answer: HttpObservation) -> str:
    """Return the access token that the answer to a sign-in or a refresh hands out; empty without one."""
    wire, strategy = WIRE.of(profile), AUTHENTICATION.of(profile)
    if wire.token_cookie is not None:
        found = (cookie.value for cookie in answer.cookies() if cookie.name == wire.token_cookie)
        return next(found, Secret("")).reveal()
    by_password = strategy if isinstance(strategy, Password) else Password(strategy="password")
    place = as_route(ROUTES.of(profile).sign_in).content
    try:
        content = wire.received(answer.json(), is_error=False, place=place)
    except (ProtocolError, NotInEnvelopeError):
        return ""
    value = value_at(content, by_password.access_field)
    return value if isinstance(value, str) else ""
