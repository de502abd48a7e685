"""A deployment that other developers built (NestJS, one host) is found healthy by its profile alone."""

import json

import pytest

from rehearsal.nest.installing import NotHere, installed
from selftests.drills.drill import drill


@pytest.fixture(scope="module")
def nest():
    """The application, compiled; a machine that cannot have it says why."""
    try:
        installed()
    except NotHere as missing:
        pytest.skip(str(missing))


@pytest.mark.usefixtures("nest")
def test_third_deployment_is_go_by_its_profile_alone(tmp_path):
    """No check is red or blind, and what it does not have is left out with its reason."""
    seen = drill(tmp_path, expression="smoke", environment="rehearsal-nest")
    assert (seen.decision, seen.exit_code) == ("GO", 0), seen.story() + seen.output
    assert set(seen.states.values()) == {"verified"}
    events = (seen.folder / "events.jsonl").read_text(encoding="utf-8").splitlines()
    outcomes = {json.loads(line)["data"].get("outcome") for line in events}
    assert "passed" in outcomes
    assert not outcomes & {"failed", "blind", "error"}
