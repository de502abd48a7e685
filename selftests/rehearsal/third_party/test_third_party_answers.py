"""What the stand-ins answer has the shape that the vendors' documents give it.

Read from: docs.sentry.io (Retrieve an Event for a Project), grafana.com (Loki's and Grafana's HTTP API),
metastatuspage.com (summary), api.mattermost.com (PostList).
"""

import asyncio
import json
from pathlib import Path

import httpx
import jsonschema
import pytest

from rehearsal.services.api.access_log import AccessLog
from rehearsal.third_party import hosts
from rehearsal.third_party.application import ThirdParties
from rehearsal.third_party.settings import PartnerCredentials, Settings

GIVEN = PartnerCredentials()
EVENT = {
    "event_id": "a" * 32,
    "timestamp": "2026-11-23T06:00:00Z",
    "platform": "other",
    "tags": {"golive": "g-1"},
    "exception": {"values": [{"type": "T", "value": "v"}]},
    "user": {"id": "1"},
}
ENVELOPE = "\n".join(
    [json.dumps({"event_id": "a" * 32}), json.dumps({"type": "event"}), json.dumps(EVENT), ""]
)


def has(required: dict[str, object]) -> dict[str, object]:
    return {"type": "object", "required": list(required), "properties": required}


TEXT, NUMBER = {"type": "string"}, {"type": "integer"}


def several(entry: dict[str, object]) -> dict[str, object]:
    return {"type": "array", "minItems": 1, "items": entry}


SENTRY_EVENT = has(
    {
        "id": TEXT,
        "eventID": TEXT,
        "groupID": TEXT,
        "projectID": TEXT,
        "title": TEXT,
        "type": TEXT,
        "platform": TEXT,
        "dateCreated": TEXT,
        "tags": several(has({"key": TEXT, "value": TEXT})),
        "entries": several(has({"type": TEXT, "data": {}})),
    }
)
LOKI_STREAMS = has(
    {
        "status": {"const": "success"},
        "data": has(
            {
                "resultType": {"const": "streams"},
                "result": several(
                    has(
                        {
                            "stream": {"type": "object"},
                            "values": several(
                                {
                                    "type": "array",
                                    "prefixItems": [{"type": "string", "pattern": r"^\d{19}$"}, TEXT],
                                    "minItems": 2,
                                }
                            ),
                        }
                    )
                ),
            }
        ),
    }
)
GRAFANA_DASHBOARD = has(
    {
        "dashboard": has(
            {
                "uid": TEXT,
                "title": TEXT,
                "schemaVersion": NUMBER,
                "panels": several(has({"id": NUMBER, "type": TEXT})),
            }
        ),
        "meta": {"type": "object"},
    }
)
GRAFANA_SEARCH = several(has({"uid": TEXT, "title": TEXT, "type": {"const": "dash-db"}, "url": TEXT}))
STATUSPAGE = has(
    {
        "page": has({"id": TEXT, "name": TEXT, "url": TEXT, "time_zone": TEXT, "updated_at": TEXT}),
        "status": has({"indicator": {"enum": ["none", "minor", "major", "critical"]}, "description": TEXT}),
        "components": several(has({"id": TEXT, "name": TEXT, "status": TEXT, "position": NUMBER})),
        "incidents": {"type": "array"},
        "scheduled_maintenances": {"type": "array"},
    }
)
MATTERMOST = has(
    {
        "order": several(TEXT),
        "posts": {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": has(
                {"id": TEXT, "create_at": NUMBER, "channel_id": TEXT, "message": TEXT}
            ),
        },
    }
)


def ask(
    parties: ThirdParties, method: str, host: str, path: str, token: str = "", **more: object
) -> httpx.Response:
    async def run() -> httpx.Response:
        transport = httpx.ASGITransport(app=parties.asgi())
        async with httpx.AsyncClient(transport=transport, base_url=f"https://{host}") as client:
            headers = {"authorization": f"Bearer {token}"} | more.pop("headers", {})
            return await client.request(method, path, headers=headers, **more)

    return asyncio.run(run())


@pytest.fixture
def parties(tmp_path) -> ThirdParties:
    log = tmp_path / "api-1.log"
    log.write_text('{"query": "golive=g-1"}\nanother\n', encoding="utf-8")
    paths = Path("chain.pem"), Path("key.pem")
    return ThirdParties(Settings("127.0.0.1", 1, 2, *paths, GIVEN, {}, {"api-1": log}))


def test_sentry_takes_an_envelope_and_shows_the_event(parties):
    """By its key; without the token it shows nothing; deleted, it is gone."""
    path = f"/api/0/projects/audotics/api/events/{'a' * 32}/"
    auth = {"x-sentry-auth": f"Sentry sentry_version=7, sentry_key={GIVEN.sentry_key}"}
    assert ask(parties, "POST", hosts.SENTRY, "/api/1/envelope/", content=ENVELOPE).status_code == 403
    taken = ask(parties, "POST", hosts.SENTRY, "/api/1/envelope/", content=ENVELOPE, headers=auth)
    assert taken.json() == {"id": "a" * 32}
    assert ask(parties, "GET", hosts.SENTRY, path, "wrong").status_code == 401
    shown = ask(parties, "GET", hosts.SENTRY, path, GIVEN.sentry_token)
    jsonschema.validate(shown.json(), SENTRY_EVENT)
    issue = f"/api/0/organizations/audotics/issues/{shown.json()['groupID']}/"
    assert ask(parties, "DELETE", hosts.SENTRY, issue, GIVEN.sentry_token).status_code == 202
    assert ask(parties, "GET", hosts.SENTRY, path, GIVEN.sentry_token).status_code == 404
    broken = ask(parties, "POST", hosts.SENTRY, "/api/1/envelope/", content="{", headers=auth)
    assert broken.status_code == 400


def test_loki_finds_lines_by_selector_and_filter(parties):
    """And says what it does not understand."""

    def query(text: str) -> httpx.Response:
        path = "/loki/api/v1/query_range"
        return ask(parties, "GET", hosts.LOKI, path, GIVEN.loki_token, params={"query": text})

    found = query('{app="audotics-api"} |= "g-1"').json()
    jsonschema.validate(found, LOKI_STREAMS)
    assert len(found["data"]["result"][0]["values"]) == 1
    assert query('{app="other"} |= "g-1"').json()["data"]["result"] == []
    assert query("g-1").status_code == 400


def test_grafana_shows_dashboards_and_answers_queries(parties):
    """A variable that nobody filled in, and another data source, are errors, as with the real one."""
    token = GIVEN.grafana_token
    shown = ask(parties, "GET", hosts.GRAFANA, "/api/dashboards/uid/audotics-api", token)
    jsonschema.validate(shown.json(), GRAFANA_DASHBOARD)
    found = ask(parties, "GET", hosts.GRAFANA, "/api/search", token, params={"query": "servers"})
    jsonschema.validate(found.json(), GRAFANA_SEARCH)
    assert ask(parties, "GET", hosts.GRAFANA, "/api/dashboards/uid/none", token).status_code == 404
    queries = [
        {"refId": "A", "expr": "up", "datasource": {"uid": "prometheus"}},
        {"refId": "B", "expr": 'up{job="$job"}', "datasource": {"uid": "prometheus"}},
        {"refId": "C", "expr": "up", "datasource": {"uid": "other"}},
    ]
    answered = ask(parties, "POST", hosts.GRAFANA, "/api/ds/query", token, json={"queries": queries})
    results = answered.json()["results"]
    assert (answered.status_code, results["A"]) == (400, {"status": 200, "frames": []})
    assert [results[name]["status"] for name in "BC"] == [400, 404]


def test_status_page_and_chat_have_their_vendors_shapes(parties):
    """The summary; the webhook and the channel's posts."""
    jsonschema.validate(ask(parties, "GET", hosts.STATUS, "/api/v2/summary.json").json(), STATUSPAGE)
    assert ask(parties, "POST", hosts.CHAT, "/hooks/wrong", json={"text": "x"}).status_code == 400
    assert ask(parties, "POST", hosts.CHAT, f"/hooks/{GIVEN.chat_hook}", json={"text": "x"}).text == "ok"
    posts = ask(parties, "GET", hosts.CHAT, "/api/v4/channels/launch/posts", GIVEN.chat_token)
    jsonschema.validate(posts.json(), MATTERMOST)


def test_requests_are_logged_without_what_is_private(tmp_path):
    """Tokens, codes and addresses by the names of their parameters."""
    log = AccessLog(str(tmp_path / "log"), "api-1")
    query = "golive=g-1&email=jo%40personal.invalid&access_token=abc&code=1&limit=5"
    assert log.shown(query) == "golive=g-1&email=***&access_token=***&code=***&limit=5"
