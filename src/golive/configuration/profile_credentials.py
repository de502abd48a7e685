"""What a profile says of credentials: how each is tried, and which are only for tests."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from golive.profile.base import Frozen
from golive.profile.fields import HttpsUrl, HttpUrl, NamedSecretOrVariable
from golive.profile.profile import Profile
from golive.profile.registry import Section, reads_by_post, section

SecretReference = Annotated[str, Field(min_length=1), NamedSecretOrVariable]
"""A name of ``[secrets]``; with a dot, ``part.NAME``, a variable of the release."""


def _patterns(values: tuple[str, ...]) -> tuple[str, ...]:
    for value in values:
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f"{value!r} is no regular expression: {error}") from None
    return values


class _Credential(Frozen):
    test_keys: Annotated[tuple[str, ...], AfterValidator(_patterns)] = ()
    """Regular expressions that keys of tests and sandboxes match from their beginning."""


class OauthClient(_Credential):
    """A client of an OAuth 2.0 server: asks for a token of its own (RFC 6749, 4.4), which nobody uses."""

    kind: Literal["oauth client"]
    """Always ``oauth client``."""
    token_url: HttpsUrl
    """The server's token endpoint."""
    client_id: SecretReference
    """The client's id."""
    client_secret: SecretReference
    """The client's secret."""

    def references(self) -> tuple[SecretReference, ...]:
        """The secrets and variables that it is made of."""
        return (self.client_id, self.client_secret)


class PostgresqlLogin(_Credential):
    """A login at PostgreSQL: a session that only reads who it is."""

    kind: Literal["postgresql"]
    """Always ``postgresql``."""
    dsn: SecretReference
    """A URL with user, password, host and database."""

    def references(self) -> tuple[SecretReference, ...]:
        """The secrets and variables that it is made of."""
        return (self.dsn,)


class RedisLogin(_Credential):
    """A login at a Redis-compatible server: AUTH and PING."""

    kind: Literal["redis"]
    """Always ``redis``."""
    url: SecretReference
    """A ``redis://`` or ``rediss://`` URL with the password."""

    def references(self) -> tuple[SecretReference, ...]:
        """The secrets and variables that it is made of."""
        return (self.url,)


class HttpToken(_Credential):
    """A token in a header of a GET that changes nothing, such as a forge's ``/user`` or ``/rate_limit``."""

    kind: Literal["http"]
    """Always ``http``."""
    url: HttpUrl
    """Where it is tried, by GET."""
    token: SecretReference
    """The token."""
    header: str = "Authorization"
    """The request header that carries the token."""
    scheme: str = "Bearer "
    """Put before the token in that header."""
    status: int = Field(default=200, ge=200, le=299)
    """The status that says that the token is accepted."""

    def references(self) -> tuple[SecretReference, ...]:
        """The secrets and variables that it is made of."""
        return (self.token,)


Credential = Annotated[OauthClient | PostgresqlLogin | RedisLogin | HttpToken, Field(discriminator="kind")]


def token_urls(credentials: Mapping[str, Credential]) -> list[str]:
    """Where a client asks for a token, which is a POST that changes nothing."""
    return [
        credential.token_url for credential in credentials.values() if isinstance(credential, OauthClient)
    ]


CREDENTIALS: Section[dict[str, Credential]] = section("credentials", dict[str, Credential], {})
"""Credentials of the release, each with the call that shows that it is accepted."""


@reads_by_post
def _tokens(profile: Profile) -> Iterator[str]:
    yield from (urlsplit(url).path for url in token_urls(CREDENTIALS.of(profile)))
