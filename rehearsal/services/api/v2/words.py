"""What the second deployment calls things: paths, and fields at any depth."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

PREFIX = "/v2"
SOCKET = f"{PREFIX}/socket"
TOKEN_COOKIE = "audotics_token"

# No route registers people or refreshes tokens here.
_PATHS = {
    "/status": "/health",
    "/build": "/version",
    "/session": "/auth/login",
    "/session/end": "/auth/logout",
    "/session/spotify": "/auth/spotify/refresh",
    "/auth/spotify/login": "/auth/spotify/login",
    "/auth/spotify/callback": "/auth/spotify/callback",
    "/auth/spotify/user": "/auth/spotify/user",
    "/auth/spotify/logout": "/auth/spotify/logout",
    "/me": "/users/me",
    "/tracks/for-me": "/recommendations",
    "/tracks/{id}": "/songs/{id}",
    "/tracks/{id}/alike": "/songs/{id}/similar",
    "/tracks/{id}/rating": "/feedback/songs/{id}",
    "/charts": "/trending",
    "/search": "/nlp-recommendations/query",
    "/rooms": "/api/sessions",
    "/rooms/{id}": "/api/sessions/{id}",
    "/rooms/{id}/enter": "/api/sessions/{id}/join",
    "/rooms/{id}/exit": "/api/sessions/{id}/leave",
    "/rooms/{id}/tracks": "/api/sessions/{id}/playlist",
    "/rooms/{id}/tracks/for-us": "/api/sessions/{id}/recommendations",
    "/analytics/sessions": "/analytics/sessions",
    "/analytics/playlists": "/analytics/playlists",
    "/analytics/users": "/analytics/users",
}
_PATTERNS = [
    (re.compile(re.escape(theirs).replace(r"\{id\}", "([^/]+)")), ours) for theirs, ours in _PATHS.items()
]

FIELDS = {
    "expiresIn": "expires_in",
    "recommendations": "items",
    "similar": "alike",
    "spotifyId": "spotify_id",
    "previewUrl": "preview_url",
    "songId": "track_id",
    "displayName": "display_name",
    "statusCode": "code",
    "release": "build",
    "buildTime": "built_at",
    "codeVerifier": "code_verifier",
    "creatorId": "creator_id",
    "createdAt": "created_at",
    "playlistVersion": "playlist_version",
    "limit": "count",
}
"""The application's name of a field or parameter, to this deployment's."""
_BACK = {theirs: ours for ours, theirs in FIELDS.items()}


def inner_path(path: str) -> str | None:
    """The application's path, or None for a path that this deployment does not have."""
    if not path.startswith(f"{PREFIX}/"):
        return None
    for pattern, ours in _PATTERNS:
        found = pattern.fullmatch(path.removeprefix(PREFIX))
        if found:
            return ours.replace("{id}", found[1]) if "{id}" in ours else ours
    return None


def outward(value: Any) -> Any:
    """The application's content in this deployment's words."""
    return _renamed(value, lambda name: FIELDS.get(name, name))


def inward(value: Any) -> Any:
    """This deployment's content in the application's words."""
    return _renamed(value, lambda name: _BACK.get(name, name))


def inward_parameter(name: str) -> str:
    """A query parameter's name in the application; the provider's own `code` and `state` stay as they are."""
    return "limit" if name == FIELDS["limit"] else name


def _renamed(value: Any, rename: Callable[[str], str]) -> Any:
    if isinstance(value, dict):
        return {rename(name): _renamed(inner, rename) for name, inner in value.items()}
    if isinstance(value, list):
        return [_renamed(inner, rename) for inner in value]
    return value
