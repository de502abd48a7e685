"""A status page by Statuspage's public API: ``/api/v2/summary.json``."""

from golive.monitoring.observation_watching import StatusPageObservation
from golive.net.errors import ProtocolError
from golive.net.http_observation import HttpObservation

SUMMARY_ROUTE = "/api/v2/summary.json"
INDICATORS = frozenset({"none", "minor", "major", "critical", "maintenance"})


def read_status_page(answer: HttpObservation) -> StatusPageObservation:
    """Read an answer; what is none of the API's is a problem in words."""

    def problem(words: str) -> StatusPageObservation:
        return StatusPageObservation(answer.target, words)

    if answer.status != 200:
        return problem(f"status {answer.status}")
    try:
        body = answer.json()
    except ProtocolError as error:
        return problem(error.message)
    if not isinstance(body, dict) or not isinstance(body.get("page"), dict):
        return problem("an answer that names no page")
    status = body.get("status")
    indicator = status.get("indicator") if isinstance(status, dict) else None
    if not isinstance(status, dict) or not isinstance(indicator, str) or indicator not in INDICATORS:
        return problem("an answer without an indicator of the page's state")
    listed = body.get("components")
    named = [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []
    components = {str(entry["name"]): str(entry.get("status", "")) for entry in named if "name" in entry}
    description = status.get("description")
    return StatusPageObservation(
        answer.target, "", indicator, description if isinstance(description, str) else "", components
    )
