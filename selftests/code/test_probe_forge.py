"""The forge's API: whole lists, limits, conditional requests; and GitHub's answers, good and hostile."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from golive.code.forge_client import ForgeClient
from golive.code.observation import ReviewState
from golive.code.observation_ci import CommitCheck
from golive.code.probe_ci import GitHubChecks
from golive.code.probe_github import HEADERS, GitHub
from golive.core.outcome import Blind
from golive.net.errors import ConnectFailed, ProtocolError
from golive.net.http_observation import HttpObservation, Timings
from golive.profile.secrets import Secret
from rehearsal.code.forge_data import ForgeData
from rehearsal.code.plan import CheckPlan, IssuePlan, healthy_code
from rehearsal.services.forge.application import application

API = "https://forge.test"
NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
LIMITED = {"x-ratelimit-remaining": "0"}


def answer(url, status=200, content=None, **headers):
    fields = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    body = json.dumps(content).encode() if content is not None else b""
    timings = Timings(None, None, 1.0, 1.0)
    return HttpObservation("GET", url, None, status, "HTTP/1.1", fields, body, timings, host="forge.test")


class Script:
    """Answers in turn; remembers what was asked, and for how long the client slept."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = []
        self.slept = []

    async def get(self, url, *, headers, token):
        self.asked.append((url, headers))
        made = self.answers.pop(0)
        if isinstance(made, Exception):
            raise made
        return answer(url, *made[:2], **made[2]) if isinstance(made, tuple) else made(url)

    def client(self, *, pages=5, patience=10, token="t0ken"):
        async def sleep(seconds):
            self.slept.append(round(seconds, 1))

        return ForgeClient(
            self,
            API,
            headers=HEADERS,
            token=Secret(token) if token else None,
            pages_at_most=pages,
            patience=timedelta(seconds=patience),
            now=lambda: NOW,
            sleep=sleep,
        )


def then(page, **more):
    """An answer whose list goes on at `page`."""
    return (200, [page], {"link": f'<{page}>; rel="next", <{API}/x?page=9>; rel="last"', **more})


def run(work):
    return asyncio.run(work)


def test_list_is_read_to_its_end():
    """By the links that the answers give, also relative ones."""
    script = Script(then(f"{API}/x?page=2"), then("/x?page=3"), (200, ["end"], {}))
    assert len(run(script.client().pages("/x"))) == 3
    assert [url for url, _ in script.asked] == [f"{API}/x?per_page=100", f"{API}/x?page=2", f"{API}/x?page=3"]


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.test/x", "http://forge.test/x", "https://forge.test:1/x"]
)
def test_next_page_at_another_host_is_not_asked(elsewhere):
    """It would get the token."""
    script = Script(then(elsewhere))
    with pytest.raises(ProtocolError, match="another host"):
        run(script.client().pages("/x"))
    assert len(script.asked) == 1


def test_pages_that_lead_round_or_on_for_ever_end():
    """With words, not with a short list."""
    with pytest.raises(ProtocolError, match="circle"):
        run(Script(then(f"{API}/x?page=2"), then(f"{API}/x?page=2")).client().pages("/x"))
    with pytest.raises(Blind, match="more than 3 pages"):
        run(Script(*(then(f"{API}/x?page={n}") for n in range(9))).client(pages=3).pages("/x"))
    with pytest.raises(ProtocolError, match="page of a list is missing"):
        run(Script(then(f"{API}/x?page=2"), (404, None, {})).client().pages("/x"))


@pytest.mark.parametrize(
    ("headers", "waited"),
    [
        ({"retry_after": "3"}, 3.0),
        ({"retry_after": "Mon, 23 Nov 2026 06:00:04 GMT"}, 4.0),
        ({"x_ratelimit_remaining": "0", "x_ratelimit_reset": str(int(NOW.timestamp()) + 5)}, 5.0),
        ({"retry_after": "0"}, 0.2),
    ],
)
@pytest.mark.parametrize("status", [403, 429])
def test_limit_is_waited_for(status, headers, waited):
    """As long as the answer says."""
    script = Script((status, None, headers), (200, {"a": 1}, {}))
    assert run(script.client().get("/x")) == {"a": 1}
    assert script.slept == [waited]


@pytest.mark.parametrize(
    "headers",
    [
        {"retry_after": "3600"},
        {"retry_after": "soon"},
        {"retry_after": "99999999999999999999"},
        {"x_ratelimit_remaining": "0"},
        {"x_ratelimit_remaining": "0", "x_ratelimit_reset": "9" * 30},
        {"x_ratelimit_remaining": "0", "x_ratelimit_reset": "now"},
    ],
)
def test_limit_beyond_the_patience_is_blind_with_a_remedy(headers):
    """Nothing is slept through."""
    script = Script((403, None, headers))
    with pytest.raises(Blind, match="limit of this token is used up until") as caught:
        run(script.client().get("/x"))
    assert "forge.wait_at_most" in caught.value.remedy
    assert script.slept == []


def test_limit_that_never_ends_uses_the_patience_up():
    """Also where each answer asks for a moment only."""
    script = Script(*((429, None, {"retry_after": "0"}) for _ in range(100)))
    with pytest.raises(Blind):
        run(script.client(patience=1).get("/x"))
    assert sum(script.slept) <= 1


def test_known_answer_is_asked_for_conditionally():
    """304 gives what was known, with its next page; a new answer replaces it."""
    script = Script(
        (200, [1], {"etag": 'W/"one"', "link": f'<{API}/x?page=2>; rel="next"'}),
        (200, [2], {}),
        (304, None, {}),
        (200, [2], {}),
        (200, [9], {"etag": 'W/"two"'}),
    )
    client = script.client()
    assert [run(client.pages("/x")) for _ in range(3)] == [[[1], [2]], [[1], [2]], [[9]]]
    assert [headers.get("if-none-match") for _, headers in script.asked] == [
        *(None, None, 'W/"one"', None),
        'W/"one"',
    ]


@pytest.mark.parametrize(
    ("made", "words"),
    [
        ((401, None, {}), "refuses this token: 401"),
        ((403, None, {"x_ratelimit_remaining": "4000"}), "refuses this token: 403"),
        ((301, None, {}), "somewhere else"),
        ((502, None, {}), "the forge fails: 502"),
        (ConnectFailed("refused", target="forge.test:443", phase="connect"), "out of reach"),
    ],
)
def test_forge_that_cannot_be_asked_is_blind(made, words):
    """Its line is about the code, which was not seen."""
    with pytest.raises(Blind, match=words):
        run(Script(made).client().get("/x"))


@pytest.mark.parametrize("made", [(304, None, {}), (418, None, {}), (200, None, {})])
def test_strange_answers_are_errors_of_the_protocol(made):
    """A 304 to a question without condition, an unknown status, no JSON."""
    with pytest.raises(ProtocolError):
        run(Script(made).client().get("/x"))


class StandIn:
    """The rehearsal's stand-in, without a network."""

    def __init__(self, told, store):
        self.asked = 0
        self._app = application(told, store, "t0ken")

    async def get(self, url, *, headers, token):
        self.asked += 1
        sent = {**headers, **({"authorization": f"Bearer {token.reveal()}"} if token else {})}
        async with httpx.AsyncClient(transport=httpx.ASGITransport(self._app)) as client:
            seen = await client.get(url, headers=sent)
        fields = tuple(seen.headers.items())
        return HttpObservation(
            *("GET", url, None, seen.status_code, "HTTP/1.1"),
            fields,
            seen.content,
            Timings(None, None, 1.0, 1.0),
        )


@pytest.fixture
def plan():
    return healthy_code("1.0.0", NOW)


@pytest.fixture
def github(plan, tmp_path):
    """`github()` of what the plan says by then; `token` as it is sent."""

    def make(token="t0ken", pages=5, adapter=GitHub):
        home = tmp_path / str(len(list(tmp_path.iterdir())))
        home.mkdir()
        ForgeData(home, plan).write()
        told = json.loads((home / "forge.json").read_text(encoding="utf-8"))
        client = ForgeClient(
            StandIn(told, home / "store"),
            "http://forge.test",
            headers=HEADERS,
            token=Secret(token) if token else None,
            pages_at_most=pages,
            patience=timedelta(),
            now=lambda: NOW,
        )
        return adapter(client, "audotics/audotics")

    return make


def test_checks_are_read_from_check_runs_and_statuses(github, plan):
    """Of the commit that was asked for, whoever reported them."""
    seen = run(github(adapter=GitHubChecks).of(plan.head))
    assert {(check.name, check.state) for check in seen.checks} == {
        ("build", "success"),
        ("test", "success"),
        ("nightly", "cancelled"),
        ("security/scan", "success"),
    }


def test_checks_beyond_the_first_page_and_those_that_still_run_are_read(github, plan):
    """A matrix has hundreds."""
    plan.checks += [CheckPlan(f"matrix {number}", "in_progress") for number in range(150)]
    seen = run(github(adapter=GitHubChecks).of(plan.head))
    assert len(seen.checks) == 154
    assert CommitCheck("matrix 149", "in_progress") in seen.checks


def test_commit_that_the_forge_does_not_know_is_blind(github):
    """Nothing is said of it, good or bad."""
    with pytest.raises(Blind, match=f"forge.test shows no check-runs of commit {'b' * 12}"):
        run(github(adapter=GitHubChecks).of("b" * 40))


def test_release_is_read_from_githubs_answers(github, plan):
    """Commits since the release before, their pull requests, their reviews in order."""
    release = run(github().release("v1.0.0", plan.head, since="v0.9.4", at_most=10))
    assert [commit.pulls for commit in release.commits] == [(41,), (42,)]
    last = release.pulls[42]
    assert (last.author, last.merged, last.writers) == ("fumiko", True, frozenset({"fumiko"}))
    assert [review.state for review in last.reviews][:2] == [
        ReviewState.CHANGES_REQUESTED,
        ReviewState.APPROVED,
    ]
    assert [review.commit == last.head for review in last.reviews] == [False, True, True, True]


def test_tag_is_read_with_the_object_that_it_points_at(github, plan):
    """Annotated, lightweight, and not there."""
    seen = run(github().tag("v1.0.0"))
    assert (seen.exists, seen.annotated, seen.commit, seen.tagger) == (True, True, plan.head, "Lea Lindqvist")
    plan.tags[-1].annotated = False
    assert run(github().tag("v1.0.0")).annotated is False
    assert run(github().tag("v9")).exists is False


def test_issues_leave_pull_requests_out_and_reach_the_last_page(github, plan):
    """And closed ones, and those of other milestones."""
    assert [issue.number for issue in run(github().issues("v1.0.0", ["critical", "no such"])).issues] == [36]
    plan.issues += [IssuePlan(number, "Typo", ["low"], "v1.0.0") for number in range(100, 330)]
    search = run(github().issues("v1.0.0", ["critical", "no such"]))
    assert (len(search.issues), search.listed, search.milestone.open) == (231, 232, 232)
    assert search.labels == {"critical": True, "no such": False}
    with pytest.raises(Blind, match="more than 2 pages"):
        run(github(pages=2).issues("v1.0.0", ["critical"]))


@pytest.mark.parametrize("token", [None, "another"])
def test_repository_that_is_not_shown_is_blind(github, token):
    """GitHub answers 404 for what a caller may not see: that is no missing tag."""
    with pytest.raises(Blind, match=r"shows no repository|refuses this token"):
        run(github(token).tag("v1.0.0"))


def test_comparison_that_cannot_be_made_is_blind(github, plan):
    """The tag before is missing, comes later, or more lies between than is looked through."""
    for since, at_most, words in (("v0", 10, "not there"), ("v1.0.0", 10, "does not come after"),
                                  ("v0.9.4", 1, "at most 1")):  # fmt: skip
        commit = plan.commits[1].sha if since == "v1.0.0" else plan.head
        with pytest.raises(Blind, match=words):
            run(github().release("v1.0.0", commit, since=since, at_most=at_most))


HOSTILE = [[], {}, "text", None, 7, [[]], [{}], {"object": {}}, {"object": {"type": "blob", "sha": "f" * 40}}]


@pytest.mark.parametrize("content", HOSTILE, ids=str)
@pytest.mark.parametrize("question", ["tag", "release", "issues"])
def test_hostile_answers_end_in_words(content, question):
    """Whatever comes where an answer is awaited: an error of the protocol, never a good answer."""
    script = Script(*((200, content, {}) for _ in range(30)))
    forge = GitHub(script.client(), "o/r")
    questions = {
        "tag": lambda: forge.tag("v1"),
        "release": lambda: forge.release("v1", "a" * 40, since="v0", at_most=9),
        "issues": lambda: forge.issues("v1", ["critical"]),
    }
    if (content, question) == ([], "issues"):
        assert run(questions[question]()).milestone is None
        return
    with pytest.raises((ProtocolError, Blind)):
        run(questions[question]())


def test_review_of_an_unknown_kind_is_an_error():
    """A forge's new word is not taken for silence."""
    pull = {"number": 1, "title": "", "user": None, "head": {"sha": "a" * 40}, "merged_at": None}
    reviews = [{"state": "BLESSED", "user": None, "commit_id": None, "submitted_at": None}]
    script = Script((200, [pull], {}), (200, [], {}), (200, reviews, {}))
    with pytest.raises(ProtocolError, match="kind that is not known"):
        run(GitHub(script.client(), "o/r").release("v1", "a" * 40, since=None, at_most=9))
