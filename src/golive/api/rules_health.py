"""What a health answer must say."""

import re
from collections.abc import Iterable, Mapping

from pydantic import JsonValue

from golive.net.errors import ProtocolError
from golive.net.headers import read_media_types
from golive.net.http_observation import HttpObservation
from golive.net.masking import STATE_WORDS, masked_text
from golive.rules.failure import fail

HEALTHY = frozenset({"ok", "up", "healthy", "pass", "passed", "ready", "available", "connected"})
"""States (in lower case) that count as healthy; everything else does not."""

_CONTAINERS = ("dependencies", "checks", "components", "details", "info", "services")
_TIMED = re.compile(r"(?:(?:^|_)(?:ms|millis)|Ms|Millis|[Ll]atency|[Ss]econds)$")
_STATE_KEYS = ("status", "state", "healthy")


def expect_all_healthy(observation: HttpObservation, dependencies: Iterable[str] | None) -> None:
    """The answer is a 200, healthy as a whole, and names every dependency in a healthy state.

    None as ``dependencies`` says that the deployment names none: its state as a whole is what there is.

    A dependency's state is its value, or the value of its ``status``, ``state`` or ``healthy``. Also
    dependencies that the answer names and the caller does not must be healthy.
    """
    where = observation.title
    wanted = tuple(dependencies or ())
    if not wanted and dependencies is not None:
        fail("health", expected="at least one dependency to be named", observed="none", where=where)
    body = _body(observation)
    states = dependency_states(body)
    overall = _state(body)
    bad = [f"{name}: {states[name] or 'no state'}" for name in states if not _healthy(states[name])]
    bad += [f"{name}: not named" for name in wanted if name not in states]
    if bad:
        observed = f"{', '.join(map(masked_text, bad))} (overall {masked_text(overall or 'no state')})"
        fail("dependency not healthy", expected="every one ok, up or healthy", observed=observed, where=where)
    if not _healthy(overall):
        fail("health as a whole", expected="ok", observed=masked_text(overall or "no state"), where=where)
    if observation.status != 200:
        fail("status of a healthy answer", expected=200, observed=observation.status, where=where)


def expect_health_form(observation: HttpObservation, dependencies: Iterable[str] | None) -> None:
    """The answer is JSON by its type too; each dependency's state is a known word, its times are times."""
    where = observation.title
    types = read_media_types(observation.header_values("content-type"))
    if len(types) != 1 or not (types[0] == "application/json" or types[0].endswith("+json")):
        sent = masked_text(observation.header("content-type") or "none")
        fail("type of the health answer", expected="application/json", observed=sent, where=where)
    body = _body(observation)
    inner = next((body[key] for key in _CONTAINERS if body.get(key)), body)
    entries = inner if isinstance(inner, dict) else {}
    strange = [name for name, state in dependency_states(body).items() if state.lower() not in STATE_WORDS]
    if strange or not set(dependencies or ()) <= set(dependency_states(body)):
        observed = ", ".join(map(masked_text, strange)) or "a dependency is missing"
        fail("states of dependencies", expected="words that monitoring knows", observed=observed, where=where)
    for name, entry in entries.items():
        for key, value in entry.items() if isinstance(entry, dict) else ():
            timed = _TIMED.search(key) is not None
            number = isinstance(value, int | float) and not isinstance(value, bool)
            if timed and not (number and isinstance(value, int | float) and value >= 0):
                what = f"{masked_text(name)}.{masked_text(key)}"
                fail(what, expected="a duration", observed=type(value).__name__, where=where)


def expect_probe(observation: HttpObservation) -> None:
    """A probe of a load balancer says yes: 200, and if it says a state, a healthy one."""
    where = observation.title
    if observation.status != 200:
        fail("probe", expected=200, observed=observation.status, where=where)
    text = observation.text().strip().strip('"')
    try:
        body = observation.json()
    except ProtocolError:
        body = None
    state = _state(body) if isinstance(body, dict) else text
    if not _healthy(state):
        fail(
            "probe", expected="ok or ready", observed=masked_text(state or "nothing", longest=40), where=where
        )


def expect_probes_agree(health: HttpObservation, live: HttpObservation, ready: HttpObservation) -> None:
    """Of one replica: it lives whatever its dependencies do, and is ready only while its health is no 5xx.

    A replica whose liveness depends on others is restarted for their failures; one that is ready without
    what it needs goes on getting requests.
    """
    if live.status != 200:
        why = f"health {health.status}, readiness {ready.status}: restarting it would fix nothing"
        fail("liveness", expected="200, as it answers", observed=f"{live.status} ({why})", where=live.title)
    if (ready.status == 200) != (health.status < 500):
        expected = "no 200" if health.status >= 500 else "200"
        observed = f"{ready.status} with health {health.status}"
        fail("readiness", expected=expected, observed=observed, where=ready.title)


def _body(observation: HttpObservation) -> dict[str, JsonValue]:
    try:
        body = observation.json()
    except ProtocolError as error:
        fail("health", expected="a JSON answer", observed=error.message, where=observation.title)
    if not isinstance(body, dict) or not body:
        observed = "another type" if body else "nothing in it"
        fail("health", expected="a JSON object", observed=observed, where=observation.title)
    return body


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
