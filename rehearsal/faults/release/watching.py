"""Errors and logs that nobody will find, or that say too much; dashboards that show nothing."""

from __future__ import annotations

from typing import Any

from rehearsal.faults.base import ApiFault, PartnerFault

ERRORS, DASHBOARDS = ("mon.errors",), ("mon.dashboards",)
API, SERVERS = "audotics-api", "audotics-servers"


class ErrorsDropped(PartnerFault):
    """The error tracker takes every error, and keeps none: the project's quota is used up."""

    name = "tracker.dropped"
    expected_failures = ERRORS
    proves = ("test_marked_error_is_found_in_the_tracker",)

    def modify(self, parties: Any) -> None:
        parties.tracker.keep = lambda _event: None


class ErrorsNotScrubbed(PartnerFault):
    """The error tracker's data scrubbing is switched off."""

    name = "tracker.not-scrubbed"
    expected_failures = ERRORS
    proves = ("test_tracker_keeps_no_personal_data",)

    def modify(self, parties: Any) -> None:
        parties.tracker.scrub = lambda event: event


class LogsLost(PartnerFault):
    """The log agent follows no file: the log store has nothing of the API."""

    name = "logs.lost"
    expected_failures = ERRORS
    proves = ("test_marked_request_is_found_in_the_logs",)

    def modify(self, parties: Any) -> None:
        parties.logs.files.clear()


class LogsTellAll(ApiFault):
    """The API logs queries as they came, with e-mail addresses and tokens."""

    name = "logs.tell-all"
    expected_failures = ERRORS
    proves = ("test_logs_keep_no_personal_data",)

    def modify(self, app: Any) -> None:
        app.access_log.shown = lambda query: query


class DashboardMissing(PartnerFault):
    """The servers' dashboard was never provisioned."""

    name = "dashboards.missing"
    expected_failures = DASHBOARDS
    proves = ("test_required_dashboards_exist",)

    def modify(self, parties: Any) -> None:
        del parties.grafana.models[SERVERS]


class PanelWithoutData(PartnerFault):
    """A panel in a folded row asks for a metric by the name that it had before."""

    name = "dashboards.panel-without-data"
    expected_failures = DASHBOARDS
    proves = ("test_every_panel_shows_data",)

    def modify(self, parties: Any) -> None:
        panel = next(panel for panel in parties.grafana.panels(API) if panel["title"] == "Resident memory")
        panel["targets"][0]["expr"] = 'process_memory_rss_bytes{job="$job"}'


class SourceFails(PartnerFault):
    """The dashboards' data source does not answer."""

    name = "dashboards.source-fails"
    expected_failures = DASHBOARDS
    proves = ("test_every_panel_shows_data",)

    def modify(self, parties: Any) -> None:
        parties.grafana.source_error = "dial tcp 10.0.0.9:9090: connect: connection refused"
