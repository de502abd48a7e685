"""A Sentry-compatible error tracker: an error sent by its DSN, and found again by its web API.

The envelope is made here and sent by the guarded client: Sentry's own library would open connections of its
own and hook itself into the whole process. Format: develop.sentry.dev/sdk/data-model/envelopes.
"""

import json
import secrets as randomness
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self
from urllib.parse import quote, urlsplit

from golive import __version__
from golive.core.journal import UndoStep
from golive.core.outcome import Blind
from golive.monitoring.observation_watching import TrackedError
from golive.monitoring.personal_data import PersonalData
from golive.monitoring.profile_watching import ErrorTracker
from golive.net.errors import ProtocolError
from golive.net.http import HttpProbe
from golive.net.http_observation import HttpObservation
from golive.net.polling import poll_until
from golive.profile.secrets import Secret

TAG = "golive"
_NOT_YET = 404


@dataclass(frozen=True, slots=True)
class Dsn:
    """Where a project's errors are sent: ``https://KEY@host/path/PROJECT``."""

    key: Secret
    envelope: str
    """The address that takes them."""

    @classmethod
    def read(cls, dsn: Secret) -> Self:
        """Take it apart.

        Raises:
            Blind: it is none.
        """
        parts = urlsplit(dsn.reveal())
        path, _, project = parts.path.rstrip("/").rpartition("/")
        host = parts.netloc.rpartition("@")[2]
        if parts.scheme not in ("http", "https") or not parts.username or not host or not project:
            raise Blind(
                "the error tracker's DSN is none",
                remedy="give the one that the application has: https://KEY@host/PROJECT",
            )
        envelope = f"{parts.scheme}://{host}{path}/api/{quote(project, safe='')}/envelope/"
        return cls(Secret(parts.username), envelope)


@dataclass(frozen=True, slots=True)
class MarkedError:
    """An error of this run, with personal data of nobody in every place where errors carry it."""

    marker: str
    personal: PersonalData
    at: datetime
    id: str
    """32 hexadecimal digits."""

    @classmethod
    def made(cls, marker: str, at: datetime) -> Self:
        """Return one that nothing else is like."""
        return cls(marker, PersonalData.made_up(), at, randomness.token_hex(16))

    def envelope(self, release: str, environment: str | None) -> bytes:
        """Return it as one envelope with one item."""
        event = json.dumps(self._event(release, environment)).encode()
        header = {"event_id": self.id, "sent_at": self.at.astimezone(UTC).isoformat()}
        item = {"type": "event", "content_type": "application/json", "length": len(event)}
        return b"\n".join([json.dumps(header).encode(), json.dumps(item).encode(), event, b""])

    def _event(self, release: str, environment: str | None) -> dict[str, Any]:
        person = self.personal
        said = f"synthetic error of a launch verification, {self.marker}: nothing is wrong"
        asked = {
            "url": "https://golive.invalid/verification",
            "method": "POST",
            "query_string": f"access_token={person.token}",
            "headers": {"Authorization": f"Bearer {person.token}", "X-Forwarded-For": person.ip},
            "data": {"email": person.email, "password": person.token},
            "env": {"REMOTE_ADDR": person.ip},
        }
        return {
            "event_id": self.id,
            "timestamp": self.at.astimezone(UTC).isoformat(),
            "platform": "other",
            "level": "error",
            "logger": TAG,
            "release": release,
            **({"environment": environment} if environment else {}),
            "fingerprint": [TAG, self.marker],
            "tags": {TAG: self.marker},
            "exception": {"values": [{"type": "GoliveSyntheticError", "value": said}]},
            "user": {"id": TAG, "email": person.email, "ip_address": person.ip},
            "request": asked,
            "extra": {"email": person.email, "access_token": person.token},
        }


class ErrorTrackerProbe:
    """Sends, finds and removes errors."""

    def __init__(self, http: HttpProbe, declared: ErrorTracker, dsn: Secret, token: Secret) -> None:
        self._http = http
        self._declared = declared
        self._dsn = Dsn.read(dsn)
        self._token = token

    async def send(self, error: MarkedError, release: str) -> HttpObservation:
        """Send it as the application's library would.

        Raises:
            ProbeError: as of the client.
        """
        client = f"golive/{__version__}"
        words = f"Sentry sentry_version=7, sentry_client={client}, sentry_key={self._dsn.key.reveal()}"
        return await self._http.post(
            self._dsn.envelope,
            content=error.envelope(release, self._declared.environment),
            headers={"content-type": "application/x-sentry-envelope", "x-sentry-auth": Secret(words)},
        )

    async def find(self, error: MarkedError) -> TrackedError:
        """Look for it until it is there, or the limit has passed.

        Raises:
            ProbeError: as of the client.
            Blind: the suite may not read events.
        """
        seen, seconds = await poll_until(
            lambda: self._http.get(self._url(f"projects/{{}}/events/{error.id}/"), token=self._token),
            lambda answer: answer.status != _NOT_YET,
            within=self._declared.within,
        )
        if seen.status in (401, 403):
            raise Blind(
                f"the error tracker lets the suite read no events ({seen.status})",
                remedy="give targets.errors.token a token that may read the project (project:read)",
            )
        return TrackedError(seen.target, error.marker, seen.status, seen.text(), _group(seen), seconds)

    def removal(self, tracked: TrackedError) -> UndoStep | None:
        """Return the request that deletes or resolves the error's issue, as declared; None without issue."""
        if tracked.group is None:
            return None
        organisation = quote(self._declared.organisation, safe="")
        url = f"{self._declared.api}/organizations/{organisation}/issues/{quote(tracked.group, safe='')}/"
        if self._declared.afterwards == "delete":
            return UndoStep(method="DELETE", url=url, secret=self._declared.token)
        return UndoStep(method="PUT", url=url, secret=self._declared.token, body={"status": "resolved"})

    async def remove(self, tracked: TrackedError) -> int | None:
        """Send what `removal` returns; return the answer's status, None without issue.

        Raises:
            ProbeError: as of the client.
        """
        step = self.removal(tracked)
        if step is None:
            return None
        return (await self._http.request(step.method, step.url, token=self._token, json=step.body)).status

    def _url(self, path: str) -> str:
        project = f"{quote(self._declared.organisation, safe='')}/{quote(self._declared.project, safe='')}"
        return f"{self._declared.api}/{path.format(project)}"


def _group(answer: HttpObservation) -> str | None:
    try:
        body = answer.json() if answer.status == 200 else None
    except ProtocolError:  # names no issue; the body itself is judged
        return None
    group = body.get("groupID") if isinstance(body, dict) else None
    return group if isinstance(group, str) else None
