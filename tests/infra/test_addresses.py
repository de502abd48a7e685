"""The addresses behind public names: all of those that are declared, so that all of them are looked at."""

import pytest

from golive.rules.failure import fail

pytestmark = [pytest.mark.checklist("infra.tls"), pytest.mark.harm("unusable")]


async def test_host_resolves_to_its_declared_addresses(public_host, access, evidence, profile):
    """A public host resolves, and to no fewer addresses than the profile declares, IPv4 and IPv6."""
    addresses = [address.ip for address in await access.book.resolve(public_host, 443)]
    declared = profile.network.declared.get(public_host, ())
    evidence.note(f"addresses of {public_host}", found=addresses, declared=list(declared))
    missing = sorted(set(declared) - set(addresses))
    if missing or not addresses:
        wanted, observed = f"{', '.join(declared)} at least", f"no {', '.join(missing)}"
        fail("addresses", expected=wanted, observed=observed, where=public_host)
