"""Which origins an API lets in (Fetch, CORS protocol)."""

from golive.net.headers import read_vary
from golive.net.http_observation import HttpObservation
from golive.rules.failure import fail

_ALLOW = "access-control-allow-origin"


def expect_origin_allowed(observation: HttpObservation, origin: str) -> None:
    """The answer allows exactly this origin, with credentials, and says that it depends on the origin."""
    where = f"{observation.title}, Origin {origin}"
    allowed = observation.header_values(_ALLOW)
    if allowed != (origin,):
        fail("the frontend's own origin", expected="allowed", observed=_shown(allowed), where=where)
    if observation.header("access-control-allow-credentials") != "true":
        fail("the frontend's own origin", expected="with credentials", observed="without", where=where)
    if not read_vary(observation.header_values("vary")) & {"origin", "*"}:
        fail("Vary", expected="Origin", observed="not in it: caches mix origins up", where=where)


def expect_origin_not_allowed(observation: HttpObservation, origin: str) -> None:
    """The answer, which must have come from the API, lets no page of this origin read it."""
    where = f"{observation.title}, Origin {origin}"
    if observation.status >= 500:
        fail("answer to a foreign origin", expected="below 500", observed=observation.status, where=where)
    allowed = observation.header_values(_ALLOW)
    if any(value.strip() in (origin, "*") or value.strip().lower() == "null" for value in allowed):
        fail("foreign origin", expected="not allowed", observed=_shown(allowed), where=where)


def _shown(allowed: tuple[str, ...]) -> str:
    return ", ".join(value[:80] for value in allowed) or "not allowed"
