"""What the answer to a request is that was to succeed."""

from urllib.parse import unquote, urlsplit

from golive.api.wire.routes import as_route
from golive.net.errors import ProtocolError
from golive.net.headers import read_location
from golive.net.http_observation import HttpObservation
from golive.rules.failure import fail
from golive.rules.http import expect_status, is_let_in, refuses_in_its_body


def expect_success(observation: HttpObservation, route: str = "") -> None:
    """The request succeeded: any 2xx (RFC 9110, 15.3), or what the profile says of the route.

    Args:
        observation: the answer.
        route: as the profile declares it.
    """
    narrowed = as_route(route).success
    if narrowed or not is_let_in(observation):
        expect_status(observation, *(narrowed or (200, 201, 202, 204)))
    if is_let_in(observation) and refuses_in_its_body(observation):
        observed = f"{observation.status} with an error or a page in it"
        fail("success", expected="an answer", observed=observed, where=observation.title)


def made_id(observation: HttpObservation) -> str:
    """Return the id of what a request made: in its answer, or at the end of Location (RFC 9110, 10.2.2).

    Raises:
        AssertionError: the answer names none.
    """
    try:
        body = observation.json()
    except ProtocolError:
        body = None
    found = body.get("id") if isinstance(body, dict) else None
    if isinstance(found, int) and not isinstance(found, bool):
        found = str(found)
    if not found and not body:
        place = read_location(observation.header_values("location"), observation.url) or ""
        found = unquote(urlsplit(place).path.rpartition("/")[2])
    if not isinstance(found, str) or not found:
        fail("id of what was made", expected="a text or a number", observed="none", where=observation.title)
    return found
