"""Dashboards: panels of every layout, answers of every kind."""

import asyncio
import json

import pytest

from golive.core.outcome import Blind
from golive.monitoring.grafana_frames import read_answer
from golive.monitoring.observation_watching import DashboardObservation
from golive.monitoring.probe_dashboards import DashboardProbe
from golive.monitoring.profile_watching import Dashboards, RequiredDashboard
from golive.monitoring.rules_dashboards import expect_dashboards, expect_data
from golive.net.errors import ProtocolError
from golive.net.http import HttpProbe
from golive.profile.secrets import Secret
from rehearsal.lab.serving import serving
from selftests.examples.probe_loopback import access_to
from selftests.examples.rules_examples import answer

TIMES = {"name": "Time", "type": "time"}
NUMBERS = {"name": "Value", "type": "number"}


def frame(*values: object) -> dict[str, object]:
    return {
        "schema": {"fields": [TIMES, NUMBERS]},
        "data": {"values": [list(range(len(values))), list(values)]},
    }


def panel(title: str, *expressions: str, **more: object) -> dict[str, object]:
    targets = [{"refId": chr(65 + number), "expr": text} for number, text in enumerate(expressions)]
    return {"title": title, "type": "timeseries", "datasource": {"uid": "p"}, "targets": targets} | more


class Grafana:
    """Answers by path; a query whose expression is a key of ``data`` by that, others by one value."""

    def __init__(self, *panels: object, title: str = "API", **more: object) -> None:
        self.model = {"title": title, "panels": panels} | more
        self.data: dict[str, object] = {}
        self.asked: list[dict[str, object]] = []
        self.others: dict[str, object] = {}

    def answer(self, path: str, body: bytes) -> tuple[int, object]:
        path = path.partition("?")[0]
        if path in self.others:
            return 200, self.others[path]
        if path == "/api/dashboards/uid/api":
            return 200, {"dashboard": self.model, "meta": {}}
        if path != "/api/ds/query":
            return 404, {"message": "Dashboard not found"}
        queries = json.loads(body)["queries"]
        self.asked += queries
        return 200, {"results": {one["refId"]: self.data.get(one.get("expr"), {"frames": [frame(1)]})
                                 for one in queries}}  # fmt: skip

    def look_at(self, declared: RequiredDashboard | None = None, **changes: object) -> DashboardObservation:
        wanted = declared or RequiredDashboard(uid="api")

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")]
                body = await reader.readexactly(int(length[0].partition(b":")[2])) if length else b""
                status, said = self.answer(head.split(b" ")[1].decode(), body)
                content = json.dumps(said).encode()
                writer.write(
                    f"HTTP/1.1 {status} X\r\nContent-Length: {len(content)}\r\n\r\n".encode() + content
                )
                await writer.drain()

        async def run() -> DashboardObservation:
            async with serving(serve) as port:
                settings = {"url": f"http://127.0.0.1:{port}", "token": "t", "required": [wanted]} | changes
                access = access_to({}, hosts=("127.0.0.1",), read_posts=frozenset({"/api/ds/query"}))
                probe = HttpProbe(access)
                seen = DashboardProbe(probe, Dashboards(**settings), Secret("token-0123456789"))
                try:
                    return await seen.look_at(wanted)
                finally:
                    await probe.aclose()

        return asyncio.run(run())


def test_panels_of_rows_count_and_texts_do_not():
    """Folded rows, rows of the old layout, and panels beside them."""
    folded = {"type": "row", "title": "More", "panels": [panel("two", "b")]}
    old = {"title": "Old row", "panels": [panel("three", "c")]}
    grafana = Grafana({"type": "text", "title": "About"}, panel("one", "a"), folded, rows=[old])
    seen = grafana.look_at()
    assert [one.title for one in seen.panels] == ["one", "two", "three"]
    expect_dashboards([seen])
    expect_data([seen], {})


def test_variables_are_filled_in_as_the_browser_does():
    """Saved values, "all", the profile's own; Grafana's built-in ones are left to it."""
    listed = [
        {"name": "job", "current": {"value": "api"}},
        {"name": "host", "current": {"value": ["a", "b"]}},
        {"name": "any", "current": {"value": ["$__all"]}},
        {"name": "zone", "current": {"value": "x"}},
        {"name": "ds", "current": {"value": "uid-1"}},
    ]
    asked = panel("one", 'm{j="$job",h=~"${host:regex}",a=~"[[any]]",z="${zone}",u="$other"}[$__interval]')
    grafana = Grafana(asked | {"datasource": {"uid": "${ds}"}}, templating={"list": listed})
    grafana.look_at(variables={"zone": "y"})
    assert grafana.asked[0]["expr"] == 'm{j="api",h=~"(a|b)",a=~".*",z="y",u="$other"}[$__interval]'
    assert grafana.asked[0]["datasource"] == {"uid": "uid-1"}


def test_hidden_queries_are_sent_and_not_judged():
    """Others may rest on them."""
    helper = panel("one", "a", "b")
    helper["targets"][0]["hide"] = True
    grafana = Grafana(helper)
    grafana.data["a"] = {"frames": []}
    expect_data([grafana.look_at()], {})
    assert len(grafana.asked) == 2


def test_a_panel_of_the_library_is_looked_up_and_one_that_borrows_is_not_asked():
    """As the browser does; borrowed data counts for nobody."""
    shared = {"title": "Shared", "libraryPanel": {"uid": "lib"}}
    borrowing = panel("Again", "x", datasource={"uid": "-- Dashboard --"})
    grafana = Grafana(shared, borrowing)
    grafana.others["/api/library-elements/lib"] = {"result": {"model": panel("Shared", "a")}}
    seen = grafana.look_at()
    assert [one.borrows for one in seen.panels] == [False, True]
    expect_data([seen], {})
    alone = Grafana(borrowing).look_at()
    with pytest.raises(AssertionError, match="with data: expected at least one"):
        expect_data([alone], {})


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (panel("one"), "'one' of dashboard uid api: expected to be answered, observed it has no query"),
        (panel("one", "error"), "observed query A: boom"),
        (panel("one", "refused"), "observed query A: status 500"),
        (panel("one", "nothing"), "expected data, observed none for query A"),
        (panel("one", "a", "nothing"), "expected data, observed none for query B"),
        (panel("one", "nulls"), "expected data, observed none for query A"),
        (panel("one", "hostile"), "expected data, observed none for query A"),
    ],
)
def test_a_panel_that_shows_nothing_is_said_so(changed, words):
    """Without a query, with an error, with nothing or only with gaps."""
    grafana = Grafana(panel("fine", "a"), changed)
    grafana.data = {
        "error": {"error": "boom"},
        "refused": {"status": 500, "frames": [frame(1)]},
        "nothing": {"frames": []},
        "nulls": {"frames": [frame(None, None), {"schema": {}, "data": {}}]},
        "hostile": {
            "frames": [7, {"schema": 1, "data": [2]}, {"schema": {"fields": 3}, "data": {"values": {}}}]
        },
    }
    with pytest.raises(AssertionError, match=words):
        expect_data([grafana.look_at()], {})


def test_a_quiet_panel_may_be_empty_but_not_broken_and_not_all_of_them():
    """Zero is a value; nothing is none."""
    grafana = Grafana(panel("fine", "zero"), panel("errors", "nothing"))
    grafana.data = {"nothing": {"frames": []}, "zero": {"frames": [frame(0)]}, "error": {"error": "boom"}}
    quiet = {"errors": "no errors, no series"}
    expect_data([grafana.look_at()], quiet)
    grafana.model["panels"] = [panel("errors", "nothing")]
    with pytest.raises(AssertionError, match="with data: expected at least one"):
        expect_data([grafana.look_at()], quiet)
    grafana.model["panels"] = [panel("errors", "error"), panel("fine", "zero")]
    with pytest.raises(AssertionError, match="boom"):
        expect_data([grafana.look_at()], quiet)


def test_a_missing_and_an_empty_dashboard_are_said_so():
    """By uid and by title; two of one title are none that is meant."""
    missing = Grafana().look_at(RequiredDashboard(uid="gone"))
    with pytest.raises(
        AssertionError, match="dashboard uid gone: expected to be there, observed there is none"
    ):
        expect_dashboards([missing])
    with pytest.raises(AssertionError, match="text and rows do not count"):
        expect_dashboards([Grafana({"type": "text"}, {"type": "row", "panels": []}).look_at()])
    grafana = Grafana(panel("one", "a"))
    same = {"title": "API", "uid": "api"}
    for listed, words in (([], "none of that title"), ([same, same], "2 dashboards have that title"),
                          ([{"title": "API old", "uid": "x"}], "none of that title")):  # fmt: skip
        grafana.others["/api/search"] = listed
        with pytest.raises(AssertionError, match=words):
            expect_dashboards([grafana.look_at(RequiredDashboard(title="API"))])
    grafana.others["/api/search"] = [same, {"title": "API old", "uid": "x"}]
    expect_dashboards([grafana.look_at(RequiredDashboard(title="API"))])


def test_nothing_looked_at_is_no_pass():
    """Neither no dashboard, nor none with panels."""
    for several in ([], [Grafana().look_at()]):
        with pytest.raises(AssertionError):
            expect_data(several, {})
    with pytest.raises(AssertionError):
        expect_dashboards([])


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (answer(b"<html>", status=502), "the body is not JSON"),
        (answer({"message": "bad"}, status=500), "status 500: bad"),
        (answer([]), "none of Grafana's"),
        (answer({"results": {}}), "query A is not answered"),
        (answer({"results": {"A": {"frames": [frame(1)]}}}, status=400), "status 400"),
    ],
)
def test_an_answer_that_is_no_answer_is_a_problem_in_words(said, words):
    """And never an empty panel."""
    assert words in read_answer(said, ["A"]).problem


def test_a_server_that_lets_nobody_look_is_blindness_and_another_one_an_error():
    """The token is the suite's own; a model that is none is the server's."""
    grafana = Grafana()
    grafana.answer = lambda _path, _body: (401, {"message": "Unauthorized"})
    with pytest.raises(Blind, match="lets the suite not look"):
        grafana.look_at()
    grafana.answer = lambda _path, _body: (200, {"dashboard": []})
    with pytest.raises(ProtocolError, match="none of Grafana's"):
        grafana.look_at()
