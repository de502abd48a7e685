"""Previews of the catalogue's tracks: short, real, and playable by every browser without any codec.

destination/<genre>.wav is PCM, mono, 8 bits at 8 kHz (RFC 2361): four notes that the genre decides. The
catalogue is invented, and so is its sound: tracks of a genre share one.
"""

from __future__ import annotations

import hashlib
import math
import wave
from collections.abc import Iterable
from pathlib import Path

RATE = 8000
NOTES = 4
SECONDS = 2.0
_LOUDNESS = 90
_PERIODS = (40, 36, 32, 30, 27, 24, 20, 18)
"""Samples of one oscillation: 200 to 444 Hz."""


def preview_file(genre: str) -> str:
    """The file name of a genre's preview."""
    return f"{genre.replace(' ', '-')}.wav"


def write_previews(destination: Path, genres: Iterable[str]) -> None:
    """Write the preview of every genre. The same genre always sounds the same."""
    destination.mkdir(parents=True, exist_ok=True)
    for genre in genres:
        with wave.open(str(destination / preview_file(genre)), "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(1)
            sound.setframerate(RATE)
            sound.writeframes(_melody(genre))


def _melody(genre: str) -> bytes:
    chosen = hashlib.sha256(genre.encode()).digest()[:NOTES]
    return b"".join(_note(_PERIODS[byte % len(_PERIODS)]) for byte in chosen)


def _note(period: int) -> bytes:
    samples = int(RATE * SECONDS / NOTES)
    oscillation = bytes(
        128 + round(_LOUDNESS * math.sin(2 * math.pi * position / period)) for position in range(period)
    )
    return (oscillation * (samples // period + 1))[:samples]
