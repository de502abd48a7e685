"""What an answer must say about the limit that its request counted for."""

from golive.api.profile import RateLimits
from golive.net.http_observation import HttpObservation
from golive.rules.failure import fail


def expect_limit_headers(observation: HttpObservation, promised: RateLimits) -> int:
    """The answer names a limit, what remains of it, and when it starts again.

    Returns:
        What remains.
    """
    limit, remaining, _ = (
        _number(observation, name)
        for name in (promised.limit_header, promised.remaining_header, promised.reset_header)
    )
    if not 0 <= remaining <= limit or limit == 0:
        observed = f"{remaining} of {limit}"
        fail(
            "rate limit", expected="a remainder within the limit", observed=observed, where=observation.title
        )
    return remaining


def _number(observation: HttpObservation, name: str) -> int:
    values = observation.header_values(name)
    text = values[0].strip() if len(values) == 1 else ""
    if not text.isascii() or not text.isdigit() or len(text) > 12:
        observed = "another form" if values else "no such header"
        fail(f"header {name}", expected="a whole number", observed=observed, where=observation.title)
    return int(text)
