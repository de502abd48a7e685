"""A log store by Loki's query API (grafana.com/docs/loki/latest/reference/loki-http-api)."""

import base64
from collections.abc import Callable
from datetime import datetime, timedelta

from golive.core.outcome import Blind
from golive.monitoring.observation_watching import LogLines
from golive.monitoring.profile_watching import LogStore
from golive.net.errors import ProtocolError
from golive.net.http import HttpProbe
from golive.net.http_observation import HttpObservation
from golive.net.polling import poll_until
from golive.profile.secrets import Secret

QUERY_ROUTE = "/loki/api/v1/query_range"
LINES = 50
_CLOCKS_APART = timedelta(minutes=5)


class LogStoreProbe:
    """Looks for lines."""

    def __init__(
        self, http: HttpProbe, declared: LogStore, token: Secret | None, now: Callable[[], datetime]
    ) -> None:
        self._http = http
        self._declared = declared
        self._headers = _headers(declared, token)
        self._now = now

    async def find(self, marker: str, *, since: datetime) -> LogLines:
        """Look for lines with ``marker`` until there is one, or the limit has passed.

        Raises:
            ProtocolError: the answer is none of Loki's.
            ProbeError: as of the client.
            Blind: the suite may not ask.
        """
        query = f'{self._declared.selector} |= "{marker}"'

        async def look() -> tuple[int, tuple[str, ...], str]:
            params: dict[str, str | int] = {
                "query": query,
                "start": _nanoseconds(since - _CLOCKS_APART),
                "end": _nanoseconds(self._now() + _CLOCKS_APART),
                "limit": LINES,
                "direction": "backward",
            }
            url = f"{self._declared.url}{QUERY_ROUTE}"
            answer = await self._http.get(url, params=params, headers=self._headers)
            return *_lines(answer), answer.target

        (streams, lines, where), seconds = await poll_until(
            look, lambda seen: bool(seen[1]), within=self._declared.within
        )
        carrying = tuple(line for line in lines if marker in line)
        return LogLines(where, query, streams, carrying, seconds)


def _headers(declared: LogStore, token: Secret | None) -> dict[str, Secret | str]:
    headers: dict[str, Secret | str] = {}
    if declared.tenant is not None:
        headers["x-scope-orgid"] = declared.tenant
    if token is not None and declared.user is not None:
        pair = base64.b64encode(f"{declared.user}:{token.reveal()}".encode()).decode()
        headers["authorization"] = Secret(f"Basic {pair}")
    elif token is not None:
        headers["authorization"] = Secret(f"Bearer {token.reveal()}")
    return headers


def _nanoseconds(instant: datetime) -> str:
    return f"{int(instant.timestamp())}000000000"


def _lines(answer: HttpObservation) -> tuple[int, tuple[str, ...]]:
    """Streams and lines of an answer of resultType "streams"."""
    if answer.status in (401, 403):
        raise Blind(
            f"the log store lets the suite ask nothing ({answer.status})",
            remedy="give targets.logs.token a token that may read logs, and the tenant",
        )
    if answer.status != 200:
        raise ProtocolError(f"status {answer.status} for a query", target=answer.target, phase="read")
    body = answer.json()
    data = body.get("data") if isinstance(body, dict) else None
    result = data.get("result") if isinstance(data, dict) else None
    if not isinstance(data, dict) or data.get("resultType") != "streams" or not isinstance(result, list):
        raise ProtocolError("the answer is none of Loki's query API", target=answer.target, phase="read")
    values = [stream.get("values") for stream in result if isinstance(stream, dict)]
    lines = [entry[1] for several in values if isinstance(several, list) for entry in several
             if isinstance(entry, list) and len(entry) >= 2 and isinstance(entry[1], str)]  # fmt: skip
    return len(result), tuple(lines)
