"""The DNS cases, and which of them decide at the moments of a cutover."""

from collections.abc import Sequence

from golive.profile.cases import Case, Severity, declare_case

BLOCKING = frozenset(
    [
        "D02",
        "D04",
        "D05A",
        "D07",
        "D09",
        "D10",
        "D15",
        "D16",
        "D17",
        "D18",
        "D19",
        "D24",
        "D25",
        "D30",
        "D32",
        "D33",
        "D36",
        "D37",
        "D39",
        "D41",
        "D45",
    ]
)
"""D05 blocks when every server is dead, which its rule tells apart as D05A."""

TITLES = {
    "D01": "serial numbers differ",
    "D02": "servers with the same serial number answer differently",
    "D03": "the zone's own NS records differ from the parent's",
    "D04": "lame server",
    "D05": "dead server",
    "D05A": "every server is dead",
    "D06": "only one name server",
    "D07": "glue differs from the server's address",
    "D08": "a name server's name is an alias",
    "D09": "a name server's name does not resolve",
    "D10": "no answer over TCP",
    "D11": "EDNS questions are dropped",
    "D12": "slow server",
    "D13": "open recursion",
    "D14": "zone transfer open to everybody",
    "D15": "alias at the zone's apex",
    "D16": "alias beside other records",
    "D17": "dangling alias",
    "D18": "alias to a service where anyone can claim the name",
    "D19": "aliases in a loop",
    "D20": "chain of aliases too long",
    "D21": "wildcard answers for names that nobody declared",
    "D22": "no www",
    "D23": "no IPv6 address",
    "D24": "private address in public DNS",
    "D25": "old address left",
    "D26": "TTL too high for a cutover",
    "D27": "negative TTL too high",
    "D28": "SOA expire out of proportion",
    "D29": "SOA names a primary that does not exist",
    "D30": "address hints of the HTTPS record are stale",
    "D31": "no CAA",
    "D32": "CAA forbids the certificate authority in use",
    "D33": "CAA forbids every certificate authority",
    "D34": "two SPF records",
    "D35": "no DMARC policy",
    "D36": "DNSSEC signature does not fit the data",
    "D37": "DNSSEC signature expired",
    "D38": "DNSSEC signature expires within a day",
    "D39": "the parent's DS fits no key",
    "D40": "the zone is signed, and the parent has no DS",
    "D41": "a server answers without signatures",
    "D42": "weak DNSSEC algorithm",
    "D43": "NSEC3 iterations",
    "D44": "unsigned zone",
    "D45": "a resolver gives another answer than the zone",
    "D46": "a resolver still has the zone's old data",
}

RAISED = {
    "before-48h": frozenset({"D01", "D05", "D26", "D27", "D38", "D40"}),
    "before-1h": frozenset({"D01", "D25", "D30"}),
    "at-change": frozenset({"D02"}),
    "after-ttl": frozenset({"D17", "D18", "D45", "D46"}),
}
"""Moment of a cutover to the cases that stop it, beside those that always block."""

TOO_EARLY = {
    "before-48h": frozenset({"D45", "D46"}),
    "before-1h": frozenset({"D45", "D46"}),
    "at-change": frozenset({"D45", "D46"}),
}
"""Cases that a cutover itself brings about, until the old TTL has passed: advisory until then."""


def dns_cases(moment: str | None = None) -> Sequence[Case]:
    """Return every DNS case with its severity outside of a cutover, or at a moment of one."""
    raised = RAISED.get(moment or "", frozenset())
    early = TOO_EARLY.get(moment or "", frozenset())
    blocking = (BLOCKING | raised) - early
    return [Case(name, title, _severity(name in blocking)) for name, title in TITLES.items()]


def _severity(blocks: bool) -> Severity:
    return "blocking" if blocks else "advisory"


for _case in dns_cases():
    declare_case(_case)
