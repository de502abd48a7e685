"""Variables of the release that are missing, wrong, or easily guessed.

What the API is told differs then from what its replicas run with, which is the deployment step's to say.
"""

from __future__ import annotations

import json
from urllib.parse import unquote, urlsplit

from rehearsal.faults.editing import added, changed
from rehearsal.faults.release.configuration import ConfigurationFault

OF_THE_FRONTEND = ("code.environment",)
OF_THE_API = ("code.environment", "step.backend.environment")


def secrets_of(files: dict[str, str]) -> dict[str, str]:
    """What the secret store's dump holds."""
    found: dict[str, str] = json.loads(files["secrets.json"])["data"]["data"]
    return found


def store(files: dict[str, str], name: str, value: str) -> str:
    """Put another value into the secret store's dump, and return the former. Raises KeyError without it."""
    document = json.loads(files["secrets.json"])
    values = document["data"]["data"]
    former: str = values[name]
    values[name] = value
    files["secrets.json"] = json.dumps(document)
    return former


class Missing(ConfigurationFault):
    """The frontend is not told where the socket is."""

    name = "variables.missing"
    expected_failures = OF_THE_FRONTEND
    proves = ("test_every_variable_is_there_and_known",)

    def edit(self, files: dict[str, str]) -> None:
        lines = files["frontend.env"].splitlines()
        files["frontend.env"] = "\n".join(line for line in lines if "SOCKET_URL" not in line)


class PlaceholderSecret(ConfigurationFault):
    """The key that signs tokens is still the template's."""

    name = "variables.placeholder-secret"
    expected_failures = OF_THE_API
    proves = ("test_every_variable_is_well_formed",)

    def edit(self, files: dict[str, str]) -> None:
        store(files, "JWT_SECRET", "change-me-q7Vw2LzR9mXc4TnB8sKd1FhJ6pYg3ZaE5uWoCxMvNbQ")


class WeakSecret(ConfigurationFault):
    """The key that signs tokens is a name and a year."""

    name = "variables.weak-secret"
    expected_failures = OF_THE_API
    proves = ("test_every_variable_is_well_formed",)

    def edit(self, files: dict[str, str]) -> None:
        store(files, "JWT_SECRET", "audotics-jwt-2026")


class SecretServesTwice(ConfigurationFault):
    """The key that signs tokens is the client secret at the identity provider, too."""

    name = "variables.secret-serves-twice"
    expected_failures = OF_THE_API
    proves = ("test_no_two_secrets_are_alike",)

    def edit(self, files: dict[str, str]) -> None:
        store(files, "JWT_SECRET", secrets_of(files)["SPOTIFY_CLIENT_SECRET"])


class PasswordServesTwice(ConfigurationFault):
    """The key that signs tokens is the database's password, too."""

    name = "variables.password-serves-twice"
    expected_failures = OF_THE_API
    proves = ("test_no_two_secrets_are_alike",)

    def edit(self, files: dict[str, str]) -> None:
        store(files, "JWT_SECRET", unquote(urlsplit(secrets_of(files)["DATABASE_URL"]).password or ""))


class OnePasswordForBoth(ConfigurationFault):
    """Database and cache have one password."""

    name = "variables.one-password-for-both"
    expected_failures = OF_THE_API
    proves = ("test_no_two_secrets_are_alike",)

    def edit(self, files: dict[str, str]) -> None:
        found = secrets_of(files)
        cache, database = urlsplit(found["REDIS_URL"]), urlsplit(found["DATABASE_URL"])
        place = cache.netloc.rpartition("@")[2]
        login = f"{cache.username or ''}:{database.password}"
        store(files, "REDIS_URL", cache._replace(netloc=f"{login}@{place}").geturl())


class Unknown(ConfigurationFault):
    """A variable has a misspelt name, so nobody reads it."""

    name = "variables.unknown"
    expected_failures = OF_THE_FRONTEND
    proves = ("test_every_variable_is_there_and_known",)

    edit = added("frontend.env", "NEXT_PUBLIC_API_ULR=https://api.audotics.test\n")


class DurationWithoutUnit(ConfigurationFault):
    """A token's lifetime has no unit: the library takes such a text for milliseconds."""

    name = "variables.duration-without-unit"
    expected_failures = OF_THE_API
    proves = ("test_every_variable_is_well_formed",)

    edit = changed("api.env", 'JWT_EXPIRES_IN="900s"', 'JWT_EXPIRES_IN="900"')


class RedirectElsewhere(ConfigurationFault):
    """The identity provider is to send people back to a host that is none of this deployment's."""

    name = "variables.redirect-elsewhere"
    expected_failures = OF_THE_API
    proves = ("test_variables_agree_with_the_profile",)

    edit = changed(
        "api.env",
        'SPOTIFY_REDIRECT_URI="https://api.audotics.test/',
        'SPOTIFY_REDIRECT_URI="https://audotics-launch.test/',
    )


class WrongApiUrl(ConfigurationFault):
    """The frontend is built for the API of staging."""

    name = "variables.wrong-api-url"
    expected_failures = OF_THE_FRONTEND
    proves = ("test_variables_agree_with_the_profile",)

    edit = changed(
        "frontend.env",
        'NEXT_PUBLIC_API_URL="https://api.',
        'NEXT_PUBLIC_API_URL="https://api-staging.',
    )
