"""What assets are, by their suffix: media types that browsers accept, and which are texts."""

from golive.net.headers import read_media_types

_SCRIPT = frozenset({"text/javascript", "application/javascript"})
_TYPES: dict[str, frozenset[str]] = {
    ".js": _SCRIPT,
    ".mjs": _SCRIPT,
    ".css": frozenset({"text/css"}),
    ".html": frozenset({"text/html"}),
    ".json": frozenset({"application/json"}),
    ".webmanifest": frozenset({"application/manifest+json", "application/json"}),
    ".map": frozenset({"application/json", "application/octet-stream", "text/plain"}),
    ".svg": frozenset({"image/svg+xml"}),
    ".png": frozenset({"image/png"}),
    ".jpg": frozenset({"image/jpeg"}),
    ".jpeg": frozenset({"image/jpeg"}),
    ".gif": frozenset({"image/gif"}),
    ".webp": frozenset({"image/webp"}),
    ".avif": frozenset({"image/avif"}),
    ".ico": frozenset({"image/x-icon", "image/vnd.microsoft.icon"}),
    ".woff2": frozenset({"font/woff2", "application/font-woff2"}),
    ".woff": frozenset({"font/woff", "application/font-woff"}),
    ".ttf": frozenset({"font/ttf", "font/sfnt", "application/x-font-ttf"}),
    ".otf": frozenset({"font/otf", "font/sfnt", "application/x-font-opentype"}),
    ".wasm": frozenset({"application/wasm"}),
    ".mp3": frozenset({"audio/mpeg"}),
    ".mp4": frozenset({"video/mp4"}),
    ".webm": frozenset({"video/webm", "audio/webm"}),
    ".txt": frozenset({"text/plain"}),
    ".xml": frozenset({"application/xml", "text/xml"}),
    ".pdf": frozenset({"application/pdf"}),
}
_TEXTS = frozenset({".js", ".mjs", ".css", ".html", ".json", ".webmanifest", ".svg", ".txt", ".xml"})


def accepted_types(suffix: str, declared: str | None = None) -> frozenset[str]:
    """Return the media types that are right for a suffix (scripts: RFC 9239), or that the build declares."""
    usual = _TYPES.get(suffix, frozenset())
    if declared is None:
        return usual
    said = frozenset(read_media_types([declared]))
    return usual if said <= usual else said


def is_text(suffix: str) -> bool:
    """Whether compressing such a file is worth it."""
    return suffix in _TEXTS
