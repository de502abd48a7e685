"""What instances must report of the configuration that they run with."""

import hashlib
import re
from collections.abc import Collection, Mapping, Sequence

from golive.configuration.profile import ConfigurationDigest
from golive.net.errors import ProtocolError
from golive.net.http_observation import HttpObservation
from golive.profile.secrets import Secret
from golive.rules.failure import fail, require_non_empty
from golive.rules.http import expect_status

_SHA256 = re.compile(r"(?:sha256:)?([0-9a-f]{64})", re.IGNORECASE)
_SHOWN = 12


def digest_of(values: Mapping[str, Secret], *, without: Collection[str] = ()) -> str:
    """Return the SHA-256 of ``NAME=value`` and a zero byte for each variable, sorted by their bytes.

    The same as ``env -i NAME=value … env -0 | LC_ALL=C sort -z | sha256sum``.
    """
    lines = (f"{name}={secret.reveal()}\0" for name, secret in values.items() if name not in without)
    return hashlib.sha256(b"".join(sorted(line.encode() for line in lines))).hexdigest()


def expect_configuration(
    observations: Sequence[HttpObservation], declared: ConfigurationDigest, expected: str
) -> None:
    """Every instance reports this digest."""
    for observation in require_non_empty(observations, "replica that reports its configuration"):
        expect_status(observation, 200)
        try:
            body = observation.json()
        except ProtocolError as error:
            fail("configuration digest", expected="JSON", observed=error.message, where=observation.title)
        told = body.get(declared.field) if isinstance(body, dict) else None
        match = _SHA256.fullmatch(told) if isinstance(told, str) else None
        if match is None:
            fail(
                "configuration digest",
                expected=f"a SHA-256 in the field {declared.field!r}",
                observed="none",
                where=observation.title,
            )
        if match[1].lower() != expected:
            fail(
                "configuration that the replica runs with",
                expected=f"the release's (SHA-256 {expected[:_SHOWN]}…)",
                observed=f"another ({match[1].lower()[:_SHOWN]}…)",
                where=observation.title,
            )
