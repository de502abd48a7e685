"""Values that nobody should deploy: placeholders, this very machine, examples, debugging, other stages."""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

_WHOLE = re.compile(
    r"x{3,}|\*{3,}|\.{3,}|-{2,}|\?+|tbd|foo|bar|baz|foobar|dummy|sample|example"
    r"|changeit|undefined|\[object Object\]",
    re.IGNORECASE,
)
_NO_SECRET = re.compile(
    r"n/?a|none|null|nil|default|value|string|test(?:ing)?"
    r"|(?:my[-_ ]?)?(?:secret|password|passw0rd|token|apikey|api[-_]key|key)",
    re.IGNORECASE,
)
"""Ordinary words, which are right elsewhere: a theme may be the default one."""
_PART = re.compile(
    r"(?<![a-z0-9])(?:change[-_ ]?(?:me|this|it)|replace[-_ ]?(?:me|this|with|by)|your[-_ ][a-z]"
    r"|place[-_ ]?holder|insert[-_ ][a-z]|fill[-_ ]?(?:me|in)|to[-_ ]?do(?![a-z0-9])|fixme|lorem[-_ ]ipsum"
    r"|not[-_ ]?(?:a[-_ ]?)?real)"
    r"|<[^<>]{1,60}>|\$\{[^{}]*\}|\{\{[^{}]*\}\}|(?<![a-z0-9])__[a-z_]+__",
    re.IGNORECASE,
)
_LOCAL_NAMES = (
    "localhost",
    "localhost.localdomain",
    "host.docker.internal",
    "ip6-localhost",
)
# RFC 2606 and RFC 6761. `.test` is not among them: a rehearsal lives there.
_EXAMPLES = re.compile(
    r"(?:.*\.)?(?:example\.(?:com|net|org|edu)|example|invalid|(?:your|my)[-_]?(?:domain|company|site|app)\..+)",
    re.IGNORECASE,
)
_SWITCH = re.compile(
    r"debug|verbose|trace|dev[-_]?mode|developer[-_]?mode|hot[-_]?reload|stack[-_]?traces?", re.I
)
_LEVEL = re.compile(r"log[-_.]?level|(?:^|[._])level$|log[-_]?verbosity", re.IGNORECASE)
_STAGE = re.compile(r"(?:^|[._])(?:node_?env|env(?:ironment)?|stage|app_?env|mode)$", re.IGNORECASE)
_ON = frozenset({"true", "1", "yes", "on", "enabled", "*"})
_DEBUG_LEVELS = frozenset({"debug", "trace", "silly", "verbose"})
_STAGES = {
    "production": frozenset({"production", "prod", "live"}),
    "staging": frozenset({"staging", "stage", "production", "prod"}),
}
"""Stage to how it is called; a staging deployment may run as production does."""
_OTHER_STAGES = frozenset(
    {
        "dev",
        "develop",
        "development",
        "local",
        "test",
        "testing",
        "ci",
        "staging",
        "stage",
        "qa",
        "uat",
        "demo",
    }
)


def is_placeholder(value: str, *, secret: bool = False) -> bool:
    """Whether somebody was meant to write something else there; of a secret more is known to be none."""
    text = value.strip()
    return bool(
        _WHOLE.fullmatch(text) or _PART.search(text) or (secret and _NO_SECRET.fullmatch(text) is not None)
    )


def is_local_host(host: str) -> bool:
    """Whether a host is whatever machine asks for it: loopback, unspecified, link-local."""
    name = host.strip("[]").rstrip(".").lower()
    if name in _LOCAL_NAMES or name.endswith(".localhost"):
        return True
    try:
        address = ip_address(name)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified or address.is_link_local


def is_example_host(host: str) -> bool:
    """Whether a host is one of documentation (RFC 2606, 3)."""
    return _EXAMPLES.fullmatch(host.rstrip(".")) is not None


def host_of(value: str) -> str | None:
    """Return the host of a URL of any scheme, in lower case; None where the value is no such URL."""
    try:
        parts = urlsplit(value.strip())
        host = parts.hostname
    except ValueError:
        return None
    return host.lower() if host and parts.scheme and "://" in value else None


def is_for_debugging(key: str, value: object) -> bool:
    """Whether a value under a dotted key switches debugging on."""
    text = str(value).strip().lower()
    last = key.rpartition(".")[2]
    if _SWITCH.search(last) and text in _ON:
        return True
    return bool(_LEVEL.search(key)) and text in _DEBUG_LEVELS


def is_of_another_stage(key: str, value: object, stage: str) -> bool:
    """Whether a value under a dotted key says that this is another stage than ``stage``."""
    text = str(value).strip().lower()
    return bool(_STAGE.search(key)) and text in _OTHER_STAGES - _STAGES[stage]
