"""The build: sources and the run's configuration in, hashed assets and one HTML page out.

destination/app/index.html           the page, for the application's host
destination/assets/<name>-<hash>.js  everything else, for the asset host
destination/assets/<…>.js.map        a source map, where a source has one: beside it, and not in the manifest
destination/assets/manifest.json     {"main.js": {"file", "sha256", "bytes", "type"}, …}
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

SOURCE = Path(__file__).parent / "source"
FLAVOURS = Path(__file__).parent / "flavours"
"""Per flavour a directory of sources that stand in for those of the same name."""
VENDOR = Path(__file__).parent / "vendor"
PAGE = "index.html"
BESIDE = "app/"
"""What the names of texts begin with that are delivered beside the page, under their own names."""
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".txt": "text/plain"}

Edit = Callable[[dict[str, str]], None]
"""Changes the source texts (name -> text) in place, before they are hashed."""

_IMPORT = re.compile(r'(from|import)\s*"\./([\w.-]+\.js)"')
_ASSET = re.compile(r"\{\{asset:([\w.-]+)\}\}")
_PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")


@dataclass(frozen=True)
class FrontendConfig:
    """Public configuration that the build bakes in; addresses without a slash at the end."""

    api_url: str
    socket_url: str
    frontend_url: str
    assets_url: str
    spotify_client_id: str
    release_version: str
    release_commit: str


@dataclass(frozen=True)
class Asset:
    """One built file as the manifest lists it."""

    file: str
    sha256: str
    bytes: int
    type: str


def build(destination: Path, config: FrontendConfig, edits: Iterable[Edit] = (), flavour: str = "v1") -> None:
    """Write the app and its assets. Raises KeyError for a placeholder or import that leads nowhere."""
    files = sources(flavour)
    for edit in edits:
        edit(files)
    page = files.pop(PAGE)
    beside = {name: files.pop(name) for name in list(files) if name.startswith(BESIDE)}
    maps = {name.removesuffix(".map"): files.pop(name) for name in list(files) if name.endswith(".map")}
    origins = {
        "api_origin": _origin(config.api_url),
        "socket_origin": _origin(config.socket_url),
        "socket_origin_ws": re.sub("^http", "ws", _origin(config.socket_url)),
    }
    values = asdict(config) | origins

    assets_folder, app_folder = destination / "assets", destination / "app"
    assets_folder.mkdir(parents=True, exist_ok=True)
    app_folder.mkdir(parents=True, exist_ok=True)
    built: dict[str, Asset] = {}
    for name in files:
        _build_asset(name, files, assets_folder, built)

    for name, text in maps.items():
        (assets_folder / f"{built[name].file}.map").write_text(text, encoding="utf-8")

    manifest = {name: asdict(built[name]) for name in sorted(built)}
    (assets_folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    page = _ASSET.sub(lambda match: f"{config.assets_url}/{built[match[1]].file}", page)
    page = _PLACEHOLDER.sub(lambda match: values[match[1]], page)
    (app_folder / PAGE).write_text(page, encoding="utf-8")
    for name, text in beside.items():
        (app_folder / name.removeprefix(BESIDE)).write_text(text, encoding="utf-8")


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def sources(flavour: str = "v1") -> dict[str, str]:
    """Every source text by its name, with the vendored client and its licence."""
    files = {path.name: path.read_text(encoding="utf-8") for path in sorted(SOURCE.iterdir())}
    own = FLAVOURS / flavour
    files |= {path.name: path.read_text(encoding="utf-8") for path in sorted(own.glob("*.*"))}
    files["socket.io.js"] = (VENDOR / "socket.io.js").read_text(encoding="utf-8")
    files["socket.io-client.LICENSE.txt"] = (VENDOR / "socket.io-client.LICENSE").read_text(encoding="utf-8")
    return files


def _build_asset(name: str, files: dict[str, str], folder: Path, built: dict[str, Asset]) -> Asset:
    """Build what the file imports first: its own hash covers the hashed names of the others."""
    if name in built:
        return built[name]
    content = files[name]
    # The vendored bundle is minified and imports nothing: only our own modules are looked through.
    if name.endswith(".js") and name != "socket.io.js":
        content = _IMPORT.sub(
            lambda match: f'{match[1]} "./{_build_asset(match[2], files, folder, built).file}"', content
        )
    data = content.encode()
    digest = hashlib.sha256(data).hexdigest()
    stem, suffix = name.rsplit(".", 1)
    asset = Asset(f"{stem}-{digest[:12]}.{suffix}", digest, len(data), TYPES[f".{suffix}"])
    (folder / asset.file).write_bytes(data)
    built[name] = asset
    return asset
