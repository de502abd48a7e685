"""What authoritative name servers must say."""

from collections.abc import Iterable, Sequence

from golive.core.outcome import Blind
from golive.dns.observation_answer import DnsObservation
from golive.net.masking import masked_text
from golive.rules.failure import at_least_one, fail

Several = DnsObservation | Sequence[DnsObservation]


def expect_records(observations: Several, values: Iterable[str]) -> None:
    """Every server answers with exactly ``values``; order, case and final dots of names do not count.

    Raises:
        AssertionError: it does not.
        Blind: its answers differ from each other, and some value was in none of them.
    """
    for observation in at_least_one(observations, "DNS answer"):
        if observation.rcode != "NOERROR":
            fail("DNS answer", expected="NOERROR", observed=observation.rcode, where=observation.title)
        wanted = sorted({_normal(observation.type, value) for value in values})
        if not wanted:
            fail(
                "DNS records",
                expected="at least one value to be named",
                observed="none",
                where=observation.title,
            )
        found = sorted({_normal(observation.type, value) for value in observation.values})
        if observation.rotates and set(found) < set(wanted):
            missing = ", ".join(sorted(set(wanted) - set(found)))
            raise Blind(
                f"answers rotate, and {missing} was in none of {observation.asked} — {observation.title}",
                remedy="declare what the servers give, or nothing where weights decide what they give",
            )
        if found != wanted:
            shown = ", ".join(masked_text(value) for value in found) or "no records"
            fail("DNS records", expected=", ".join(wanted), observed=shown, where=observation.title)


def expect_authoritative(observations: Several) -> None:
    """Every server answers without error, with authority (RFC 1035, 4.1.1, AA), and with records."""
    for observation in at_least_one(observations, "DNS answer"):
        if observation.rcode != "NOERROR":
            fail("DNS answer", expected="NOERROR", observed=observation.rcode, where=observation.title)
        if not observation.authoritative:
            fail("DNS answer", expected="with authority", observed="without", where=observation.title)
        if not observation.values and not observation.aliases:
            what = "D23 no IPv6 address" if observation.type == "AAAA" else "DNS answer"
            fail(what, expected="records", observed="no records", where=observation.title)


def _normal(type: str, value: str) -> str:
    if type == "TXT":
        return value.strip('"')
    if type == "CAA":
        return " ".join(value.split())
    return " ".join(part.rstrip(".").lower() or "." for part in value.split())
