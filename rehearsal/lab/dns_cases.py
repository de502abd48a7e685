"""The lab's misconfigured zones and servers: one function a case, named by the case's id."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric import rsa

from rehearsal.lab.dns import OLD, WEB, ZONE, Lab
from rehearsal.stack.network.zone_keys import ZoneKeys
from rehearsal.stack.plan import NameserverPlan

Change = Callable[[Lab], None]
CASES: dict[str, list[Change]] = {}
"""Case id to the changes that bring it about."""
API, WWW = f"api.{ZONE}", f"www.{ZONE}"


class Silent:
    """Receives everything and answers nothing."""

    def __init__(self, name: str) -> None:
        self.plan = NameserverPlan(name, [], 0)

    def answer(self, message: bytes, datagram: bool = False) -> bytes | None:  # noqa: ARG002
        """Nothing."""
        return None


def case(name: str) -> Callable[[Change], Change]:
    """Register a change under the id of the case that it brings about."""

    def register(change: Change) -> Change:
        CASES.setdefault(name, []).append(change)
        return change

    return register


@case("D01")
def serials_differ(lab: Lab) -> None:
    lab.servers[1].serial -= 1


@case("D02")
def same_serial_other_data(lab: Lab) -> None:
    lab.servers[1].replace(API, "A", OLD)


@case("D03")
def one_server_in_zone(lab: Lab) -> None:
    lab.everywhere("", "NS", f"ns1.{ZONE}.", ttl=3600)


@case("D04")
def lame(lab: Lab) -> None:
    lab.servers[1].serves_zone = False


@case("D05")
def dead(lab: Lab) -> None:
    lab.servers[1].running = False


@case("D05")
def silent(lab: Lab) -> None:
    lab.instead[lab.servers[1].name] = Silent(lab.servers[1].name)


@case("D05A")
def all_dead(lab: Lab) -> None:
    for server in lab.servers:
        server.running = False


@case("D06")
def single(lab: Lab) -> None:
    del lab.servers[1]
    for plan in (*lab.servers, lab.parent):
        plan.records = [each for each in plan.records if "ns2" not in each.name + each.value]


@case("D07")
def wrong_glue(lab: Lab) -> None:
    lab.everywhere(f"ns2.{ZONE}", "A", "127.0.53.99", ttl=3600)


@case("D08")
def name_is_alias(lab: Lab) -> None:
    lab.everywhere(f"ns2.{ZONE}", "A")
    lab.everywhere(f"ns2.{ZONE}", "CNAME", f"ns1.{ZONE}.")


@case("D09")
def name_without_address(lab: Lab) -> None:
    lab.everywhere(f"ns2.{ZONE}", "A")
    lab.parent.remove(f"ns2.{ZONE}")


@case("D10")
def udp_only(lab: Lab) -> None:
    lab.servers[0].speaks_tcp = False


@case("D11")
def drops_edns(lab: Lab) -> None:
    lab.servers[0].answers_edns = False


@case("D12")
def slow(lab: Lab) -> None:
    lab.servers[1].delay = 0.6


@case("D13")
def recursive(lab: Lab) -> None:
    lab.servers[0].recursive = True


@case("D14")
def transfers(lab: Lab) -> None:
    lab.servers[1].gives_transfers = True


@case("D15")
def apex_alias(lab: Lab) -> None:
    for kind in ("A", "AAAA"):
        lab.everywhere("", kind)
    lab.everywhere("", "CNAME", f"{WWW}.")


@case("D16")
def beside_alias(lab: Lab) -> None:
    alias(lab, f"{ZONE}.")
    lab.everywhere(WWW, "MX", f"10 {ZONE}.")


def alias(lab: Lab, target: str) -> None:
    """Make www an alias."""
    for kind in ("A", "AAAA"):
        lab.everywhere(WWW, kind)
    lab.everywhere(WWW, "CNAME", target)


@case("D17")
def dangling(lab: Lab) -> None:
    alias(lab, f"gone.{ZONE}.")


@case("D18")
def claimable(lab: Lab) -> None:
    alias(lab, "forgotten-app.azurewebsites.net.")


@case("D19")
def loop(lab: Lab) -> None:
    alias(lab, f"a.{ZONE}.")
    lab.everywhere(f"a.{ZONE}", "CNAME", f"b.{ZONE}.")
    lab.everywhere(f"b.{ZONE}", "CNAME", f"a.{ZONE}.")


@case("D20")
def long_chain(lab: Lab) -> None:
    alias(lab, f"c1.{ZONE}.")
    for number in range(1, 10):
        lab.everywhere(f"c{number}.{ZONE}", "CNAME", f"c{number + 1}.{ZONE}." if number < 9 else f"{ZONE}.")


@case("D21")
def wildcard(lab: Lab) -> None:
    lab.everywhere(f"*.{ZONE}", "A", WEB)


@case("D22")
def no_www(lab: Lab) -> None:
    for kind in ("A", "AAAA"):
        lab.everywhere(WWW, kind)


@case("D23")
def no_ipv6(lab: Lab) -> None:
    lab.everywhere(API, "AAAA")


@case("D24")
def private(lab: Lab) -> None:
    lab.everywhere(API, "A", "10.1.2.3")


@case("D25")
def old_address(lab: Lab) -> None:
    lab.everywhere(API, "A", WEB, OLD)
    lab.declared["old_addresses"] = [OLD]


@case("D25")
def neither_old_nor_new(lab: Lab) -> None:
    lab.everywhere(API, "A", "93.184.215.77")
    lab.declared["cutover"] = {"moment": "before-1h", "old_addresses": [OLD]}


@case("D26")
def high_ttl(lab: Lab) -> None:
    lab.everywhere(API, "A", WEB, ttl=86400)
    lab.declared["cutover"] = {"moment": "before-48h", "old_addresses": [OLD]}


@case("D27")
def negative_ttl(lab: Lab) -> None:
    for server in lab.servers:
        server.soa_times = (7200, 900, 1209600, 86400)
        server.soa_ttl = 86400


@case("D28")
def short_expire(lab: Lab) -> None:
    for server in lab.servers:
        server.soa_times = (7200, 900, 3600, 300)


@case("D29")
def no_primary(lab: Lab) -> None:
    for server in lab.servers:
        server.primary = f"hidden.{ZONE}."


@case("D30")
def stale_hints(lab: Lab) -> None:
    lab.everywhere("", "HTTPS", f"1 . alpn=h2 ipv4hint={OLD}")


@case("D31")
def no_caa(lab: Lab) -> None:
    lab.everywhere("", "CAA")


@case("D32")
def other_authority(lab: Lab) -> None:
    lab.everywhere("", "CAA", '0 issue "another-ca.test"')


@case("D33")
def no_authority(lab: Lab) -> None:
    lab.everywhere("", "CAA", '0 issue ";"')


@case("D34")
def two_spf(lab: Lab) -> None:
    lab.everywhere("", "TXT", '"v=spf1 -all"', '"v=spf1 include:mail.test -all"')


@case("D35")
def no_dmarc(lab: Lab) -> None:
    lab.everywhere(f"_dmarc.{ZONE}", "TXT")


@case("D36")
def tampered(lab: Lab) -> None:
    for server in lab.servers:
        server.changed_after_signing[API, "A"] = OLD


@case("D37")
def expired(lab: Lab) -> None:
    for server in lab.servers:
        server.signatures_end = timedelta(days=-1)


@case("D38")
def expiring(lab: Lab) -> None:
    for server in lab.servers:
        server.signatures_end = timedelta(hours=6)


@case("D39")
def other_ds(lab: Lab) -> None:
    lab.ds = [ZoneKeys(ZONE).ds_text()]


@case("D39")
def ds_without_keys(lab: Lab) -> None:
    for server in lab.servers:
        server.signed = False


@case("D40")
def no_ds(lab: Lab) -> None:
    lab.ds = []


@case("D41")
def one_unsigned(lab: Lab) -> None:
    lab.servers[1].signed = False


@case("D42")
def weak_algorithm(lab: Lab) -> None:
    private = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - the case
    lab.keys = ZoneKeys(ZONE, "RSASHA1", private)
    lab.ds = [lab.keys.ds_text()]


@case("D42")
def weak_digest(lab: Lab) -> None:
    lab.ds = [lab.keys.ds_text("SHA1")]


@case("D43")
def iterations(lab: Lab) -> None:
    lab.everywhere("", "NSEC3PARAM", "1 0 50 -", ttl=0)


@case("D44")
def unsigned(lab: Lab) -> None:
    lab.ds = []
    for server in lab.servers:
        server.signed = False


@case("D45")
def split_view(lab: Lab) -> None:
    lab.resolver.remembered[API, "A"] = "93.184.215.55"


@case("D46")
def stale_cache(lab: Lab) -> None:
    lab.resolver.remembered[API, "A"] = OLD
    lab.declared["cutover"] = {"moment": "after-ttl", "old_addresses": [OLD]}
