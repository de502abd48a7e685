"""The build's assets, as they are served after the deployment."""

import pytest

from golive.cdn.rules import DEPLOYED, judge_assets
from golive.rules.cases import expect_no_blocking_case

pytestmark = [pytest.mark.checklist("step.frontend.assets"), pytest.mark.harm("unusable")]


async def test_every_asset_of_the_build_is_served_right(asset_host, profile, evidence):
    """Every asset of the manifest has the right bytes, type and cache policy; a missing one is a 404."""
    survey = evidence(await asset_host.survey())
    evidence.note(
        "assets of the build", named_by=survey.manifest_source, paths=[a.path for a in survey.assets][:100]
    )
    expect_no_blocking_case(evidence(judge_assets(survey, profile.cases, DEPLOYED)))
