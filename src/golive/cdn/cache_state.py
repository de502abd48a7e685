"""Whether an answer came from a shared cache: RFC 9211, RFC 9111 (Age), and what vendors say."""

import re
from collections.abc import Callable, Iterator
from typing import Literal

CacheState = Literal["hit", "miss", "unknown"]
Values = Callable[[str], tuple[str, ...]]
"""Name of a header to its values."""

WORDS = (
    "x-cache", "cf-cache-status", "x-cache-status", "x-proxy-cache", "x-vercel-cache", "cdn-cache",
    "x-cdn-cache", "x-fastly-cache", "x-sucuri-cache", "x-nginx-cache", "x-litespeed-cache", "x-edge-cache",
    "eo-cache-status", "x-77-cache", "x-azure-cache",
)  # fmt: skip
"""Headers in which vendors say it in a word."""
_SHOWN = ("cache-status", *WORDS, "x-cache-hits", "x-varnish", "age")

_HIT = re.compile(
    r"(?<![a-z])(?:tcp_|tcp_mem_|tcp_ims_|udp_|mem_)?hit\b|\b(?:prerender|stale|updating)\b", re.I
)
_MISS = re.compile(
    r"miss|expired|bypass|dynamic|refresh|revalidated|pass\b|none\b|uncacheable|nocache|no[-_]store|error",
    re.I,
)
_TIMING = re.compile(r"cdn-cache[^,]*?desc=\"?([a-z_]+)", re.I)


def cache_state(values: Values) -> CacheState:
    """Say whether a shared cache answered; ``unknown`` when nobody says.

    One layer's hit is a hit, whatever the layers behind it say. An answer that was asked after at the
    origin ("revalidated", "expired") is none.
    """
    said = [*_standard(values("cache-status")), *_vendors(values)]
    if "hit" in said or _age(values) > 0:
        return "hit"
    return "miss" if said else "unknown"


def cache_words(values: Values) -> str:
    """Return what the answer says about its cache, for messages."""
    found = [f"{name}: {', '.join(values(name))}" for name in _SHOWN if values(name)]
    return "; ".join(found) or "nothing said of a cache"


def _age(values: Values) -> int:
    ages = [int(value) for value in values("age") if value.strip().isdigit()]
    return max(ages, default=0)


def _standard(lines: tuple[str, ...]) -> Iterator[str]:
    """Cache-Status (RFC 9211): a list of caches, the one nearest to the origin first, with parameters."""
    for member in _split(", ".join(lines), ","):
        _, *parameters = _split(member, ";")
        names = {parameter.partition("=")[0].strip().lower() for parameter in parameters}
        if "hit" in names or "fwd" in names:
            yield "hit" if "hit" in names else "miss"


def _vendors(values: Values) -> Iterator[str]:
    for name in WORDS:
        for word in ", ".join(values(name)).split(","):
            if _HIT.search(word) and not re.search(r"refresh", word, re.I):
                yield "hit"
            elif _MISS.search(word):
                yield "miss"
    for counts in values("x-cache-hits"):
        numbers = [int(count) for count in counts.split(",") if count.strip().isdigit()]
        yield "hit" if any(numbers) else "miss"
    for transactions in values("x-varnish"):
        # Varnish names a second transaction, the one that stored the answer.
        yield "hit" if len(transactions.split()) > 1 else "miss"
    for timing in values("server-timing"):
        for word in _TIMING.findall(timing):
            yield "hit" if "hit" in word.lower() else "miss"


def _split(text: str, separator: str) -> list[str]:
    """Split outside of quoted strings (RFC 8941, 3.3.3); no empty parts."""
    parts, quoted, escaped = [""], False, False
    for character in text:
        if character == separator and not quoted:
            parts.append("")
            continue
        quoted ^= character == '"' and not escaped
        escaped = quoted and character == "\\" and not escaped
        parts[-1] += character
    return [part.strip() for part in parts if part.strip()]
