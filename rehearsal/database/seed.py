"""Fills an empty database: accounts, catalogue, listening history."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

import asyncpg
from argon2 import PasswordHasher

from rehearsal.database.accounts import Accounts
from rehearsal.database.catalogue import CatalogueTrack, generate_catalogue
from rehearsal.database.history import (
    FRIEND_PREFERENCES,
    LISTENER_PREFERENCES,
    background_user_ids,
    generate_history,
)

# Cheap on purpose: the rehearsal's passwords live for one run, its start-up time is paid every time.
HASHER = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1)


async def seed(connection: asyncpg.Connection, accounts: Accounts) -> None:
    """Insert everything; a database that already has a catalogue is left as it is."""
    if await connection.fetchval('SELECT count(*) FROM "Track"'):
        return
    now = datetime.now(UTC)
    catalogue = generate_catalogue()
    await _copy(connection, "User", _USER_COLUMNS, _user_rows(accounts))
    await _copy(connection, "UserPreference", ("id", "userId", "genres"), _preference_rows(accounts))
    await _copy(connection, "Track", _TRACK_COLUMNS, [_track_row(track) for track in catalogue])
    await _copy(
        connection, "TrackFeatures", _FEATURE_COLUMNS, [(track.id, *track.features) for track in catalogue]
    )
    history = generate_history(
        catalogue,
        [account.id for account in (accounts.listener, *accounts.listeners)],
        [account.id for account in (accounts.friend, *accounts.friends)],
        now,
    )
    await _copy(
        connection,
        "TrackInteraction",
        ("id", "userId", "trackId", "type", "rating", "createdAt"),
        [(row.id, row.user_id, row.track_id, row.kind, row.rating, row.created_at) for row in history],
    )
    await connection.execute("ANALYZE")


_USER_COLUMNS = ("id", "email", "passwordHash", "displayName", "role", "spotifyId")
_TRACK_COLUMNS = (
    "id", "spotifyId", "name", "artists", "album", "genre", "releaseYear", "durationMs",
)  # fmt: skip
_FEATURE_COLUMNS = (
    "trackId", "danceability", "energy", "valence", "tempo", "acousticness", "instrumentalness",
)  # fmt: skip


def _user_rows(accounts: Accounts) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = [
        (
            account.id,
            account.email,
            HASHER.hash(account.password),
            account.display_name,
            account.role,
            account.spotify_id,
        )
        for account in accounts
    ]
    for number, user_id in enumerate(background_user_ids()):
        # Without a password hash nobody can sign in as a background user.
        rows.append((user_id, f"background-{number}@audotics.test", None, f"Listener {number}", "user", None))
    return rows


def _preference_rows(accounts: Accounts) -> list[tuple[Any, ...]]:
    chosen = (
        ((accounts.listener, *accounts.listeners), LISTENER_PREFERENCES),
        ((accounts.friend, *accounts.friends), FRIEND_PREFERENCES),
    )
    return [
        (str(uuid.uuid5(uuid.NAMESPACE_URL, a.id)), a.id, list(genres))
        for alike, genres in chosen
        for a in alike
    ]


def _track_row(track: CatalogueTrack) -> tuple[Any, ...]:
    return (
        track.id,
        track.spotify_id,
        track.name,
        list(track.artists),
        track.album,
        track.genre,
        track.release_year,
        track.duration_ms,
    )


async def _copy(
    connection: asyncpg.Connection, table: str, columns: tuple[str, ...], rows: list[tuple[Any, ...]]
) -> None:
    await connection.copy_records_to_table(table, columns=columns, records=rows)
