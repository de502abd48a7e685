"""Looks at a document: a file of the project, or what an https URL answers with."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from pydantic import JsonValue

from golive.net.errors import ProbeError, ProtocolError

LONGEST = 20_000_000


class DocumentMissing(ProbeError):
    """There is no such file, or it cannot be read."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it is: its source, SHA-256 (hexadecimal) and bytes."""

    kind: ClassVar[str] = "document"
    source: str
    sha256: str
    content: bytes

    @property
    def title(self) -> str:
        """Its source."""
        return self.source

    def facts(self) -> dict[str, JsonValue]:
        """Digest and size; the words are the document's owner's."""
        return {"sha256": self.sha256, "bytes": len(self.content)}


@dataclass(frozen=True, slots=True)
class DocumentProbe:
    """Reads documents. ``fetch`` returns the body of a URL, by the run's guarded client."""

    root: Path
    fetch: Callable[[str], Awaitable[bytes]]

    async def look_at(self, source: str) -> Document:
        """Return the document.

        Raises:
            DocumentMissing: the file is not there, or cannot be read.
            ProtocolError: it is too long.
            ProbeError: as of ``fetch``.
        """
        if source.startswith("https://"):
            content = await self.fetch(source)
        else:
            content = await asyncio.to_thread(self._read, source)
        if len(content) > LONGEST:
            raise ProtocolError(f"a document of more than {LONGEST} bytes", target=source, phase="read")
        return Document(source, hashlib.sha256(content).hexdigest(), content)

    def _read(self, source: str) -> bytes:
        try:
            with (self.root / source).open("rb") as stream:
                return stream.read(LONGEST + 1)
        except OSError as error:
            raise DocumentMissing(
                f"the document cannot be read: {error.strerror or error}", target=source, phase="read"
            ) from None
