"""Whether an answer came from a shared cache: RFC 9211, RFC 9111 (Age), and what vendors say."""

import re
from collections.abc import Callable, Iterator
from typing import Literal

from golive.net.headers import delta_seconds, elements, parameters, read_age, read_cache_status

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


def cache_state(values: Values) -> CacheState:
    """Say whether a shared cache answered; ``unknown`` when nobody says.

    One layer's hit is a hit, whatever the layers behind it say. An answer that was asked after at the
    origin ("revalidated", "expired") is none.
    """
    said = [*_standard(values("cache-status")), *_vendors(values)]
    if "hit" in said or read_age(values("age")):
        return "hit"
    return "miss" if said else "unknown"


def cache_message(values: Values) -> str:
    """Return what the answer says about its cache, for messages."""
    found = [f"{name}: {', '.join(values(name))}" for name in _SHOWN if values(name)]
    return "; ".join(found) or "nothing said of a cache"


def _standard(lines: tuple[str, ...]) -> Iterator[str]:
    for said in read_cache_status(lines):
        if said.get("hit") is True:
            yield "hit"
        elif "fwd" in said or "hit" in said:
            yield "miss"


def _vendors(values: Values) -> Iterator[str]:
    for name in WORDS:
        for word in elements(values(name)):
            if _HIT.search(word) and not re.search(r"refresh", word, re.I):
                yield "hit"
            elif _MISS.search(word):
                yield "miss"
    for counts in values("x-cache-hits"):
        yield "hit" if any(delta_seconds(count) for count in elements([counts])) else "miss"
    for transactions in values("x-varnish"):
        # Varnish names a second transaction, the one that stored the answer.
        yield "hit" if len(transactions.split()) > 1 else "miss"
    for metric in elements(values("server-timing")):
        name, said = parameters(metric)
        if name.lower() == "cdn-cache" and "desc" in said:
            yield "hit" if "hit" in said["desc"].lower() else "miss"
