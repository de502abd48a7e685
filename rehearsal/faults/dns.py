"""Zones and authoritative servers that send somebody to the wrong place, or nowhere."""

from __future__ import annotations

from rehearsal.faults.base import Fault
from rehearsal.stack.plan import API_HOST, APP_HOST, CDN_HOST, StackPlan

OLD_ADDRESS = "127.0.0.66"


class StaleServer(Fault):
    """One of the two servers still gives the app's old address, under the same serial."""

    name = "dns.stale-server"
    breaks = ("infra.dns",)

    def apply(self, stack: StackPlan) -> None:
        stack.nameservers[1].replace(APP_HOST, "A", OLD_ADDRESS)


class ServerDown(Fault):
    """One of the two servers does not answer."""

    name = "dns.server-down"
    breaks = ("infra.dns",)

    def apply(self, stack: StackPlan) -> None:
        stack.nameservers[1].running = False


class RecordMissing(Fault):
    """The asset host has no record at any server."""

    name = "dns.record-missing"
    breaks = ("infra.dns",)

    def apply(self, stack: StackPlan) -> None:
        for server in stack.nameservers:
            server.remove(CDN_HOST)


class WrongAddress(Fault):
    """All servers give a wrong address for the API."""

    name = "dns.wrong-address"
    breaks = ("infra.dns",)

    def apply(self, stack: StackPlan) -> None:
        for server in stack.nameservers:
            server.replace(API_HOST, "A", OLD_ADDRESS)


class SerialsDiffer(Fault):
    """One server did not take over the newest version of the zone."""

    name = "dns.serials-differ"
    breaks = ("infra.dns",)

    def apply(self, stack: StackPlan) -> None:
        stack.nameservers[1].serial -= 1
