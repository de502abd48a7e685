"""Which ports a profile means by a host without one, and what it names beside HTTP."""

from pathlib import Path

import pytest

from golive.net.access import Access
from golive.net.errors import Refused
from golive.profile.endpoints import named_ports, own_endpoints
from golive.profile.loading import load_profile
from selftests.profile.test_profile_profiles import PROFILE, ROOT, SHIPPED

OVERLAY = {
    "targets": {
        "app": {"url": "https://APP.test:8443"},
        "api": {
            "url": "https://app.test/v1",
            "dependencies": ["database"],
            "replicas": [{"name": "one", "url": "http://10.0.0.5:3000"}],
        },
        "dns": {
            "zone": "app.test",
            "nameservers": [{"name": "ns1.app.test", "address": "192.0.2.53:53"}],
            "start": [{"name": "parent", "address": "[2001:db8::53]:53"}],
            "records": [{"name": "app.test", "type": "A", "values": ["192.0.2.1"]}],
        },
    },
    "network": {
        "addresses": {"files.app.test:9000": ["10.0.0.9:9001"]},
        "resolver": "10.0.0.2",
        "connect_deadline": "1 s",
    },
    "fleet": {
        "servers": [
            {
                "name": "store",
                "addresses": ["10.0.0.7"],
                "ports": {"postgresql": 5432},
                "api": {"absent": "it is a store"},
                "metrics": {"absent": "it is a store"},
            }
        ]
    },
    "firewall": {
        "hosts": [{"name": "edge", "addresses": ["192.0.2.1"], "open": {"https": 443}, "closed": {"ssh": 22}}]
    },
    "allow": {"hosts": {"app.test": {}, "10.0.0.5": {}, "files.app.test": {}}},
}


@pytest.fixture
def profile(tmp_path: Path):
    file = tmp_path / "mini.toml"
    file.write_text(PROFILE, encoding="utf-8")
    return load_profile(file, overlay=OVERLAY)


def test_ports_are_those_of_urls_and_endpoints_wherever_they_stand(profile):
    """Not of what merely limits or permits."""
    found = named_ports(profile)
    assert found["app.test"] == {8443, 443}
    assert found["10.0.0.5"] == {3000}
    assert found["files.app.test"] == {9000}
    assert found["10.0.0.9"] == {9001}


def test_what_is_named_beside_http_is_ours(profile):
    """Name servers, resolver, control targets, ports of servers and of the firewall, and no URL."""
    assert own_endpoints(profile) == {
        ("127.0.0.1", 1),
        ("192.0.2.53", 53),
        ("2001:db8::53", 53),
        ("10.0.0.2", 53),
        ("10.0.0.7", 5432),
        ("192.0.2.1", 443),
        ("192.0.2.1", 22),
    }


def test_clients_keep_to_the_ports_that_the_profile_names(profile):
    """By their guard and their address book alike."""
    access = Access.of(profile)
    access.guard.permit("GET", "https://app.test:8443/")
    access.guard.permit("GET", "wss://app.test/live")
    access.guard.permit("GET", "http://10.0.0.5:3000/health")
    access.book.permit("10.0.0.7", 5432)
    for url in (
        "https://app.test:9443/",
        "ws://app.test:8080/",
        "http://10.0.0.5:3001/",
        "http://10.0.0.7:5432/",
    ):
        with pytest.raises(Refused):
            access.guard.permit("GET", url)
    for host, port in (("10.0.0.7", 22), ("192.0.2.53", 443), ("app.test", 22)):
        with pytest.raises(Refused):
            access.book.permit(host, port)
    assert ("app.test", 8443) in access.guard.endpoints()
    assert ("10.0.0.7", 5432) not in access.guard.endpoints()


@pytest.mark.parametrize("name", SHIPPED)
def test_the_public_parts_of_the_shipped_profiles_are_reached_by_their_own_ports(name):
    """Whatever they name is allowed without a port being written twice."""
    profile = load_profile(ROOT / "environments" / f"{name}.toml")
    access = Access.of(profile)
    for url in profile.public_urls().values():
        access.guard.permit("GET", url)
