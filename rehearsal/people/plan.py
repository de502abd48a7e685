"""Who the rehearsal's people are and what they sign, as plain data that faults change."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

DAY_SECONDS = 86_400.0
CODES = ("LEAD", "BE", "FE", "OPS", "QA", "DBA", "SEC", "CS", "MGMT")


@dataclass
class PersonPlan:
    """One person, who signs as `principal` with a key of this run."""

    name: str
    principal: str
    roles: list[str]


@dataclass
class AttestationPlan:
    """`by` attests `item` on a document (by its name); `drilled_days_ago` where it is tried out."""

    item: str
    by: str
    document: str
    drilled_days_ago: int | None = None


@dataclass
class DecisionPlan:
    """`by` decides as `role` on the report of the run that went before."""

    role: str
    by: str
    decision: str = "go"
    reason: str = ""


@dataclass
class Tampering:
    """What is done to a signed record afterwards.

    `record` is the beginning of its file's name. `changes` replaces its fields; a number for `at` or
    `expires` is seconds from now. `signed_by` is the principal (or "stranger") whose key signs what came of
    it; nobody signs when None, and what was signed before stays beside it. `name` writes it to another file.
    """

    record: str
    changes: dict[str, Any] = field(default_factory=dict)
    signed_by: str | None = None
    unsigned: bool = False
    name: str | None = None


def healthy_people() -> list[PersonPlan]:
    """Seven people for nine roles and the four rows of the sign-off table."""
    return [
        PersonPlan("Lea Lindqvist", "lea@audotics.test", ["LEAD", "Deployment Lead"]),
        PersonPlan("Quentin Abara", "quentin@audotics.test", ["QA", "QA Lead"]),
        PersonPlan("Priya Nair", "priya@audotics.test", ["MGMT", "Project Manager", "CS"]),
        PersonPlan("Tomas Varga", "tomas@audotics.test", ["Technical Director", "SEC"]),
        PersonPlan("Olga Petrova", "olga@audotics.test", ["OPS"]),
        PersonPlan("Dario Conti", "dario@audotics.test", ["DBA"]),
        PersonPlan("Fumiko Sato", "fumiko@audotics.test", ["FE", "BE"]),
    ]


def healthy_attestations() -> list[AttestationPlan]:
    """What only people can say."""
    return [
        AttestationPlan("final.team", "lea@audotics.test", "people.toml"),
        AttestationPlan("bkp.dr-plan", "olga@audotics.test", "disaster-recovery.md", drilled_days_ago=20),
        AttestationPlan("bkp.dr-plan", "dario@audotics.test", "disaster-recovery.md", drilled_days_ago=20),
        AttestationPlan("infra.firewall", "tomas@audotics.test", "firewall.nft"),
        AttestationPlan("infra.firewall", "olga@audotics.test", "firewall.nft"),
    ]


def healthy_decisions() -> list[DecisionPlan]:
    """Go of every role."""
    return [
        DecisionPlan("Deployment Lead", "lea@audotics.test"),
        DecisionPlan("QA Lead", "quentin@audotics.test"),
        DecisionPlan("Project Manager", "priya@audotics.test"),
        DecisionPlan("Technical Director", "tomas@audotics.test"),
    ]


RECOVERY_PLAN = """\
# Disaster recovery plan of Audotics

## Scope
Loss of the database, of a region, of the identity provider.

## Who decides
The deployment lead, or whoever is on call in their place.

## Steps
1. Announce the incident on the status page.
2. Promote the standby, or restore the newest backup on a new instance.
3. Point the API at it, and verify with the smoke phase.

## Objectives
RPO 15 minutes, RTO 2 hours.
"""


FIREWALL_RULES = """\
table inet audotics {
  chain input {
    type filter hook input priority 0; policy drop;
    ct state established,related accept
    iif "lo" accept
    tcp dport { 80, 443 } accept
    ip saddr 10.20.0.0/24 tcp dport { 22, 9100 } accept
  }
}
"""
"""The rule set as it would be exported: loopback knows no packet filter, so nothing here loads it."""


@dataclass
class PeoplePlan:
    """Everything about people that a fault can change."""

    people: list[PersonPlan] = field(default_factory=healthy_people)
    documents: dict[str, str] = field(
        default_factory=lambda: {"disaster-recovery.md": RECOVERY_PLAN, "firewall.nft": FIREWALL_RULES}
    )
    """Name to text."""
    lines: dict[str, str] = field(
        default_factory=lambda: {"bkp.dr-plan": "disaster-recovery.md", "infra.firewall": "firewall.nft"}
    )
    """Line to the document that its attestation is about."""
    attestations: list[AttestationPlan] = field(default_factory=healthy_attestations)
    decisions: list[DecisionPlan] = field(default_factory=healthy_decisions)
    tamperings: list[Tampering] = field(default_factory=list)
    changed_after_signing: dict[str, str] = field(default_factory=dict)
    """Name of a document, "people.toml" or "checklist.html" (the report) to text that is added to it."""

    def person(self, principal: str) -> PersonPlan:
        """The person who signs as `principal`. Raises StopIteration when there is none."""
        return next(person for person in self.people if person.principal == principal)
