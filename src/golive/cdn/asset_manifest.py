"""The build's manifest: which assets there are, and what is known of each. Reads what bundlers write."""

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urljoin, urlsplit

from golive.net.errors import ProtocolError

MOST_ASSETS = 2_000
_LISTS = ("css", "assets")
_NEXT = ("polyfillFiles", "rootMainFiles", "lowPriorityFiles")
_SIZES = {"sha256": 32, "sha384": 48, "sha512": 64}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file of the build."""

    path: str
    """Absolute path at the asset host."""
    digest: tuple[str, str] | None = None
    """Algorithm (``sha256``, ``sha384``, ``sha512``) and hexadecimal digest."""
    size: int | None = None
    """Bytes, not compressed."""
    type: str | None = None

    @property
    def suffix(self) -> str:
        """With the dot, in lower case."""
        return PurePosixPath(self.path).suffix.lower()


def read_asset_manifest(text: str, base: str, *, where: str) -> tuple[Asset, ...]:
    """Return the assets that a manifest names, each path once, in its order.

    Understood are: a name to a path (webpack), the same below ``files`` (Create React App), a name to an
    object with ``file`` and also ``css``, ``assets``, ``sha256``, ``integrity``, ``bytes``, ``type`` (Vite
    and others), and ``pages`` with lists of paths (Next.js).

    Args:
        text: JSON.
        base: what relative paths stand below, such as ``/_next/``.
        where: for messages.

    Raises:
        ProtocolError: it is no JSON, of a form that is not known, or names no asset.
    """
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise ProtocolError("the manifest is not JSON", target=where, phase="read") from None
    found: dict[str, Asset] = {}
    for asset in _entries(content, base) if isinstance(content, dict) else ():
        known = found.get(asset.path)
        if known is None or (known.digest is None and asset.digest is not None):
            found[asset.path] = asset
    if not found:
        raise ProtocolError("the manifest names no asset", target=where, phase="read")
    if len(found) > MOST_ASSETS:
        words = f"the manifest names more than {MOST_ASSETS} assets"
        raise ProtocolError(words, target=where, phase="read")
    return tuple(found.values())


def _entries(content: dict[str, Any], base: str) -> Iterator[Asset]:
    if isinstance(content.get("pages"), dict):
        listed = [*content["pages"].values(), *(content.get(key) for key in _NEXT)]
        yield from (Asset(_path(name, base)) for names in listed for name in _texts(names))
        return
    files = content.get("files")
    for entry in (files if isinstance(files, dict) else content).values():
        if isinstance(entry, str):
            if not urlsplit(entry).path.endswith((".html", ".map")):
                yield Asset(_path(entry, base))
        elif isinstance(entry, Mapping):
            yield from _described(entry, base)


def _described(entry: Mapping[str, Any], base: str) -> Iterator[Asset]:
    name = entry.get("file") or entry.get("src")
    if isinstance(name, str) and name:
        size, kind = entry.get("bytes", entry.get("size")), entry.get("type")
        yield Asset(
            _path(name, base),
            _digest(entry),
            size if isinstance(size, int) else None,
            kind if isinstance(kind, str) else None,
        )
    for key in _LISTS:
        yield from (Asset(_path(other, base)) for other in _texts(entry.get(key)))


def _digest(entry: Mapping[str, Any]) -> tuple[str, str] | None:
    plain = entry.get("sha256")
    if isinstance(plain, str) and len(plain) == 64:
        return "sha256", plain.lower()
    # Subresource Integrity, 3.5: several digests may stand there, apart by blanks.
    for word in str(entry.get("integrity") or "").split():
        algorithm, _, value = word.partition("-")
        try:
            raw = base64.b64decode(value.partition("?")[0], validate=True)
        except (binascii.Error, ValueError):
            continue
        if _SIZES.get(algorithm) == len(raw):
            return algorithm, raw.hex()
    return None


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, list):
        yield from (entry for entry in value if isinstance(entry, str))


def _path(name: str, base: str) -> str:
    if urlsplit(name).scheme:
        return urlsplit(name).path
    return name if name.startswith("/") else urljoin(base, name)
