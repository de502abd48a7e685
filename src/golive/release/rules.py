"""Which release an instance must say that it runs."""

from collections.abc import Sequence

from pydantic import JsonValue

from golive.core.run import ReleaseIdentity
from golive.net.errors import ProtocolError
from golive.net.http_observation import HttpObservation
from golive.net.masking import masked_text
from golive.rules.failure import at_least_one, fail, require_non_empty

_SHORTEST_COMMIT = 7


def expect_release(
    observations: HttpObservation | Sequence[HttpObservation], identity: ReleaseIdentity
) -> None:
    """Every answer names the release: its version, and its commit where the identity has one.

    The version stands under ``version`` or ``release``; an abbreviated commit of seven digits or more fits.
    """
    for observation in at_least_one(observations, "answer about the release"):
        if not identity.version:
            fail("release", expected="a version to be named", observed="none", where=observation.title)
        found = release_of(observation)
        fits = found.version.removeprefix("v") == identity.version.removeprefix("v")
        if not fits or (identity.commit and not _same_commit(found.commit, identity.commit)):
            fail("wrong release", expected=identity, observed=_shown(found), where=observation.title)


def expect_uniform(observations: Sequence[HttpObservation], *, instances: int = 1) -> None:
    """All answers name the same release, and at least that many different instances answered."""
    several = require_non_empty(observations, "answer about the release")
    releases = {release_of(observation) for observation in several}
    where = ", ".join(dict.fromkeys(observation.title for observation in several))
    if len(releases) != 1:
        observed = " and ".join(sorted(map(_shown, releases)))
        fail("mixed releases", expected="the same everywhere", observed=observed, where=where)
    seen = {instance_of(observation) for observation in several} - {""}
    if instances > 1 and len(seen) < instances:
        observed = f"{len(seen)} ({', '.join(map(masked_text, sorted(seen)))})" if seen else "none"
        fail("instances that answered", expected=f"at least {instances}", observed=observed, where=where)


def release_of(observation: HttpObservation) -> ReleaseIdentity:
    """Return the release that an answer names.

    Raises:
        AssertionError: it is no JSON object, or names no version.
    """
    body = _object(observation)
    version = body.get("version", body.get("release"))
    commit = body.get("commit", "")
    if not isinstance(version, str) or not version:
        fail("release", expected="a version", observed="none", where=observation.title)
    return ReleaseIdentity(version=version, commit=commit if isinstance(commit, str) else "")


def instance_of(observation: HttpObservation) -> str:
    """Return the instance that an answer names; empty when it names none."""
    body = _object(observation)
    instance = body.get("instance", body.get("instanceId", ""))
    return instance if isinstance(instance, str) else ""


def _object(observation: HttpObservation) -> dict[str, JsonValue]:
    try:
        body = observation.json()
    except ProtocolError as error:
        fail("release", expected="a JSON answer", observed=error.message, where=observation.title)
    if not isinstance(body, dict):
        fail("release", expected="a JSON object", observed=type(body).__name__, where=observation.title)
    return body


def _same_commit(one: str, other: str) -> bool:
    shortest = min(len(one), len(other))
    return shortest >= _SHORTEST_COMMIT and one.lower()[:shortest] == other.lower()[:shortest]


def _shown(identity: ReleaseIdentity) -> str:
    commit = f" ({identity.commit[:10]})" if identity.commit.isalnum() else ""
    return f"{masked_text(identity.version, longest=60)}{commit}"
