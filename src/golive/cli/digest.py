"""What somebody looked at, as a digest: the bytes of a file, or of what a URL answers with."""

import hashlib
from pathlib import Path

import httpx

from golive.cli.errors import UsageError
from golive.core.attestation import Seen

_SECONDS = 20.0
_LONGEST = 20_000_000


def look_at(source: str) -> Seen:
    """Return the SHA-256 of ``source``, a file or an http(s) URL.

    Raises:
        UsageError: it cannot be read, or is empty.
    """
    content = _fetched(source) if source.startswith(("https://", "http://")) else _read(Path(source))
    if not content.strip():
        raise UsageError(f"--evidence {source}: it is empty")
    return Seen(source=source, sha256=hashlib.sha256(content).hexdigest())


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"--evidence {path}: cannot be read: {error.strerror or error}") from None


def _fetched(url: str) -> bytes:
    remedy = "save what you looked at to a file, and give that"
    content = bytearray()
    try:
        with httpx.stream("GET", url, follow_redirects=True, timeout=_SECONDS) as answer:
            if answer.status_code != 200:
                raise UsageError(f"--evidence {url}: answers {answer.status_code}: {remedy}")
            for chunk in answer.iter_bytes():
                content += chunk
                if len(content) > _LONGEST:
                    raise UsageError(f"--evidence {url}: longer than {_LONGEST} bytes: {remedy}")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise UsageError(f"--evidence {url}: {error or type(error).__name__}: {remedy}") from None
    return bytes(content)
