"""One live call per credential, that asks for the least and changes nothing.

Whether a service that does not answer would accept a credential, nobody can say: that is blind, and whether
the service should answer is other lines' business.
"""

import base64
from collections.abc import Callable
from urllib.parse import quote, urlsplit

from pydantic import JsonValue

from golive.configuration.observation import CredentialObservation
from golive.configuration.profile_credentials import (
    Credential,
    HttpToken,
    OauthClient,
    PostgresqlLogin,
    RedisLogin,
)
from golive.core.outcome import Blind
from golive.database.probe import DatabaseRefused, PostgresServer
from golive.net.deadline import Deadline
from golive.net.errors import ProtocolError, TransportError
from golive.net.guard import Guard
from golive.net.http import HttpProbe
from golive.net.http_observation import HttpObservation
from golive.net.masking import masked_text
from golive.profile.secrets import Secret

_REFUSED = range(400, 500)
_NOT_AN_ANSWER = frozenset({408, 425, 429})
_POSTGRESQL_SAYS = ("password authentication failed", "no pg_hba.conf entry", "does not exist")
_POSTGRESQL_IS_BUSY = ("too many", "starting up", "shutting down", "remaining connection slots")
_REDIS_PORTS = frozenset({6379})
_GRANT = b"grant_type=client_credentials"


class CredentialCalls:
    """Tries credentials.

    Args:
        http: the HTTP client.
        secret_of: finds what a reference of the profile stands for.
        server_of: makes a PostgreSQL server of a DSN.
        deadline: seconds for one call.
        guard: asked before a connection that carries no HTTP; the other two ask it themselves.
    """

    def __init__(
        self,
        http: HttpProbe,
        secret_of: Callable[[str], Secret],
        server_of: Callable[[Secret], PostgresServer],
        deadline: float,
        guard: Guard,
    ) -> None:
        self._guard = guard
        self._http = http
        self._secret_of = secret_of
        self._server_of = server_of
        self._deadline = deadline

    async def attempt(self, name: str, credential: Credential) -> CredentialObservation:
        """Make the credential's call.

        Raises:
            Blind: it has no value, or its service does not answer.
            Refused: by the guard, before a connection is opened.
        """
        try:
            match credential:
                case OauthClient():
                    return await self._oauth(name, credential)
                case PostgresqlLogin():
                    return await self._postgresql(name, credential)
                case RedisLogin():
                    return await self._redis(name, credential)
                case HttpToken():
                    return await self._token(name, credential)
        except TransportError as error:
            raise Blind(
                f"credential {name} could not be tried: {error}",
                remedy="make its service reachable from where the suite runs",
            ) from None

    async def _oauth(self, name: str, client: OauthClient) -> CredentialObservation:
        """RFC 6749, 4.4.2, the client in HTTP Basic as 2.3.1 says; what is issued is thrown away."""
        pair = [quote(self._secret_of(part).reveal(), safe="") for part in client.references()]
        basic = base64.b64encode(":".join(pair).encode()).decode()
        answer = await self._http.post(
            client.token_url,
            content=_GRANT,
            headers={
                "authorization": Secret(f"Basic {basic}"),
                "content-type": "application/x-www-form-urlencoded",
            },
            deadline=self._deadline,
        )
        body = _json_object(answer)
        issued = answer.status == 200 and isinstance(body.get("access_token"), str) and body["access_token"]
        error = body.get("error")
        words = f"{answer.status}, {'a token' if issued else 'no token'}"
        if isinstance(error, str):
            words += f", {masked_text(error, answer.known, longest=60)}"
        return self._of_http(name, f"client credentials at {answer.title}", answer, bool(issued), words)

    async def _token(self, name: str, token: HttpToken) -> CredentialObservation:
        value = Secret(f"{token.scheme}{self._secret_of(token.token).reveal()}")
        answer = await self._http.get(token.url, headers={token.header: value}, deadline=self._deadline)
        accepted = answer.status == token.status
        return self._of_http(name, answer.title, answer, accepted, f"status {answer.status}")

    def _of_http(
        self, name: str, call: str, answer: HttpObservation, accepted: bool, words: str
    ) -> CredentialObservation:
        refused = answer.status in _REFUSED and answer.status not in _NOT_AN_ANSWER
        if not accepted and not refused and answer.status >= 400:
            raise Blind(
                f"credential {name} could not be tried: its service answers {answer.status} — {answer.title}",
                remedy="repair the service, or try again when it lets the suite in",
            )
        return CredentialObservation(name, call, accepted, words)

    async def _postgresql(self, name: str, login: PostgresqlLogin) -> CredentialObservation:
        server = self._server_of(self._secret_of(login.dsn))
        try:
            async with server.reading() as session:
                seen = await session.observe()
                return CredentialObservation(name, f"login at {session.where}", True, f"as {seen.user}")
        except DatabaseRefused as refused:
            if any(words in refused.message for words in _POSTGRESQL_IS_BUSY):
                raise TransportError("it takes nobody in", target=refused.target, phase="connect") from None
            # The server's own words name the role, or repeat what of the DSN it could not read.
            known = next(
                (words for words in _POSTGRESQL_SAYS if words in refused.message), "for another reason"
            )
            return CredentialObservation(name, f"login at {refused.target}", False, known)

    async def _redis(self, name: str, login: RedisLogin) -> CredentialObservation:
        from redis import asyncio as redis  # noqa: PLC0415 - half a second to import
        from redis import exceptions  # noqa: PLC0415

        url = self._secret_of(login.url).reveal()
        parts = urlsplit(url)
        where = f"{parts.hostname}:{parts.port or 6379}"
        if not parts.password:
            return CredentialObservation(name, f"AUTH at {where}", False, "its URL has no password")
        try:
            client = redis.from_url(url)
        except ValueError:
            words = "its URL cannot be read"
            raise ProtocolError(words, target=where, phase="connect") from None
        # As the client itself read its URL: a query may name a host too.
        to = client.connection_pool.connection_kwargs
        if "path" not in to:
            host, port = str(to.get("host", "localhost")), int(to.get("port", 6379))
            self._guard.permit_connection(host, port, usual=_REDIS_PORTS)
        try:
            async with Deadline(self._deadline):
                await client.ping()
        except exceptions.AuthenticationError as refused:
            return CredentialObservation(name, f"AUTH at {where}", False, masked_text(str(refused)))
        except (exceptions.TimeoutError, TimeoutError):
            words = f"no answer within {self._deadline:g} s"
            raise TransportError(words, target=where, phase="connect") from None
        except (exceptions.ConnectionError, OSError):
            raise TransportError("no connection", target=where, phase="connect") from None
        except exceptions.RedisError as error:
            raise TransportError(masked_text(str(error)), target=where, phase="connect") from None
        finally:
            await client.aclose()
        return CredentialObservation(name, f"AUTH and PING at {where}", True, "PONG")


def _json_object(answer: HttpObservation) -> dict[str, JsonValue]:
    try:
        body = answer.json()
    except ProtocolError:
        return {}
    return body if isinstance(body, dict) else {}
