"""Dashboards: there, and showing something."""

import pytest

from golive.monitoring.rules_dashboards import expect_dashboards, expect_data

pytestmark = [pytest.mark.checklist("mon.dashboards"), pytest.mark.harm("nuisance")]


async def test_required_dashboards_exist(dashboards, evidence):
    """Every required dashboard is there, with at least one panel that has a query."""
    expect_dashboards([evidence(seen) for seen in await dashboards()])


async def test_every_panel_shows_data(dashboards, declared_dashboards, evidence):
    """Every query of every panel is answered without an error, and with data of the last minutes."""
    several = [evidence(seen) for seen in await dashboards()]
    evidence.note("panels that may have nothing to show", **declared_dashboards.quiet)
    expect_data(several, declared_dashboards.quiet)
