"""Addresses that a frontend was built with: none of a developer's machine, an example or another stage.

Only texts in quotes are read as addresses, for comments and licences name many. Libraries carry bare
``http://localhost`` and ``ws://`` to put addresses together, names of XML and links to their own pages; an
address that was configured has a port or a path, or a host that serves something.
"""

import re
from collections.abc import Collection, Iterator
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from golive.configuration.observation import FrontendObservation, Served
from golive.configuration.unfit_values import is_example_host, is_local_host
from golive.net.masking import masked_url
from golive.rules.findings import Finding, Findings

_QUOTED = re.compile(r"""["'`]((?:https?|wss?)://[^\s"'`<>\\]{3,300})["'`]""", re.IGNORECASE)
_SERVES = re.compile(r"(?:api|ws|wss|socket|auth|login|accounts|app|cdn|assets|static|graphql)\d*[.-]", re.I)
_SERVED = re.compile(r"/(?:api|v\d+|graphql|auth|socket(?:\.io)?|ws)(?:/|$)", re.IGNORECASE)
_STAGE = re.compile(
    r"(?:^|[.-])(?:dev|develop|development|test|testing|qa|uat|demo|stage|staging|preprod|sandbox|local)\d*"
    r"(?=[.-])",
    re.IGNORECASE,
)
_LEAST_LABELS = 2
_NOT_SEARCHED = frozenset({".map", ".css", ".svg", ".txt", ".xml"})


def judge_bundles(
    frontend: FrontendObservation, own_hosts: Collection[str], *, known: Collection[str] = ()
) -> Findings:
    """No page, script or document names an address that was meant for somewhere else.

    Args:
        frontend: what it serves.
        own_hosts: hosts of this deployment.
        known: beginnings of addresses that the profile says are right here.
    """
    found: dict[Finding, None] = {}
    searched = [served for served in frontend.texts if served.suffix not in _NOT_SEARCHED]
    for served in searched:
        for url, parts in _addresses(served):
            problem = _problem(parts, {host.lower() for host in own_hosts})
            if problem is not None and not any(url.startswith(one) for one in known):
                what = f"address in {masked_url(served.url).rpartition('/')[2] or 'the page'}"
                found[Finding(what, problem, masked_url(url), masked_url(served.url))] = None
    return Findings("addresses in what the frontend serves", len(searched), tuple(found))


def _addresses(served: Served) -> Iterator[tuple[str, SplitResult]]:
    for url in _QUOTED.findall(served.text):
        try:
            parts = urlsplit(url)
            host = parts.hostname
            _ = parts.port
        except ValueError:
            continue
        if host and "$" not in host and "{" not in host:
            yield url, parts


def _problem(parts: SplitResult, own_hosts: Collection[str]) -> str | None:
    """What it should have been instead; None where nothing is wrong."""
    host, scheme = (parts.hostname or "").lower(), parts.scheme.lower()
    leads = parts.port is not None or parts.path not in ("", "/")
    if is_local_host(host) or _is_inside(host):
        return "a host that visitors reach" if leads else None
    if host in own_hosts:
        encrypted = {"http": "https", "ws": "wss"}.get(scheme)
        return f"{encrypted}, as the deployment has it" if encrypted else None
    if is_example_host(host):
        is_configured = _SERVES.match(host) or _SERVED.search(parts.path) or scheme in ("ws", "wss")
        return "a host of this deployment" if is_configured else None
    if _is_beside(host, own_hosts) and _STAGE.search(host):
        return "a host of this deployment, and not of another stage"
    return "wss, as browsers demand it" if scheme == "ws" and "." in host else None


def _is_inside(host: str) -> bool:
    try:
        return ip_address(host.strip("[]")).is_private
    except ValueError:
        return False


def _is_beside(host: str, own_hosts: Collection[str]) -> bool:
    """Whether a host lies in the domain of one of ours."""
    domains = {".".join(own.split(".")[-_LEAST_LABELS:]) for own in own_hosts}
    return any(host.endswith(f".{domain}") for domain in domains if "." in domain)
