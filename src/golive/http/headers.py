"""Reading security headers: HSTS as RFC 6797 has it, and the rest."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from golive.net.http_observation import HttpObservation
from golive.net.masking import shown_text

_AGE = re.compile(r'"?(\d{1,12})"?', re.ASCII)
_KNOWN = {"max-age", "includesubdomains", "preload"}


@dataclass(frozen=True, slots=True)
class HstsPolicy:
    """What a browser makes of the header: the first line counts (RFC 6797, 8.1)."""

    lines: int
    max_age: timedelta | None = None
    subdomains: bool = False
    fault: str = ""


def read_hsts(lines: Sequence[str]) -> HstsPolicy:
    """Read the header's lines."""
    if not lines:
        return HstsPolicy(0)
    directives: dict[str, str] = {}
    for part in lines[0].split(";"):
        name, _, value = part.strip().partition("=")
        name = name.strip().lower()
        if name in directives:
            return HstsPolicy(len(lines), fault=f"{name} twice")
        if name:
            directives[name] = value.strip()
    subdomains = "includesubdomains" in directives
    unknown = sorted(shown_text(name, longest=40) for name in directives.keys() - _KNOWN)
    age = _AGE.fullmatch(directives.get("max-age", ""))
    if age is None:
        return HstsPolicy(len(lines), None, subdomains, shown_text(lines[0], longest=80) or "nothing")
    fault = f"unknown {', '.join(unknown)}" if unknown else ""
    return HstsPolicy(len(lines), timedelta(seconds=min(int(age[1]), 10**10)), subdomains, fault)


def weak_headers(answer: HttpObservation) -> Iterator[tuple[str, str]]:
    """Yield expected and observed for each header that protects less than it could."""
    policy = answer.header("content-security-policy")
    html = "html" in (answer.header("content-type") or "")
    if html:
        if policy is None:
            yield "Content-Security-Policy", "none"
        for word in ("'unsafe-inline'", "'unsafe-eval'"):
            scripts = _directive(policy or "", "script-src") or _directive(policy or "", "default-src")
            if word in scripts and not any(entry.startswith(("'nonce-", "'sha")) for entry in scripts):
                yield f"no {word} for scripts", f"{word} allowed"
        framing = bool(_directive(policy or "", "frame-ancestors")) or answer.header("x-frame-options")
        if not framing:
            yield "frame-ancestors or X-Frame-Options", "anybody may frame the page"
        if not answer.header("referrer-policy"):
            yield "Referrer-Policy", "none"
    if (answer.header("x-content-type-options") or "").lower() != "nosniff":
        yield "X-Content-Type-Options nosniff", "none"
    for name in ("server", "x-powered-by"):
        value = answer.header(name) or ""
        if re.search(r"\d", value):
            yield f"no version in {name}", shown_text(value, longest=60)


def _directive(policy: str, name: str) -> list[str]:
    for part in policy.split(";"):
        words = part.split()
        if words and words[0].lower() == name:
            return [word.lower() for word in words[1:]]
    return []
