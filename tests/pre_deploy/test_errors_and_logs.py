"""Errors and logs: what breaks, and what is asked, is found where people look, without personal data."""

import pytest

from golive.monitoring.rules_watching import expect_logged, expect_scrubbed, expect_tracked

pytestmark = [pytest.mark.checklist("mon.errors"), pytest.mark.harm("nuisance")]


@pytest.mark.write("service:error tracker")
@pytest.mark.needs("error_tracker")
async def test_marked_error_is_found_in_the_tracker(marked_error, error_tracker, evidence):
    """An error that is sent as the application sends its own is found in the tracker within the limit."""
    _, tracked = await marked_error()
    expect_tracked(evidence(tracked), within=error_tracker.within)


@pytest.mark.write("service:error tracker")
@pytest.mark.needs("error_tracker")
@pytest.mark.harm("people")
async def test_tracker_keeps_no_personal_data(marked_error, error_tracker, evidence):
    """Of the marked error's e-mail address, IP address and token nothing comes back."""
    error, tracked = await marked_error()
    expect_tracked(evidence(tracked), within=error_tracker.within)
    evidence.note("personal data that was sent with it", kinds=list(error_tracker.scrubbed))
    expect_scrubbed(
        [tracked.kept],
        error.personal,
        error_tracker.scrubbed,
        what="what the error tracker keeps",
        where=tracked.where,
    )


@pytest.mark.needs("log_store")
async def test_marked_request_is_found_in_the_logs(marked_request, log_store, evidence):
    """A request to the API leaves a line that the log store finds within the limit."""
    _, lines = await marked_request()
    expect_logged(evidence(lines), within=log_store.within)


@pytest.mark.needs("log_store")
@pytest.mark.harm("people")
async def test_logs_keep_no_personal_data(marked_request, log_store, evidence):
    """Of the e-mail address and the token in the marked request's query nothing is logged."""
    person, lines = await marked_request()
    expect_logged(evidence(lines), within=log_store.within)
    evidence.note("personal data that was sent with it", kinds=list(log_store.scrubbed))
    expect_scrubbed(
        lines.lines, person, log_store.scrubbed, what="what the log store keeps", where=lines.where
    )
