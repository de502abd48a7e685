"""Credentials of the release that are refused, that are a test's, or that everybody can read."""

from __future__ import annotations

import base64
import json
import secrets

from rehearsal.faults.base import Fault, FrontendFault
from rehearsal.faults.release.configuration import ConfigurationFault
from rehearsal.faults.release.variables import store
from rehearsal.stack.plan import StackPlan

REFUSED = ("code.credentials", "step.backend.environment")
SERVED = ("code.credentials",)


class ClientSecretRefused(ConfigurationFault):
    """The release has a client secret that the identity provider does not know: an old one, since renewed."""

    name = "credentials.client-secret-refused"
    expected_failures = REFUSED
    proves = ("test_every_credential_is_accepted",)

    def edit(self, files: dict[str, str]) -> None:
        store(files, "SPOTIFY_CLIENT_SECRET", secrets.token_hex(16))


class DatabasePasswordRefused(ConfigurationFault):
    """The release has a password that the database does not accept."""

    name = "credentials.database-password-refused"
    expected_failures = REFUSED
    proves = ("test_every_credential_is_accepted",)

    def edit(self, files: dict[str, str]) -> None:
        url = store(files, "DATABASE_URL", "")
        role, _, rest = url.removeprefix("postgresql://").partition(":")
        place = rest.partition("@")[2]
        store(files, "DATABASE_URL", f"postgresql://{role}:{secrets.token_urlsafe(18)}@{place}")


class TestKeyInUse(Fault):
    """The identity provider's client secret is that of its sandbox, which accepts it."""

    name = "credentials.test-key"
    expected_failures = ("code.credentials",)
    proves = ("test_no_key_of_tests_is_in_use",)

    def apply(self, stack: StackPlan) -> None:
        stack.spotify_client_secret = f"sandbox-{secrets.token_hex(16)}"


class ServedSecret(FrontendFault):
    """The client secret gets into what browsers are served."""

    expected_failures = SERVED
    _secret = ""

    def apply(self, stack: StackPlan) -> None:
        """Give the application a secret that the frontend's build knows."""
        if stack.spotify_client_secret is None:
            stack.spotify_client_secret = secrets.token_hex(16)
        self._secret = stack.spotify_client_secret
        super().apply(stack)


class InSourceMap(ServedSecret):
    """A source map lies beside the script, and holds a file with the client secret in it."""

    name = "credentials.in-source-map"
    proves = ("test_frontend_serves_no_secret",)

    def edit(self, files: dict[str, str]) -> None:
        source = f'export const client = {{ secret: "{self._secret}" }};\n'
        document = {
            "version": 3,
            "sources": ["server/spotify.js"],
            "sourcesContent": [source],
            "mappings": "",
        }
        files["main.js.map"] = json.dumps(document)


class InBase64(ServedSecret):
    """A script holds the header by which the application signs in at the identity provider, in base64."""

    name = "credentials.in-base64"
    proves = ("test_frontend_serves_no_secret",)

    def edit(self, files: dict[str, str]) -> None:
        header = base64.b64encode(f"audotics-web:{self._secret}".encode()).decode()
        files["main.js"] += f'\nconst authorization = "Basic {header}";\n'
