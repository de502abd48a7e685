"""Security headers that protect less than they could."""

import re
from collections.abc import Iterator, Mapping, Sequence

from golive.net.headers import elements, is_html, read_policies
from golive.net.http_observation import HttpObservation
from golive.net.masking import masked_text


def weak_headers(answer: HttpObservation) -> Iterator[tuple[str, str]]:
    """Yield expected and observed for each header that protects less than it could."""
    policies = read_policies(answer.header_values("content-security-policy"))
    if is_html(answer.header_values("content-type")):
        if not policies:
            yield "Content-Security-Policy", "none"
        # All policies are in force at once: what one of them refuses is refused.
        scripts = [words for words in map(_script_sources, policies) if words]
        for word in ("'unsafe-inline'", "'unsafe-eval'"):
            if scripts and all(_allows(word, words) for words in scripts):
                yield f"no {word} for scripts", f"{word} allowed"
        if not any(policy.get("frame-ancestors") for policy in policies) and not answer.header(
            "x-frame-options"
        ):
            yield "frame-ancestors or X-Frame-Options", "anybody may frame the page"
        if not answer.header("referrer-policy"):
            yield "Referrer-Policy", "none"
    # The first of several values counts (Fetch, "determine nosniff").
    if [one.lower() for one in elements(answer.header_values("x-content-type-options"))[:1]] != ["nosniff"]:
        yield "X-Content-Type-Options nosniff", "none"
    for name in ("server", "x-powered-by"):
        value = answer.header(name) or ""
        if re.search(r"\d", value):
            yield f"no version in {name}", masked_text(value, longest=60)


def _script_sources(policy: Mapping[str, Sequence[str]]) -> Sequence[str]:
    return policy.get("script-src") or policy.get("default-src") or ()


def _allows(word: str, sources: Sequence[str]) -> bool:
    return word in sources and not any(entry.startswith(("'nonce-", "'sha")) for entry in sources)
