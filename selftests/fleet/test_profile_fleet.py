"""What a profile may say of servers, firewall and load balancer."""

import pytest
from pydantic import ValidationError

from golive.fleet.profile import PORTS_AT_MOST, Firewall, Fleet, LoadBalancer

EDGE = {
    "name": "edge",
    "addresses": ["192.0.2.1", "2001:db8::1"],
    "open": {"https": 443},
    "closed": {"ssh": 22},
}
SERVER = {
    "name": "api-1",
    "addresses": ["10.0.0.1"],
    "ports": {"api": 3000},
    "api": "http://10.0.0.1:3000",
    "metrics": {"absent": "its exporter is not there yet"},
}


def test_declared_hosts_and_servers_are_taken():
    """As the example in prod.toml."""
    assert Firewall.model_validate({"hosts": [EDGE]}).hosts[0].open == {"https": 443}
    assert Fleet.model_validate({"servers": [SERVER]}).servers[0].ports == {"api": 3000}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"addresses": ["edge.audotics.com"]}, "does not appear to be an IPv4 or IPv6 address"),
        ({"addresses": ["192.0.2.0/24"]}, "does not appear to be an IPv4 or IPv6 address"),
        ({"addresses": []}, "at least 1 item"),
        ({"closed": {f"port {n}": n for n in range(1, PORTS_AT_MOST + 2)}}, f"at most {PORTS_AT_MOST} items"),
        ({"closed": {"ssh": 443}}, "port 443 of edge is declared both open and closed"),
        ({"closed": {"nothing": 0}}, "greater than 0"),
        ({"open": {}}, "without one that must be open, closed ports prove nothing"),
    ],
)
def test_a_firewall_is_a_bounded_list_of_our_own_addresses(change, words):
    """No names, no networks, no scans, and nothing that proves nothing."""
    with pytest.raises(ValidationError, match=words):
        Firewall.model_validate({"hosts": [{**EDGE, **change}]})


@pytest.mark.parametrize("key", ["api", "metrics"])
def test_what_a_server_has_is_said_or_declared_absent(key):
    """Leaving it out in silence is an error."""
    with pytest.raises(ValidationError, match=key):
        Fleet.model_validate({"servers": [{k: value for k, value in SERVER.items() if k != key}]})


def test_a_sample_that_could_tell_nothing_is_refused():
    """Twenty requests at least, and a significance that means something."""
    for wrong in ({"requests": 5}, {"significance": 0.5}, {"shares": {"api-1": 0}}):
        with pytest.raises(ValidationError):
            LoadBalancer.model_validate(wrong)
