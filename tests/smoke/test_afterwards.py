"""After all other checks: what their answers showed."""

import pytest

from golive.exposure.rules import expect_nothing_exposed

pytestmark = pytest.mark.checklist("step.smoke.auth", "post.critical")


@pytest.mark.serial
@pytest.mark.after_all
async def test_no_answer_shows_what_is_nobody_elses_business(exposure_log, evidence):
    """No answer or message of the run shows hashes, foreign tokens, people's data, traces or SQL errors."""
    expect_nothing_exposed(evidence(exposure_log.observed()))
