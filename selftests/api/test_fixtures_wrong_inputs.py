"""Wrong inputs are made from an operation's right ones."""

import asyncio
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from golive.api.fixtures import ApiClient
from golive.api.fixtures_accounts import SignedIn
from golive.api.fixtures_operations import WrongAcceptances, wrong_inputs
from golive.api.profile import Operation, Routes
from golive.api.wire.serialization import Wire
from golive.net.http import HttpProbe
from golive.profile.secrets import Secret
from golive.report.journal import Journal, left_behind
from selftests.examples import session_deployment as ways
from selftests.examples.probe_loopback import access_to
from selftests.examples.rules_examples import answer

OPENING = Operation(method="POST", route="/sessions", body={"name": "x"}, undo="/sessions/{id}/leave")


def test_wrong_inputs_are_of_every_kind_and_bounded() -> None:
    operation = Operation(
        method="PUT", route="/s/{id}", numbers=("limit",), body={"name": "x"}, cases_at_most=8
    )
    cases = wrong_inputs(operation)
    assert len(cases) == 8
    assert any(case.content is not None for case in cases)
    assert any(case.params for case in cases)
    assert any(case.json == {} for case in cases)
    assert all("{id}" not in case.path for case in cases)
    assert wrong_inputs(Operation(route="/users/me")) == ()


def undone(tmp_path: Path, operation: Operation, *answers: Any) -> ways.Deployment:
    """Have these answers to wrong inputs undone, at a deployment with one session of the listener."""

    async def acting(deployment: ways.Deployment) -> None:
        http = HttpProbe(access_to({}, hosts=("127.0.0.1",)))
        target = cast(Any, SimpleNamespace(url=deployment.url))
        account = SignedIn("listener", "listener@mini.test", Secret("token-of-listener"))
        journal = Journal(tmp_path / "created.jsonl", "run")
        acceptances = WrongAcceptances(ApiClient(http, target, Routes(), Wire()), account, journal)
        for seen in answers:
            await acceptances.undo(operation, seen)
        await http.aclose()

    with ways.deployed(ways.ENDS_WITH_THE_LAST) as deployment:
        deployment.open("listener")
        asyncio.run(acting(deployment))
    return deployment


@pytest.mark.usefixtures("writing")
def test_what_a_wrong_input_was_accepted_for_is_undone_and_never_said_to_be_removed(tmp_path: Path) -> None:
    deployment = undone(tmp_path, OPENING, answer({"id": "s1"}, status=201))
    assert deployment.sessions == {}
    assert left_behind(tmp_path, run="run", stays=False) == (
        "left behind: POST /sessions s1 — cannot be read back (DELETE as listener: 204)",
    )
    lines = (tmp_path / "created.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["event"] for line in lines] == ["creating", "created", "left behind"]


@pytest.mark.usefixtures("writing")
def test_what_was_refused_or_names_nothing_is_left_alone(tmp_path: Path) -> None:
    answers = [
        answer({"statusCode": 400, "message": "no"}, status=400),
        answer({"id": "s1"}, status=302),
        answer({"id": True}, status=201),
        answer([], status=200),
        answer(b"<html>", status=200),
    ]
    assert undone(tmp_path, OPENING, *answers).seen == []
    assert undone(tmp_path, OPENING.model_copy(update={"undo": None}), answer({"id": "s1"})).seen == []
    assert not (tmp_path / "created.jsonl").exists()
