"""The release's environment variables, against their manifest. No value is ever shown."""

import pytest

from golive.configuration.rules_variables import (
    entropy_classes,
    judge_distinct,
    judge_presence,
    judge_rules,
    judge_values,
)
from golive.rules.findings import expect_none

pytestmark = [pytest.mark.checklist("code.environment"), pytest.mark.harm("unusable")]


async def test_every_variable_is_there_and_known(release_variables, variable_manifest, evidence):
    """Every required variable has a value, none stands twice, and none is unknown to the manifest."""
    parts = [evidence(part) for part in release_variables.read()]
    expect_none(evidence(judge_presence(variable_manifest, parts)))


async def test_every_variable_is_well_formed(release_variables, variable_manifest, profile, evidence):
    """Every value is of its type, secrets are hard to guess, and none is a placeholder, of a developer's
    machine, or forbidden."""
    parts = [evidence(part) for part in release_variables.read()]
    evidence.note("how hard secrets are to guess", **entropy_classes(variable_manifest, parts))
    configured = profile.configuration
    expect_none(
        evidence(judge_values(variable_manifest, parts, stage=configured.stage, local=configured.local))
    )


@pytest.mark.harm("people")
async def test_no_two_secrets_are_alike(release_variables, variable_manifest, evidence):
    """Each secret serves one purpose: nobody who learns one has another, and each can be replaced alone."""
    parts = [evidence(part) for part in release_variables.read()]
    expect_none(evidence(judge_distinct(variable_manifest, parts)))


async def test_variables_agree_with_the_profile(release_variables, variable_manifest, profile, evidence):
    """The frontend is told this API, sign-ins come back to this deployment, and both know one client."""
    parts = [evidence(part) for part in release_variables.read()]
    expect_none(evidence(judge_rules(variable_manifest, parts, profile.public_urls())))
