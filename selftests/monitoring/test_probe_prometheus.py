"""Answers of Prometheus and Alertmanager are read as they are documented; anything else is a typed error."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest

from golive.monitoring.probe_alert_drill import Receiver, drill
from golive.monitoring.probe_alertmanager import AlertmanagerProbe
from golive.monitoring.probe_prometheus import PrometheusProbe
from golive.net.errors import ProtocolError
from golive.net.http import HttpProbe
from golive.net.polling import meets, poll_until
from rehearsal.lab.serving import serving
from selftests.examples.monitoring_examples import NEVER, success
from selftests.examples.probe_loopback import access_to, answering

TARGETS = {
    "activeTargets": [
        {
            "labels": {"job": "api", "instance": "10.0.0.11:3000"},
            "scrapeUrl": "http://10.0.0.11:3000/metrics",
            "health": "up",
            "lastError": "",
            "lastScrape": "2026-11-23T11:59:59.123456789Z",
            "scrapeInterval": "1m30s",
        },
        {"labels": {}, "scrapeUrl": "http://x/metrics", "health": "unknown", "lastScrape": NEVER},
    ],
    "droppedTargets": [],
}
RULES = {
    "groups": [
        {
            "name": "a",
            "rules": [
                {
                    "type": "alerting",
                    "name": "Bad",
                    "query": "x > 1",
                    "duration": 120,
                    "labels": {"severity": "critical"},
                    "annotations": {},
                    "health": "ok",
                    "lastEvaluation": "2026-11-23T11:59:59.1Z",
                },
                {"type": "recording", "name": "y", "query": "x", "health": "ok", "lastEvaluation": NEVER},
            ],
        }
    ]
}


def asked(
    question, body: bytes, *, status: str = "200 OK", headers: tuple[str, ...] = (), kind=PrometheusProbe
):
    """Ask a server that answers everything with ``body``."""

    async def ask():
        async with serving(answering(body, status=status, headers=headers)) as port:
            http = HttpProbe(access_to({}, hosts=("127.0.0.1",)))
            try:
                return await question(kind(http, f"http://127.0.0.1:{port}"))
            finally:
                await http.aclose()

    return asyncio.run(ask())


def test_targets_are_read():
    """With Prometheus' clock from its Date, nanoseconds, intervals, and Go's zero time as never."""
    date = "Date: Mon, 23 Nov 2026 12:00:00 GMT"
    seen = asked(lambda probe: probe.targets(), success(TARGETS), headers=(date,))
    first, second = seen.targets
    assert seen.age(first.last_scrape) == pytest.approx(0.876544, abs=1e-5)
    assert (first.interval, first.instance, first.health) == (timedelta(seconds=90), "10.0.0.11:3000", "up")
    assert (second.last_scrape, second.interval, second.job) == (None, None, "")
    assert seen.facts()["count"] == 2


def test_rules_are_read():
    """Alert rules only, with their labels and durations; no clock, no age."""
    seen = asked(lambda probe: probe.rules(), success(RULES))
    (rule,) = seen.rules
    assert (rule.alert, rule.holds_for, rule.health) == ("Bad", 120.0, "ok")
    assert seen.age(rule.last_evaluation) is None
    assert json.dumps(seen.facts())


def test_samples_are_numbers():
    """NaN and infinity are no data; a scalar is one sample."""
    vector = [{"metric": {"a": "b"}, "value": [1, text]} for text in ("1", "NaN", "+Inf", "x")]
    seen = asked(lambda probe: probe.query("x"), success({"resultType": "vector", "result": vector}))
    assert [(sample.labels, sample.value) for sample in seen.samples] == [({"a": "b"}, 1.0)]
    scalar = success({"resultType": "scalar", "result": [1, "2"]})
    assert asked(lambda probe: probe.query("2"), scalar).samples[0].value == 2.0


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"<html>sign in</html>",
        b'{"status":"success"}',
        b'{"status":"error","data":{"activeTargets":[]}}',
        success(None),
        success({"activeTargets": None}),
        success({"activeTargets": [{}]}),
        success({"activeTargets": [{**TARGETS["activeTargets"][0], "lastScrape": "yesterday"}]}),
        success({"activeTargets": [{**TARGETS["activeTargets"][0], "labels": {"job": 5}}]}),
    ],
)
def test_other_answers_are_typed_errors(body):
    """Whatever stands in an answer, it is shown by place and kind only."""
    with pytest.raises(ProtocolError, match="no answer as Prometheus gives it"):
        asked(lambda probe: probe.targets(), body)


@pytest.mark.parametrize(
    "result",
    [{"resultType": "matrix", "result": []}, {"resultType": "vector", "result": [{"value": [1]}]}, {}],
)
def test_other_results_are_typed_errors(result):
    """A query's answer is a vector or a scalar."""
    with pytest.raises(ProtocolError):
        asked(lambda probe: probe.query("x"), success(result))


def test_refused_query_says_why():
    """In Prometheus' own words."""
    body = json.dumps({"status": "error", "errorType": "bad_data", "error": "1:4: parse error"}).encode()
    with pytest.raises(ProtocolError, match="answers 400: 1:4: parse error"):
        asked(lambda probe: probe.query("((("), body, status="400 Bad Request")


@pytest.mark.parametrize("body", [b"", b"{}", b"[{}]", b'[{"id":"1","matchers":[{"name":"a"}]}]', b"null"])
def test_other_silences_are_typed_errors(body):
    """A silence that is not understood is never left out."""
    with pytest.raises(ProtocolError, match="no answer as Alertmanager gives it"):
        asked(lambda probe: probe.silences(), body, kind=AlertmanagerProbe)


def test_expired_silences_are_left_out():
    """And what has a matcher without isEqual, as old ones have, is an equal one."""
    when = {"startsAt": "2026-11-23T06:04:04.621Z", "endsAt": "2026-11-30T00:00:00.000Z"}
    matchers = [{"name": "a", "value": "b", "isRegex": False}]
    body = [{"id": s, "status": {"state": s}, "matchers": matchers, **when} for s in ("active", "expired")]
    seen = asked(lambda probe: probe.silences(), json.dumps(body).encode(), kind=AlertmanagerProbe)
    assert [(silence.id, str(silence)) for silence in seen.silences] == [("active", '{a="b"}')]


@pytest.mark.usefixtures("writing")
def test_drill_alert_that_is_not_read_back_is_resolved_all_the_same():
    """A receiver that knows nothing of it, an Alertmanager that keeps nothing."""

    async def run(probe: AlertmanagerProbe):
        receiver = Receiver(probe._http, f"{probe.url}/received")
        return await drill(
            [probe], receiver, name="Drill", labels={"severity": "critical"}, marker="run-1",
            within=timedelta(0), lasts_at_most=timedelta(minutes=1), now=lambda: datetime.now(UTC),
        )  # fmt: skip

    seen = asked(run, b"[]", kind=AlertmanagerProbe)
    assert (seen.received_ms, seen.resolved, seen.status) == (None, True, 200)


def test_waiting_ends_with_the_last_look():
    """When it holds, or when its time is over."""
    looks = []

    async def look() -> int:
        looks.append(len(looks))
        return looks[-1]

    def third(value: int) -> None:
        assert value >= 2

    def never(value: int) -> None:
        assert value < 0

    assert asyncio.run(poll_until(look, meets(third), within=timedelta(seconds=5)))[0] == 2
    assert asyncio.run(poll_until(look, meets(never), within=timedelta(0)))[0] == 3
