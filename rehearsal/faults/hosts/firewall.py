"""What should be inside and can be reached from outside, or the other way round."""

from __future__ import annotations

from rehearsal.faults.base import Fault
from rehearsal.people.plan import Tampering
from rehearsal.stack.network.ports import LOOPBACK, LOOPBACK_IPV6, PUBLIC_IPV4
from rehearsal.stack.plan import StackPlan


class DatabaseOpen(Fault):
    """The database listens on the public address too."""

    name = "firewall.database-open"
    expected_failures = ("infra.firewall",)
    proves = ("test_everything_else_is_closed",)

    def apply(self, stack: StackPlan) -> None:
        stack.database_addresses = (LOOPBACK, PUBLIC_IPV4)


class CacheOpenOverIpv6(Fault):
    """The rules forget IPv6: the cache can be reached there."""

    name = "firewall.cache-open-over-ipv6"
    expected_failures = ("infra.firewall",)
    proves = ("test_everything_else_is_closed",)

    def apply(self, stack: StackPlan) -> None:
        stack.cache_addresses = (LOOPBACK, LOOPBACK_IPV6)


class OriginOpen(Fault):
    """The asset origin can be reached without its edge."""

    name = "firewall.origin-open"
    expected_failures = ("infra.firewall",)
    proves = ("test_everything_else_is_closed",)

    def apply(self, stack: StackPlan) -> None:
        stack.asset_edge.origin_in_public = True


class InsideServed(Fault):
    """The edge passes metrics on to anybody who asks."""

    name = "firewall.metrics-served"
    expected_failures = ("infra.firewall",)
    proves = ("test_private_paths_are_not_served_in_public",)

    def apply(self, stack: StackPlan) -> None:
        stack.edge.hides_inside = False


class EdgeWithoutIpv6(Fault):
    """The names have IPv6 addresses, where the edge does not answer."""

    name = "firewall.edge-closed-over-ipv6"
    expected_failures = ("infra.servers", "infra.tls", "infra.cdn", "infra.firewall", "step.frontend.assets")
    proves = (
        "test_certificate_is_trusted",
        "test_certificate_names_the_host",
        "test_declared_ports_are_open",
        "test_every_server_answers_on_its_ports",
        "test_no_protocol_case_is_met",
    )
    masks = "whatever looks at every address of a host cannot see"

    def apply(self, stack: StackPlan) -> None:
        stack.edge.speaks_ipv6 = False


class RulesChanged(Fault):
    """The rule set in use has one rule more than its reviewers attested."""

    name = "firewall.rules-changed"
    expected_failures = ("infra.firewall",)
    proves = ("test_rule_set_is_the_reviewed_one",)

    def apply(self, stack: StackPlan) -> None:
        rule = "add rule inet filter input tcp dport 5432 accept\n"
        stack.people.changed_after_signing["firewall.rules"] = rule


class ReviewedInAnothersName(Fault):
    """One reviewer of the rule set signed in the name of the other too."""

    name = "firewall.reviewed-by-one"
    expected_failures = ("infra.firewall",)
    proves = ("test_rule_set_is_the_reviewed_one",)

    def apply(self, stack: StackPlan) -> None:
        borrowed = Tampering("infra.firewall--olga@audotics.test", signed_by="tomas@audotics.test")
        stack.people.tamperings.append(borrowed)
