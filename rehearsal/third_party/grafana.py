"""A stand-in for Grafana: Audotics' own dashboards (``dashboards/*.json``, its model), and their queries.

Shapes: grafana.com/docs/grafana/latest/developers/http_api (dashboards, search, data source queries). Of
PromQL it knows which series a query names; their values are what the replicas' own metrics say now.
"""

from __future__ import annotations

import asyncio
import json
import re
import ssl
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from rehearsal.third_party.bearer import carries

MODELS = Path(__file__).with_name("dashboards")
SOURCE = {"type": "prometheus", "uid": "prometheus"}
JOB = "audotics-api"
SERIES_AT_MOST = 20
_OWN = re.compile(r"\$__(?:rate_interval|interval|range)")
_SELECTOR = re.compile(r"([a-zA-Z_:][\w:]*)\s*(?:\{([^}]*)\})?")
_MATCHER = re.compile(r'(\w+)\s*(=~|=)\s*"([^"]*)"')

Json = dict[str, Any]


@dataclass(frozen=True)
class Series:
    """One series and its newest value."""

    name: str
    labels: dict[str, str]
    value: float

    def matches(self, matchers: list[tuple[str, str, str]]) -> bool:
        """Whether it has the labels that are asked for."""
        return all(
            (re.fullmatch(wanted, self.labels.get(label, "")) is not None)
            if sign == "=~"
            else self.labels.get(label, "") == wanted
            for label, sign, wanted in matchers
        )


class Grafana:
    """Dashboards over one data source."""

    def __init__(self, metrics: Mapping[str, str], token: str) -> None:
        self.metrics = dict(metrics)
        self.models: dict[str, Json] = {
            path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(MODELS.glob("*.json"))
        }
        """Uid to model."""
        self.source_error: str | None = None
        self._token = token

    def routes(self) -> list[BaseRoute]:
        """Of the HTTP API."""
        return [
            Route("/api/search", self._search),
            Route("/api/dashboards/uid/{uid}", self._dashboard),
            Route("/api/ds/query", self._query, methods=["POST"]),
        ]

    def panels(self, uid: str) -> Iterator[Json]:
        """The panels of a dashboard, also those of folded rows."""
        for panel in self.models[uid]["panels"]:
            yield panel
            yield from panel.get("panels", [])

    async def _search(self, request: Request) -> Response:
        if not carries(request, self._token):
            return JSONResponse({"message": "Unauthorized"}, 401)
        words = request.query_params.get("query", "").lower()
        return JSONResponse(
            [
                {
                    "uid": uid,
                    "title": model["title"],
                    "type": "dash-db",
                    "uri": f"db/{uid}",
                    "url": f"/d/{uid}",
                }
                for uid, model in self.models.items()
                if words in model["title"].lower()
            ]
        )

    async def _dashboard(self, request: Request) -> Response:
        if not carries(request, self._token):
            return JSONResponse({"message": "Unauthorized"}, 401)
        model = self.models.get(request.path_params["uid"])
        if model is None:
            return JSONResponse({"message": "Dashboard not found"}, 404)
        return JSONResponse({"dashboard": model, "meta": {"type": "db", "provisioned": True}})

    async def _query(self, request: Request) -> Response:
        if not carries(request, self._token):
            return JSONResponse({"message": "Unauthorized"}, 401)
        asked = await request.json()
        series = [one for page in await asyncio.gather(*map(self._read, self.metrics)) for one in page]
        results = {query["refId"]: self._result(query, series) for query in asked["queries"]}
        failed = any("error" in result for result in results.values())
        return JSONResponse({"results": results}, 400 if failed else 200)

    async def _read(self, instance: str) -> list[Series]:
        """The series of a replica, with the labels that a scrape adds; none where it does not answer."""
        # Not above: most rehearsals end without a question about dashboards, and each would wait for these.
        import httpx  # noqa: PLC0415
        from prometheus_client.parser import text_string_to_metric_families  # noqa: PLC0415

        try:
            # In plain text: the certificates of the world, which nobody needs, take their time to read.
            verify = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            async with httpx.AsyncClient(trust_env=False, timeout=2, verify=verify) as client:
                page = (await client.get(self.metrics[instance])).text
        except httpx.HTTPError:
            return []
        added = {"job": JOB, "instance": instance}
        return [
            Series(sample.name, {**sample.labels, **added}, sample.value)
            for family in text_string_to_metric_families(page)
            for sample in family.samples
        ]

    def _result(self, query: Json, series: list[Series]) -> Json:
        if self.source_error is not None:
            return {"status": 500, "error": self.source_error, "errorSource": "downstream"}
        if (query.get("datasource") or {}).get("uid") != SOURCE["uid"]:
            return {"status": 404, "error": "data source not found"}
        expression = _OWN.sub("1m", str(query.get("expr", "")))
        if not expression.strip() or "$" in expression:
            return {"status": 400, "error": 'bad_data: invalid parameter "query": parse error'}
        frames = [_frame(one) for one in _named(expression, series)[:SERIES_AT_MOST]]
        return {"status": 200, "frames": frames}


def _named(expression: str, series: list[Series]) -> list[Series]:
    """The series that an expression names."""
    return [
        one
        for name, matchers in _SELECTOR.findall(expression)
        for one in series
        if one.name == name and one.matches(_MATCHER.findall(matchers))
    ]


def _frame(series: Series) -> Json:
    now = int(time.time() * 1000)
    return {
        "schema": {
            "name": series.name,
            "fields": [
                {"name": "Time", "type": "time", "typeInfo": {"frame": "time.Time"}},
                {
                    "name": "Value",
                    "type": "number",
                    "typeInfo": {"frame": "float64"},
                    "labels": series.labels,
                },
            ],
        },
        "data": {"values": [[now - 15_000, now], [series.value, series.value]]},
    }
