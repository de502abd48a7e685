"""Feedback is taken back whatever happens, and "removed" is said only of what was seen to be."""

import asyncio
import json
from types import SimpleNamespace

import pytest

from audotics.profile import AudoticsRoutes
from fixtures.feedback import Feedback
from golive.api.fixtures_accounts import SignedIn
from golive.net.errors import ConnectionLost
from golive.profile.secrets import Secret
from golive.report.journal import Journal
from selftests.examples.rules_examples import answer

LISTENER = SignedIn("listener", "listener@mini.test", Secret("token-of-listener"))
BEFORE, AFTER = ["t1", "t2"], ["t2", "t1"]


def rated(tmp_path, *, restored=BEFORE, shows=True, deletion=204, check=None):
    """Rate a track; returns what the journal says last of it, and what was sent."""
    sent = []

    async def post(_route, **_options):
        sent.append("POST")
        return answer(status=204)

    async def request(method, _route, **_options):
        sent.append(method)
        if deletion is None:
            raise ConnectionLost("reset", target="api", phase="read")
        return answer(status=deletion)

    async def personal(_who):
        return [{"id": one} for one in restored]

    api = SimpleNamespace(
        post=post,
        request=request,
        routes=AudoticsRoutes(),
        step=lambda method, _route, id: (method, f"https://api.test/{id}"),
    )
    rules = SimpleNamespace(neutral_rating=None)
    rankings = SimpleNamespace(personal=personal, tracks=lambda found: found, rules=rules)
    file = tmp_path / "created.jsonl"

    async def acting():
        feedback = Feedback(api, rankings, Journal(file, "run"))
        async with feedback.given(LISTENER, "t1", 1, listed=BEFORE) as given:
            given.has_shown = shows
            if check is not None:
                raise check

    try:
        asyncio.run(acting())
    finally:
        lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        (tmp_path / "said").write_text(f"{lines[-1]['event']} {lines[-1].get('why', '')}", encoding="utf-8")
    return (tmp_path / "said").read_text(encoding="utf-8"), sent


def test_what_showed_and_is_as_before_is_removed(tmp_path):
    said, sent = rated(tmp_path)
    assert said == "removed "
    assert sent == ["POST", "DELETE"]


@pytest.mark.parametrize(
    ("deployment", "why"),
    [
        ({"restored": AFTER}, "the list is not as before"),
        ({"shows": False}, "the list does not tell"),
        ({"restored": AFTER, "deletion": 404}, "answered 404"),
    ],
    ids=["stays", "does not tell", "no route"],
)
def test_what_is_not_seen_to_be_gone_is_left_behind(tmp_path, deployment, why):
    said, _ = rated(tmp_path, **deployment)
    assert said.startswith("left behind")
    assert why in said


def test_failure_of_taking_back_does_not_take_the_place_of_the_check_s_own(tmp_path):
    with pytest.raises(RuntimeError, match="own"):
        rated(tmp_path, deletion=None, check=RuntimeError("the check's own"))
    assert (tmp_path / "said").read_text(encoding="utf-8").startswith("left behind taking it back: ")


def test_where_the_check_found_nothing_a_failure_of_taking_back_is_told(tmp_path):
    with pytest.raises(ConnectionLost):
        rated(tmp_path, deletion=None)
