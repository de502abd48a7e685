"""The release's configuration: variables of each part, files with their schemas; written as it is deployed.

Replicas are started with these very variables. Faults change what is written, not what runs: the release
that is about to be deployed is wrong, the one that runs is not.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from rehearsal.stack.network.ports import LOOPBACK
from rehearsal.stack.plan import ACCOUNTS_HOST, API_HOST, APP_HOST, CDN_HOST, StackPlan

if TYPE_CHECKING:
    from rehearsal.stack.run_directory import RunDirectory
    from rehearsal.stack.services import Credentials

FOLDER = "configuration"
IN_THE_STORE = ("DATABASE_URL", "REDIS_URL", "JWT_SECRET", "SPOTIFY_CLIENT_SECRET")
"""Variables of the API that a secret store keeps."""


def api_variables(
    plan: StackPlan, credentials: Credentials, database_url: str, cache_url: str
) -> dict[str, str]:
    """What every replica is told alike."""
    return {
        "NODE_ENV": "production",
        "LOG_LEVEL": "info",
        "DATABASE_URL": database_url,
        "REDIS_URL": cache_url,
        "JWT_SECRET": credentials.jwt_secret,
        "JWT_EXPIRES_IN": f"{plan.token_lifetime_seconds}s",
        "FRONTEND_URL": f"https://{APP_HOST}",
        "SPOTIFY_CLIENT_ID": credentials.spotify_client_id,
        "SPOTIFY_CLIENT_SECRET": credentials.spotify_client_secret,
        "SPOTIFY_REDIRECT_URI": spotify_callback(plan),
    }


def spotify_callback(plan: StackPlan) -> str:
    """Where the identity provider sends people back to."""
    return f"https://{API_HOST}{plan.api_prefix}/auth/spotify/callback"


def write_configuration(
    run: RunDirectory, plan: StackPlan, credentials: Credentials, variables: dict[str, str]
) -> str:
    """Write the release's configuration, as faults have changed it, and return the folder."""
    store = {name: value for name, value in variables.items() if name in IN_THE_STORE}
    plain = {name: value for name, value in variables.items() if name not in IN_THE_STORE}
    files = {
        "api.env": _dotenv("The API's variables; its secrets are in the store", plain),
        # As `vault kv get -format=json` writes them.
        "secrets.json": json.dumps({"data": {"data": store, "metadata": {"version": 7}}}, indent=1),
        "frontend.env": _dotenv("What the frontend's build is told", _frontend_variables(plan, credentials)),
        "api.json": json.dumps(_api_file(plan), indent=1),
        "api.schema.json": json.dumps(_API_SCHEMA, indent=1),
        "frontend.yaml": _frontend_file(plan, credentials),
        "frontend.schema.json": json.dumps(_FRONTEND_SCHEMA, indent=1),
    }
    for edit in plan.configuration_edits:
        edit(files)
    folder = run.subdirectory(FOLDER)
    for name, text in files.items():
        run.private_file(folder / name, text)
    return str(folder)


def configuration_facts(folder: str, asset_origin_port: int) -> dict[str, Any]:
    """The profile's parts, as JSON types."""
    origin_key = {
        "kind": "http",
        "url": f"http://{LOOPBACK}:{asset_origin_port}/manifest.json",
        "token": "cdn_origin_key",
        "header": "X-Origin-Key",
        "scheme": "",
    }
    return {"configuration": {"folder": folder}, "credentials": {"asset-origin": origin_key}}


def _dotenv(title: str, variables: dict[str, str]) -> str:
    lines = (f'{name}="{value}"' for name, value in variables.items())
    return "\n".join([f"# {title}", *lines, ""])


def _frontend_variables(plan: StackPlan, credentials: Credentials) -> dict[str, str]:
    api = f"https://{API_HOST}{plan.api_prefix}"
    return {
        "NEXT_PUBLIC_API_URL": api,
        "NEXT_PUBLIC_SOCKET_URL": api,
        "NEXT_PUBLIC_FRONTEND_URL": f"https://{APP_HOST}",
        "NEXT_PUBLIC_SPOTIFY_CLIENT_ID": credentials.spotify_client_id,
        "NEXT_PUBLIC_SPOTIFY_REDIRECT_URI": spotify_callback(plan),
    }


def _api_file(plan: StackPlan) -> dict[str, Any]:
    return {
        "environment": "production",
        "publicUrl": f"https://{API_HOST}{plan.api_prefix}",
        "socketUrl": f"wss://{API_HOST}{plan.api_prefix}",
        "frontendUrl": f"https://{APP_HOST}",
        "assetsUrl": f"https://{CDN_HOST}",
        "cors": {"origins": [f"https://{APP_HOST}"], "credentials": True},
        "logging": {"level": "info", "format": "json"},
        "debug": False,
        "rateLimits": {"signedIn": 1000, "anonymous": 100, "windowSeconds": 3600},
        "identityProvider": {"authorizeUrl": f"https://{ACCOUNTS_HOST}/authorize"},
    }


def _frontend_file(plan: StackPlan, credentials: Credentials) -> str:
    api = f"https://{API_HOST}{plan.api_prefix}"
    return f"""\
# What the frontend's build bakes in.
environment: production
siteUrl: https://{APP_HOST}
apiUrl: {api}
socketUrl: {api}
assetsUrl: https://{CDN_HOST}
spotify:
  clientId: "{credentials.spotify_client_id}"
  redirectUri: {spotify_callback(plan)}
sourceMaps: false
"""


def _object(properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    shape = {"type": "object", "properties": properties, "required": sorted(properties)}
    return {**shape, "additionalProperties": False, **more}


_DRAFT = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
_URL = {"type": "string", "pattern": "^https://"}
_POSITIVE = {"type": "integer", "minimum": 1}
_API_SCHEMA = _object(
    {
        "environment": {"enum": ["production", "staging"]},
        "publicUrl": _URL,
        "socketUrl": {"type": "string", "pattern": "^(https|wss)://"},
        "frontendUrl": _URL,
        "assetsUrl": _URL,
        "cors": _object(
            {
                "origins": {"type": "array", "items": _URL, "minItems": 1, "uniqueItems": True},
                "credentials": {"type": "boolean"},
            }
        ),
        "logging": _object({"level": {"type": "string"}, "format": {"enum": ["json", "text"]}}),
        "debug": {"type": "boolean"},
        "rateLimits": _object({"signedIn": _POSITIVE, "anonymous": _POSITIVE, "windowSeconds": _POSITIVE}),
        "identityProvider": _object({"authorizeUrl": {"type": "string", "pattern": "^https?://"}}),
    },
    **_DRAFT,
    title="Configuration of the API",
)
_FRONTEND_SCHEMA = _object(
    {
        "environment": {"enum": ["production", "staging"]},
        "siteUrl": _URL,
        "apiUrl": _URL,
        "socketUrl": _URL,
        "assetsUrl": _URL,
        "spotify": _object({"clientId": {"type": "string", "minLength": 16}, "redirectUri": _URL}),
        "sourceMaps": {"type": "boolean"},
    },
    **_DRAFT,
    title="Configuration of the frontend",
)
