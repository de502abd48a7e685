"""A zone's signing key, its DS record, and signatures made when an answer first needs them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import dns.dnssec
import dns.name
import dns.rdatatype
import dns.rrset
from cryptography.hazmat.primitives.asymmetric import ec

STARTED_BEFORE = timedelta(hours=1)
TTL = 3600
ZONE_KEY_THAT_SIGNS_KEYS = 257


class ZoneKeys:
    """One key that signs everything; ECDSA P-256 with SHA-256 unless told otherwise."""

    def __init__(self, origin: str, algorithm: str = "ECDSAP256SHA256", private: Any = None) -> None:
        self.origin = dns.name.from_text(origin)
        self.private = private or ec.generate_private_key(ec.SECP256R1())
        self.dnskey = dns.dnssec.make_dnskey(
            self.private.public_key(), algorithm, flags=ZONE_KEY_THAT_SIGNS_KEYS
        )
        self._rehashed = dns.dnssec.allow_all_policy

    def key_set(self) -> dns.rrset.RRset:
        """The DNSKEY records."""
        return dns.rrset.from_rdata(self.origin, TTL, self.dnskey)

    def ds_text(self, digest: str = "SHA256") -> str:
        """The DS record for the parent, as zone file text."""
        made = dns.dnssec.make_ds(self.origin, self.dnskey, digest, policy=self._rehashed)
        return str(made.to_text())

    def signature(self, records: dns.rrset.RRset, started: datetime, end: datetime) -> dns.rrset.RRset:
        """The RRSIG set of one record set."""
        signature = dns.dnssec.sign(
            records,
            self.private,
            self.origin,
            self.dnskey,
            inception=min(started, end) - STARTED_BEFORE,
            expiration=end,
            policy=self._rehashed,
        )
        return dns.rrset.from_rdata(records.name, records.ttl, signature)
