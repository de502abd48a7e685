"""A stand-in for Grafana Loki with its agent: what the replicas log is found by the query API.

Shape: grafana.com/docs/loki/latest/reference/loki-http-api. Of LogQL it knows a selector of equalities, and
line filters that contain something.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from rehearsal.third_party.bearer import carries

READ_AT_MOST = 8_000_000
_QUERY = re.compile(r'^\s*\{(?P<labels>[^}]*)\}(?P<filters>(?:\s*\|=\s*"(?:[^"\\]|\\.)*")*)\s*$')
_LABEL = re.compile(r'(\w+)\s*=\s*"([^"]*)"')
_CONTAINS = re.compile(r'\|=\s*"((?:[^"\\]|\\.)*)"')


class LogStore:
    """Streams by instance."""

    def __init__(self, files: Mapping[str, Path], token: str) -> None:
        self.files = dict(files)
        self._token = token

    def routes(self) -> list[BaseRoute]:
        """Of the query API."""
        return [Route("/loki/api/v1/query_range", self._query)]

    def lines(self, instance: str) -> list[str]:
        """What an instance logged, the oldest first."""
        try:
            with self.files[instance].open("rb") as stream:
                stream.seek(max(0, self.files[instance].stat().st_size - READ_AT_MOST))
                return stream.read().decode(errors="replace").splitlines()
        except OSError:
            return []

    async def _query(self, request: Request) -> Response:
        if not carries(request, self._token):
            return PlainTextResponse("no org id", 401)
        query = _QUERY.match(request.query_params.get("query", ""))
        if query is None:
            return PlainTextResponse("parse error : syntax error: unexpected IDENTIFIER", 400)
        wanted = dict(_LABEL.findall(query["labels"]))
        filters = [text.replace('\\"', '"') for text in _CONTAINS.findall(query["filters"])]
        limit = int(request.query_params.get("limit", "100"))
        streams = []
        for instance in self.files:
            labels = {"app": "audotics-api", "instance": instance}
            if wanted.items() <= labels.items():
                found = [line for line in self.lines(instance) if all(text in line for text in filters)]
                stamp = str(time.time_ns())
                if found:
                    streams.append({"stream": labels, "values": [[stamp, line] for line in found[-limit:]]})
        return JSONResponse(
            {"status": "success", "data": {"resultType": "streams", "result": streams, "stats": {}}}
        )
