"""What a health answer must say."""

from collections.abc import Iterable, Mapping

from pydantic import JsonValue

from golive.expect.failure import unmet
from golive.probes.disclosure import shown_text
from golive.probes.errors import ProtocolError
from golive.probes.http_observation import HttpObservation

HEALTHY = frozenset({"ok", "up", "healthy", "pass", "ready"})
"""States (in lower case) that count as healthy; everything else does not."""

_CONTAINERS = ("dependencies", "checks", "components", "details", "info", "services")
_STATE_KEYS = ("status", "state", "healthy")


def expect_all_healthy(observation: HttpObservation, dependencies: Iterable[str]) -> None:
    """The answer is a 200, healthy as a whole, and names every dependency in a healthy state.

    A dependency's state is its value, or the value of its ``status``, ``state`` or ``healthy``. Also
    dependencies that the answer names and the caller does not must be healthy.
    """
    where = observation.title
    wanted = tuple(dependencies)
    if not wanted:
        unmet("health", expected="at least one dependency to be named", observed="none", where=where)
    try:
        body = observation.json()
    except ProtocolError as error:
        unmet("health", expected="a JSON answer", observed=error.message, where=where)
    if not isinstance(body, dict) or not body:
        unmet(
            "health",
            expected="a JSON object",
            observed="nothing in it" if not body else "another type",
            where=where,
        )
    states = dependency_states(body)
    overall = _state(body)
    bad = [f"{name}: {states[name] or 'no state'}" for name in states if not _healthy(states[name])]
    bad += [f"{name}: not named" for name in wanted if name not in states]
    if bad:
        observed = f"{', '.join(map(shown_text, bad))} (overall {shown_text(overall or 'no state')})"
        unmet(
            "dependency not healthy", expected="every one ok, up or healthy", observed=observed, where=where
        )
    if not _healthy(overall):
        unmet("health as a whole", expected="ok", observed=shown_text(overall or "no state"), where=where)
    if observation.status != 200:
        unmet("status of a healthy answer", expected=200, observed=observation.status, where=where)


def dependency_states(body: Mapping[str, JsonValue]) -> dict[str, str]:
    """Return dependency to state as the body names them; a state that is not there is empty."""
    inner = next((body[key] for key in _CONTAINERS if body.get(key)), None)
    if isinstance(inner, list):
        named = {str(entry.get("name", "?")): entry for entry in inner if isinstance(entry, dict)}
        return {name: _state(entry) for name, entry in named.items()}
    if isinstance(inner, dict):
        return {name: _state(entry) for name, entry in inner.items()}
    return {
        name: _state(value) for name, value in body.items() if isinstance(value, dict) and _has_state(value)
    }


def _has_state(value: Mapping[str, JsonValue]) -> bool:
    return any(key in value for key in _STATE_KEYS)


def _state(value: JsonValue) -> str:
    if isinstance(value, dict):
        value = next((value[key] for key in _STATE_KEYS if key in value), "")
    if isinstance(value, bool):
        return "healthy" if value else "unhealthy"
    return value if isinstance(value, str) else ""


def _healthy(state: str) -> bool:
    return state.lower() in HEALTHY
