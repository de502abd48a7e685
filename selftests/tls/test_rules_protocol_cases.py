"""A version that a profile demands or refuses is named with the catalogue's case that says the same."""

import pytest

from golive.tls.rules import _CASES
from golive.tls.rules_protocols import PROTOCOL_CASES


@pytest.mark.parametrize(("demand", "case"), _CASES.items())
def test_case_of_a_version_is_that_of_the_catalogue(demand, case):
    """Its title says the version, and which way it is wrong."""
    version, accepted = demand
    (title,) = [entry.title for entry in PROTOCOL_CASES if entry.id == case]
    name = {"TLSv1": "TLS 1.0", "TLSv1.1": "TLS 1.1", "TLSv1.3": "TLS 1.3"}[version]
    assert title == (f"no {name}" if accepted else f"{name} accepted")
