"""Zones and authoritative servers that send somebody to the wrong place, or nowhere."""

from __future__ import annotations

from datetime import timedelta

from rehearsal.faults.base import Fault
from rehearsal.stack.plan import API_HOST, APP_HOST, CDN_HOST, StackPlan

OLD_ADDRESS = "127.0.0.66"


class StaleServer(Fault):
    """One of the two servers still gives the app's old address, under the same serial."""

    name = "dns.stale-server"
    case = "D02"
    expected_failures = ("infra.dns", "step.dns")
    proves = ("test_zone_cases",)

    def apply(self, stack: StackPlan) -> None:
        stack.nameservers[1].replace(APP_HOST, "A", OLD_ADDRESS)


class ServerDown(Fault):
    """One of the two servers does not answer."""

    name = "dns.server-down"
    case = "D05"
    expected_failures = ("infra.dns", "step.dns")
    proves = ("test_zone_cases",)

    def apply(self, stack: StackPlan) -> None:
        stack.nameservers[1].running = False


class RecordMissing(Fault):
    """The asset host has no record at any server."""

    name = "dns.record-missing"
    expected_failures = ("infra.dns", "infra.tls", "step.dns")
    proves = ("test_host_resolves_to_its_declared_addresses",)

    def apply(self, stack: StackPlan) -> None:
        for server in stack.nameservers:
            server.remove(CDN_HOST)


class NoIpv6(Fault):
    """The API's name has lost its IPv6 address at all servers."""

    name = "dns.no-ipv6"
    case = "D23"
    expected_failures = ("infra.tls", "infra.dns", "step.dns")
    proves = (
        "test_declared_record_is_served_by_every_server",
        "test_host_resolves_to_its_declared_addresses",
    )

    def apply(self, stack: StackPlan) -> None:
        for server in stack.nameservers:
            server.records = [
                record for record in server.records if (record.name, record.kind) != (f"{API_HOST}.", "AAAA")
            ]


class WrongAddress(Fault):
    """All servers give a wrong address for the API."""

    name = "dns.wrong-address"
    expected_failures = ("infra.dns", "step.dns")
    proves = ("test_declared_record_is_served_by_every_server",)

    def apply(self, stack: StackPlan) -> None:
        for server in stack.nameservers:
            server.replace(API_HOST, "A", OLD_ADDRESS)


class SerialsDiffer(Fault):
    """One server did not take over the newest version of the zone."""

    name = "dns.serials-differ"
    case = "D01"
    expected_failures = ("infra.dns", "step.dns")
    proves = ("test_zone_cases",)

    def apply(self, stack: StackPlan) -> None:
        stack.nameservers[1].serial -= 1


class SignatureExpired(Fault):
    """The zone's signatures ran out a day ago; validating resolvers refuse it."""

    name = "dns.signature-expired"
    case = "D37"
    expected_failures = ("infra.dns", "step.dns")
    proves = ("test_zone_cases",)

    def apply(self, stack: StackPlan) -> None:
        for server in stack.nameservers:
            server.signatures_end = timedelta(days=-1)


class Tampered(Fault):
    """Another address stands under the API's old signature."""

    name = "dns.tampered"
    case = "D36"
    expected_failures = ("infra.dns", "step.dns")
    proves = ("test_zone_cases",)

    def apply(self, stack: StackPlan) -> None:
        for server in stack.nameservers:
            server.changed_after_signing[API_HOST, "AAAA"] = "::2"


class WrongDs(Fault):
    """The parent's DS names a key that the zone does not have."""

    name = "dns.wrong-ds"
    case = "D39"
    expected_failures = ("infra.dns", "step.dns")
    proves = ("test_zone_cases",)

    def apply(self, stack: StackPlan) -> None:
        stack.signs_with_another_key = True


class UdpOnly(Fault):
    """TCP port 53 of one server is closed."""

    name = "dns.udp-only"
    case = "D10"
    expected_failures = ("infra.dns", "step.dns")
    proves = ("test_zone_cases",)

    def apply(self, stack: StackPlan) -> None:
        stack.nameservers[1].speaks_tcp = False


class WrongGlue(Fault):
    """The parent still sends the former address of a server along."""

    name = "dns.wrong-glue"
    case = "D07"
    expected_failures = ("infra.dns", "step.dns")
    proves = ("test_zone_cases",)

    def apply(self, stack: StackPlan) -> None:
        for server in stack.nameservers:
            server.replace(f"ns2.{APP_HOST}", "A", OLD_ADDRESS)


class NoAuthority(Fault):
    """CAA records forbid every certificate authority, so the next renewal fails."""

    name = "dns.caa-forbids-all"
    case = "D33"
    expected_failures = ("infra.dns", "step.dns")
    proves = ("test_zone_cases",)

    def apply(self, stack: StackPlan) -> None:
        for server in stack.nameservers:
            server.replace(APP_HOST, "CAA", '0 issue ";"')


class StaleHint(Fault):
    """The HTTPS record still hints at the app's old address."""

    name = "dns.stale-hint"
    case = "D30"
    expected_failures = ("infra.dns", "step.dns")
    proves = ("test_zone_cases",)

    def apply(self, stack: StackPlan) -> None:
        for server in stack.nameservers:
            server.replace(APP_HOST, "HTTPS", f"1 . alpn=h2 ipv4hint={OLD_ADDRESS}")


class DanglingAlias(Fault):
    """www is an alias to a name that does not exist any more."""

    name = "dns.dangling-alias"
    case = "D17"
    expected_failures = ("infra.dns", "step.dns")
    proves = ("test_zone_cases",)

    def apply(self, stack: StackPlan) -> None:
        for server in stack.nameservers:
            server.replace(f"www.{APP_HOST}", "CNAME", f"old-edge.{APP_HOST}.")


class ResolverSplit(Fault):
    """A resolver gives another address for the API than the zone does."""

    name = "dns.split-view"
    case = "D45"
    expected_failures = ("infra.dns", "step.dns")
    proves = ("test_zone_cases",)

    def apply(self, stack: StackPlan) -> None:
        stack.resolver.remembered[API_HOST, "A"] = OLD_ADDRESS
