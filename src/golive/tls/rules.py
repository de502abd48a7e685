"""What a certificate and a handshake must be, at every address."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from golive.core.duration import format_duration
from golive.net.address import is_ip
from golive.net.masking import masked_text
from golive.rules.failure import at_least_one, fail
from golive.tls.observation import TlsObservation, TlsVersionObservation

Several = TlsObservation | Sequence[TlsObservation]

_CASES = {("TLSv1", False): "P01", ("TLSv1.1", False): "P02", ("TLSv1.3", True): "P03"}
"""Version, and whether it must be accepted, to the protocol case that says the same.

What a profile demands of versions is judged here, whatever severity the case has; the message names the case
so that whoever reads it finds the entry in the catalogue. Other versions have none."""


def expect_trusted(observations: Several) -> None:
    """Chain, dates and host name hold against the trust store, from what the server sent alone."""
    for observation in at_least_one(observations, "TLS handshake"):
        if not observation.verified:
            leaf = observation.leaf
            sent = f"issuer {masked_text(leaf.issuer)}, {len(observation.chain)} sent"
            observed = f"{observation.verify_error} ({sent})"
            fail("certificate", expected="a trusted chain", observed=observed, where=observation.target)


def expect_name_matches(observations: Several) -> None:
    """The leaf names the host in its alternative names (RFC 9525, 6.3); the common name does not count."""
    for observation in at_least_one(observations, "certificate"):
        leaf = observation.leaf
        if is_ip(observation.host):
            matches = observation.host in leaf.ip_names
        else:
            matches = any(_name_matches(name, observation.host) for name in leaf.dns_names)
        if not matches:
            names = (
                ", ".join(masked_text(name) for name in (*leaf.dns_names, *leaf.ip_names)[:5]) or "no names"
            )
            fail(
                "hostname does not match", expected=observation.host, observed=names, where=observation.target
            )


def expect_remaining_validity(
    observations: Several, at_least: timedelta | Callable[[timedelta], timedelta], now: datetime
) -> None:
    """Every certificate that was sent is valid now, and stays so long enough.

    Args:
        observations: what was sent, at each address.
        at_least: how long, or what says so for the lifetime of the leaf.
        now: the instant.
    """
    for observation in at_least_one(observations, "certificate"):
        lifetime = observation.leaf.not_after - observation.leaf.not_before
        needed = at_least if isinstance(at_least, timedelta) else at_least(lifetime)
        for position, certificate in enumerate(observation.chain):
            which = (
                "certificate"
                if position == 0
                else f"intermediate certificate {masked_text(certificate.subject)}"
            )
            if certificate.not_before > now:
                begins = f"begins {certificate.not_before:%Y-%m-%dT%H:%MZ}"
                fail(
                    f"{which} not yet valid", expected="valid now", observed=begins, where=observation.target
                )
            left = certificate.not_after - now
            if left < needed:
                ended = left <= timedelta(0)
                what = f"{which} expired" if ended else f"{which} expires soon"
                observed = f"{format_duration(left)} ({certificate.not_after:%Y-%m-%dT%H:%MZ})"
                wanted = f"at least {format_duration(needed)} left"
                fail(what, expected=wanted, observed=observed, where=observation.target)


def expect_protocol(
    observations: TlsVersionObservation | Sequence[TlsVersionObservation], *, accepted: bool = True
) -> None:
    """The version that was offered is accepted, or refused."""
    for observation in at_least_one(observations, "answer to an offered TLS version"):
        if observation.accepted is not accepted:
            observed = f"accepted with {observation.cipher}" if observation.accepted else observation.refusal
            wanted = "accepted" if accepted else "refused"
            case = _CASES.get((observation.version, accepted), "")
            what = f"{case} {observation.version}".strip()
            fail(what, expected=wanted, observed=observed, where=observation.target)


def expect_current_protocol(observations: TlsVersionObservation | Sequence[TlsVersionObservation]) -> None:
    """At each address one of the versions that were offered there is accepted.

    Which of them is the servers' affair: TLS 1.3 alone and TLS 1.2 alone are both spoken everywhere.
    """
    at: dict[str, list[TlsVersionObservation]] = {}
    for observation in at_least_one(observations, "answer to an offered TLS version"):
        at.setdefault(observation.target, []).append(observation)
    for target, offered in at.items():
        if not any(observation.accepted for observation in offered):
            wanted = " or ".join(observation.version for observation in offered)
            refusals = "; ".join(dict.fromkeys(observation.refusal or "refused" for observation in offered))
            fail("TLS", expected=f"{wanted} accepted", observed=refusals, where=target)


def _name_matches(pattern: str, host: str) -> bool:
    pattern, host = pattern.lower().rstrip("."), host.lower().rstrip(".")
    if not pattern.startswith("*."):
        return pattern == host
    first, _, rest = host.partition(".")
    return bool(first) and rest == pattern[2:] and "." in rest
