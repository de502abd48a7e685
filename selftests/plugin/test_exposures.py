"""What answers show counts for the check that got them, and in the end for who judges them all."""

import pytest

from selftests.plugin.mini_project import PROFILE, check

API = """
"api.test" = {}
[targets.api]
url = "https://api.test"
dependencies = ["database"]
[authentication]
strategy = "token"
[accounts]
listener = { email = "listener@mini.test", token = "listener" }
[secrets.listener]
variable = "MINI_LISTENER"
"""
HELPERS = """
import json
from golive.exposure.rules import expect_nothing_exposed
from golive.net.access import HeardAnswer
from golive.net.http_observation import HttpObservation, Timings

def answered(hear, body, path="/sessions"):
    raw = json.dumps(body).encode()
    head = (("content-type", "application/json"),)
    url, times = f"https://api.test{path}", Timings(1, 1, 1, 1)
    hear(HeardAnswer(HttpObservation("POST", url, None, 201, "HTTP/2", head, raw, times), b""))

HASH = "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW"
"""
USES = "hear, evidence"
SAW = 'evidence.note("saw it", n=1)\n'
GOOD = f'{SAW}answered(hear, {{"id": "s1"}})'
BAD = f'{SAW}answered(hear, {{"members": [{{"password": HASH}}]}})'
OWN_FINDING = f'{BAD}\nassert False, "its own finding"'
JUDGE = check(
    "judged",
    "expect_nothing_exposed(evidence(exposure_log.observed()))",
    name="test_judge",
    uses="exposure_log, evidence",
    marks="@pytest.mark.serial\n@pytest.mark.after_all",
)


@pytest.fixture
def mini(project):
    project.write(
        "environments/mini.toml",
        PROFILE.format(control="127.0.0.1:1", deadline="30 s", effects='["read"]') + API,
    )
    return project.lines("judged", "a", "b", "c")


def run(mini, *options):
    return mini.run(*options, MINI_LISTENER="token-of-listener")


def test_good_answers_are_counted_and_nobody_fails(mini):
    """The judge stands first in the file, and runs last all the same."""
    seen = run(mini.checks(HELPERS, JUDGE, *(check(name, GOOD, uses=USES) for name in "abc")))
    assert set(seen.states.values()) == {"verified"}
    (evidence,) = [one for one in seen.of("test_judge").evidence if one.kind == "exposures"]
    assert evidence.facts["answers"] == 3


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["one process", "two workers"])
def test_the_check_that_was_answered_so_fails_and_so_does_the_judge(mini, workers):
    """Each on its own line; under xdist the judge hears of every worker's answers."""
    checks = [check("a", BAD, uses=USES), check("b", GOOD, uses=USES), check("c", OWN_FINDING, uses=USES)]
    seen = run(mini.checks(HELPERS, JUDGE, *checks), *workers)
    assert seen.states == {"judged": "failed", "a": "failed", "b": "verified", "c": "failed"}
    shown = "password hash at members[].password, to nobody — POST /sessions"
    assert (
        seen.of("test_a").reason == f"an answer to this check shows what is nobody else's business: {shown}"
    )
    assert seen.of("test_c").reason.startswith("its own finding; besides, an answer to this check shows")
    judged = seen.of("test_judge")
    assert "nothing of it in 3 answers" in judged.reason
    assert "password hash in POST /sessions (at members[].password; to nobody; 2 times)" in judged.reason
    assert "3 failed" in seen.output
    assert seen.exit_code == 1
    text = (seen.folder / "events.jsonl").read_text(encoding="utf-8")
    assert "R9h/cIPz0gi" not in text


def test_a_judge_who_saw_nothing_says_so(mini):
    """With -k one check alone it is no pass."""
    seen = run(mini.checks(HELPERS, JUDGE, check("a", GOOD, uses=USES)), "-k", "test_judge")
    assert seen.of("test_judge").outcome == "blind"
    assert "no answer of the product was looked at" in seen.of("test_judge").reason


def test_a_check_that_is_blind_and_was_shown_something_has_seen_it(mini):
    """What was seen is seen."""
    body = f'{BAD}\nfrom golive.core.outcome import Blind\nraise Blind("cannot be judged", remedy="x")'
    seen = run(mini.checks(HELPERS, JUDGE, check("a", body, uses=USES)))
    assert seen.of("test_a").outcome == "failed"
