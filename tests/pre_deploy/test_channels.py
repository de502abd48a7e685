"""Channels of communication: a message gets through each, and the status page answers."""

import pytest

from golive.monitoring.probe_status_page import SUMMARY_ROUTE, read_status_page
from golive.monitoring.rules_watching import expect_status_page
from golive.people.rules_channels import expect_arrived, expect_sent

pytestmark = [pytest.mark.checklist("final.channels"), pytest.mark.harm("nuisance")]


@pytest.mark.write("service:channels")
async def test_marked_message_gets_through(channel, channels, evidence):
    """A marked message is taken by the channel, and read back from it where it lets itself be read."""
    expect_sent(evidence(await channels.send(channel)))
    declared = channels.read_back_of(channel)
    if declared is not None:
        expect_arrived(evidence(await channels.read_back(declared)), channel, declared)


@pytest.mark.needs("status_page")
async def test_status_page_answers(status_page, http, evidence):
    """The status page's API answers, and shows the components that users are told about."""
    page = read_status_page(await http.get(f"{status_page.url}{SUMMARY_ROUTE}"))
    expect_status_page(evidence(page), status_page)
