"""Dashboards by Grafana's HTTP API (grafana.com/docs/grafana/latest/developers/http_api).

A dashboard is found by its uid or title, its panels are read from its model, and each panel's queries are
sent as the browser sends them: all of a panel at once, with the dashboard's variables filled in.
"""

import asyncio
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from pydantic import JsonValue

from golive.core.outcome import Blind
from golive.monitoring.grafana_frames import PanelAnswer, read_answer
from golive.monitoring.observation_watching import DashboardObservation, Panel
from golive.monitoring.profile_watching import DASHBOARD_QUERIES, Dashboards, RequiredDashboard
from golive.net.errors import ProtocolError
from golive.net.http import HttpProbe
from golive.net.http_observation import HttpObservation
from golive.profile.secrets import Secret

PANELS_AT_MOST = 200
POINTS = 100
_OTHER_PANEL = "-- Dashboard --"
_VARIABLE = re.compile(r"\$(\w+)|\$\{(\w+)(?:\.[^:^}]+)?(?::[^}]+)?\}|\[\[(\w+)(?::\w+)?\]\]")
_EVERYTHING = "$__all"


class DashboardProbe:
    """Looks at dashboards."""

    def __init__(self, http: HttpProbe, declared: Dashboards, token: Secret) -> None:
        self._http = http
        self._declared = declared
        self._token = token

    async def look_at(self, wanted: RequiredDashboard) -> DashboardObservation:
        """Return one dashboard, with its panels' queries answered.

        Raises:
            ProtocolError: an answer is none of Grafana's.
            ProbeError: as of the client.
            Blind: the suite may not look.
        """
        where = self._declared.url
        uid = wanted.uid if wanted.uid is not None else await self._uid_of(wanted.title or "")
        if isinstance(uid, list):
            problem = f"{len(uid)} dashboards have that title" if uid else "there is none of that title"
            return DashboardObservation(str(wanted), where, problem)
        answer = await self._get(f"/api/dashboards/uid/{quote(uid, safe='')}")
        if answer.status == 404:
            return DashboardObservation(str(wanted), where, "there is none")
        model = _object(_object(_body(answer), answer).get("dashboard"), answer)
        drawn = list(_panels(model))
        if len(drawn) > PANELS_AT_MOST:
            raise ProtocolError(f"{len(drawn)} panels", target=answer.target, phase="read")
        whole = await asyncio.gather(*map(self._whole, drawn))
        panels = tuple(
            _read_panel(one) for one in whole if one.get("type") not in self._declared.without_query
        )
        variables = _variables(model) | self._declared.variables
        answers = await asyncio.gather(*(self._ask(panel, variables) for panel in panels))
        return DashboardObservation(
            str(wanted), where, "", str(model.get("title", "")), panels, tuple(answers)
        )

    async def _uid_of(self, title: str) -> str | list[str]:
        """The uid of the one dashboard of that title; otherwise all that there are."""
        answer = await self._get("/api/search", {"type": "dash-db", "query": title, "limit": 200})
        listed = _body(answer)
        if not isinstance(listed, list):
            raise ProtocolError("a search is not answered by a list", target=answer.target, phase="read")
        found = [str(entry["uid"]) for entry in listed
                 if isinstance(entry, dict) and entry.get("title") == title and "uid" in entry]  # fmt: skip
        return found[0] if len(found) == 1 else found

    async def _whole(self, panel: Mapping[str, Any]) -> Mapping[str, Any]:
        """A panel of the library in place of the reference to it, as the browser loads it."""
        reference = panel.get("libraryPanel")
        if not isinstance(reference, dict) or "targets" in panel:
            return panel
        answer = await self._get(f"/api/library-elements/{quote(str(reference.get('uid', '')), safe='')}")
        result = _object(_body(answer), answer).get("result")
        return _object(_object(result, answer).get("model"), answer)

    async def _ask(self, panel: Panel, variables: Mapping[str, str]) -> PanelAnswer:
        if panel.borrows:
            return PanelAnswer("", borrowed=True)
        if not panel.shown:
            return PanelAnswer("it has no query")
        seconds = int(self._declared.period.total_seconds())
        asked = {
            "from": f"now-{seconds}s",
            "to": "now",
            "queries": [
                _filled(query, variables)
                | {"intervalMs": max(1000, seconds * 1000 // POINTS), "maxDataPoints": POINTS}
                for query in panel.queries
            ],
        }
        url = f"{self._declared.url}{DASHBOARD_QUERIES}"
        answer = await self._http.post(url, json=asked, token=self._token)
        self._refuse_blindness(answer)
        return read_answer(answer, panel.shown)

    async def _get(self, route: str, params: Mapping[str, str | int] | None = None) -> HttpObservation:
        answer = await self._http.get(f"{self._declared.url}{route}", params=params, token=self._token)
        self._refuse_blindness(answer)
        return answer

    def _refuse_blindness(self, answer: HttpObservation) -> None:
        if answer.status in (401, 403):
            raise Blind(
                f"the dashboards' server lets the suite not look ({answer.status})",
                remedy="give targets.dashboards.token the token of a service account that may view",
            )


def _body(answer: HttpObservation) -> JsonValue:
    if answer.status != 200:
        raise ProtocolError(f"status {answer.status}", target=answer.title, phase="read")
    return answer.json()


def _object(value: JsonValue, answer: HttpObservation) -> dict[str, JsonValue]:
    if not isinstance(value, dict):
        raise ProtocolError("the answer is none of Grafana's", target=answer.title, phase="read")
    return value


def _panels(model: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Panels of a model, also those of rows: folded ones, and those of the layout before version 16."""
    for panel in [*_objects(model.get("panels")), *_objects(model.get("rows"))]:
        inner = _objects(panel.get("panels"))
        if "type" in panel or not inner:
            yield panel
        yield from inner


def _read_panel(panel: Mapping[str, Any]) -> Panel:
    source = panel.get("datasource")
    queries = tuple(
        _query(query, source, number) for number, query in enumerate(_objects(panel.get("targets")))
    )
    borrows = bool(queries) and all(_uid(query["datasource"]) == _OTHER_PANEL for query in queries)
    return Panel(str(panel.get("title", "")), str(panel.get("type", "")), queries, borrows)


def _objects(value: Any) -> list[Mapping[str, Any]]:
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def _query(query: Mapping[str, Any], source: Any, number: int) -> Mapping[str, Any]:
    """A target with its reference and data source; of older models the source is a name alone."""
    found = query.get("datasource") or source
    reference = {"uid": found} if isinstance(found, str) else found
    if reference is None:
        reference = {"uid": "", "type": ""}  # the default one
    return {"refId": chr(ord("A") + number % 26), **query, "datasource": reference}


def _uid(source: Any) -> str:
    return str(source.get("uid", "")) if isinstance(source, dict) else ""


def _variables(model: Mapping[str, Any]) -> dict[str, str]:
    """The values that the dashboard's variables were saved with; "all" is every option, or any text."""
    templating = model.get("templating")
    listed = _objects(templating.get("list")) if isinstance(templating, dict) else []
    return {str(one["name"]): _value(one) for one in listed if one.get("name")}


def _value(variable: Mapping[str, Any]) -> str:
    current = variable.get("current")
    value = current.get("value") if isinstance(current, dict) else None
    chosen = [str(entry) for entry in value] if isinstance(value, list) else [str(value or "")]
    if _EVERYTHING in chosen:
        if variable.get("allValue"):
            return str(variable["allValue"])
        options = [str(one.get("value", "")) for one in _objects(variable.get("options"))]
        chosen = [option for option in options if option and option != _EVERYTHING]
        if not chosen:
            return ".*"
    return chosen[0] if len(chosen) == 1 else f"({'|'.join(chosen)})"


def _filled(value: Any, variables: Mapping[str, str]) -> Any:
    """``value`` with ``$name``, ``${name}`` and ``[[name]]`` filled in; Grafana's own ``$__…`` are left."""
    if isinstance(value, dict):
        return {key: _filled(inner, variables) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, variables) for inner in value]
    if not isinstance(value, str):
        return value
    return _VARIABLE.sub(lambda found: variables.get(found.group(found.lastindex or 0), found.group()), value)
