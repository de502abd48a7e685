"""The release's configuration files: of their schema, for this deployment, and nothing of a developer's."""

import pytest

from golive.configuration.rules import judge_addresses, judge_fitness, judge_schemas
from golive.rules.findings import expect_none

pytestmark = [pytest.mark.checklist("code.config"), pytest.mark.harm("unusable")]


async def test_configuration_files_fit_their_schemas(configuration_files, evidence):
    """Every configuration file of the release validates against its JSON Schema."""
    files = [evidence(file) for _, file in configuration_files.read()]
    expect_none(evidence(judge_schemas(files)))


async def test_configuration_is_meant_for_this_deployment(configuration_files, profile, evidence):
    """No value is a placeholder, of a developer's machine, an example, for debugging, or of another stage."""
    files = [evidence(file) for _, file in configuration_files.read()]
    expect_none(evidence(judge_fitness(files, stage=profile.configuration.stage)))


async def test_configured_addresses_are_those_of_the_profile(configuration_files, profile, evidence):
    """URLs of app, API, assets and socket, and the origins that the API lets in, are those of the profile,
    hence of each other; no other host is named."""
    files = configuration_files.read()
    for _, file in files:
        evidence(file)
    expect_none(evidence(judge_addresses(files, profile.public_urls())))
