"""What a frontend's reader finds, and what services say of credentials; hostile and silent ones too."""

import asyncio
import base64
import json

import pytest

from golive.cdn.profile import Cdn
from golive.configuration import probe_frontend as frontend_texts
from golive.configuration.probe_credentials import CredentialCalls
from golive.configuration.probe_frontend import FrontendReader
from golive.configuration.profile_credentials import HttpToken, OauthClient, RedisLogin
from golive.core.outcome import Blind
from golive.net.errors import ConnectFailed
from golive.net.http_observation import HttpObservation, Timings
from golive.profile.secrets import Secret
from rehearsal.lab.serving import serving, silent
from selftests.examples.probe_loopback import LOOPBACK_ONLY, garbage

PAGE, ASSETS = "https://audotics.test", "https://cdn.audotics.test"
SECRET = "q7Vw2LzR9mXc4TnB"


class Answers:
    """Stands for the HTTP client: answers what is written here, and "not found" to everything else."""

    def __init__(self, answers):
        self.answers = answers
        self.asked = []
        self.sent = {}

    async def request(self, method, url, *, headers=None, **sent):
        self.asked.append(url)
        self.sent = {"headers": headers or {}, **sent}
        found = self.answers.get(url, (404, b"", ()))
        if isinstance(found, Exception):
            raise found
        status, body, more = found if isinstance(found, tuple) else (200, found, ())
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        times = Timings(None, None, 1.0, 1.0)
        return HttpObservation(method, url, None, status, "HTTP/1.1", tuple(more), content, times)

    async def get(self, url, **options):
        return await self.request("GET", url, **options)

    async def post(self, url, **options):
        return await self.request("POST", url, **options)


def read(answers, cdn=None):
    hosts = frozenset({"audotics.test", "cdn.audotics.test"})
    http = Answers(answers)
    return asyncio.run(FrontendReader(http, PAGE, cdn, hosts).read()), http


def test_everything_readable_is_read_once():
    """What the page names, the manifest, imports, and source maps by header, comment, in place and beside."""
    inline = base64.b64encode(b'{"sourcesContent": ["inline"]}').decode()
    answers = {
        f"{PAGE}/": f'<script src="{ASSETS}/a.js"></script><link rel=icon href=/i.svg><img src=/p.png>'
        f'<script src="https://elsewhere.test/x.js"></script>'.encode(),
        f"{PAGE}/i.svg": b"<svg/>",
        f"{ASSETS}/manifest.json": {"b.js": {"file": "b.js"}, "p.woff2": {"file": "p.woff2"}},
        f"{ASSETS}/a.js": b'import {c} from "./c.js";import("./d.mjs")\n//# sourceMappingURL=maps/a.js.map',
        f"{ASSETS}/maps/a.js.map": b'{"sourcesContent": ["named"]}',
        f"{ASSETS}/b.js": f"//# sourceMappingURL=data:application/json;base64,{inline}".encode(),
        f"{ASSETS}/c.js": (200, b"c", [("SourceMap", "/hidden/c.map")]),
        f"{ASSETS}/hidden/c.map": b'{"sourcesContent": ["header"]}',
        f"{ASSETS}/d.mjs": b"d",
        f"{ASSETS}/d.mjs.map": b'{"sourcesContent": ["beside"]}',
    }
    seen, http = read(answers, Cdn(url=ASSETS, manifest="/manifest.json"))
    assert len(http.asked) == len(set(http.asked))
    assert not any("elsewhere" in url or "png" in url or "woff2" in url for url in http.asked)
    together = "".join(served.text for served in seen.texts)
    assert all(f'"{word}"' in together for word in ("named", "inline", "header", "beside"))
    assert (seen.scripts, seen.maps, seen.unread) == (4, 4, ())


def test_what_could_not_be_read_is_said():
    """A script that is gone, a manifest that is none, a map behind an error; not a map that is not there."""
    answers = {
        f"{PAGE}/": f'<script src="{ASSETS}/a.js"></script><script src="{ASSETS}/b.js"></script>'.encode(),
        f"{ASSETS}/b.js": b"b",
        f"{ASSETS}/b.js.map": (500, b"", ()),
        f"{ASSETS}/manifest.json": b"<html>",
    }
    seen, _ = read(answers, Cdn(url=ASSETS, manifest="/manifest.json"))
    assert sorted(seen.unread) == [
        f"{ASSETS}/a.js: status 404",
        f"{ASSETS}/b.js.map: status 500",
        "manifest /manifest.json: ProtocolError",
    ]


def test_import_that_leads_in_a_circle_ends():
    """Each is read once."""
    circle = {f"{PAGE}/": b'<script src="/a.js">', f"{PAGE}/a.js": b'from "./a.js"'}
    seen, _ = read(circle)
    assert seen.scripts == 1


def test_nothing_is_left_out_in_silence(monkeypatch):
    """What is beyond the bounds is said to be not read."""
    page = b"".join(b'<script src="/%d.js"></script>' % number for number in range(4))
    answers = {f"{PAGE}/": page} | {f"{PAGE}/{number}.js": b"x" * 90 for number in range(4)}
    monkeypatch.setattr(frontend_texts, "MOST_TEXTS", 3)
    assert read(answers)[0].unread == (f"{PAGE}/3.js: more than 3 texts",)
    monkeypatch.setattr(frontend_texts, "MOST_TEXTS", 100)
    monkeypatch.setattr(frontend_texts, "MOST_CHARACTERS", len(page) + 200)
    seen, _ = read(answers)
    assert len(seen.unread) == 2
    assert all("characters in all" in entry for entry in seen.unread)


def test_page_that_cannot_be_had_is_said():
    """Nothing was searched then."""
    for answer in ((503, b"busy", ()), ConnectFailed("refused", target="x", phase="connect")):
        seen, _ = read({f"{PAGE}/": answer})
        assert (seen.texts, len(seen.unread)) == ((), 1)


OAUTH = OauthClient(
    kind="oauth client", token_url="https://x.test/token", client_id="a.ID", client_secret="a.S"
)
TOKEN = HttpToken(kind="http", url="https://x.test/user", token="t")


def attempt(credential, answers=None, value=SECRET):
    http = Answers(answers or {})
    calls = CredentialCalls(http, lambda _: Secret(value), lambda _: None, 0.5, LOOPBACK_ONLY)
    return asyncio.run(calls.attempt("ours", credential)), http


def test_client_asks_for_a_token_of_its_own():
    """RFC 6749, 4.4: the client stands in the header, percent-encoded first."""
    answers = {OAUTH.token_url: {"access_token": "x", "token_type": "Bearer"}}
    seen, http = attempt(OAUTH, answers, "a b:c")
    assert seen.accepted
    assert http.sent["content"] == b"grant_type=client_credentials"
    sent = http.sent["headers"]["authorization"].reveal().removeprefix("Basic ")
    assert base64.b64decode(sent) == b"a%20b%3Ac:a%20b%3Ac"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((400, {"error": "invalid_client"}, ()), "400, no token, invalid_client"),
        ((401, b"", ()), "401, no token"),
        ((200, {}, ()), "200, no token"),
        ((200, {"access_token": ""}, ()), "200, no token"),
        ((200, b"<html>", ()), "200, no token"),
        ((302, b"", ()), "302, no token"),
    ],
)
def test_client_without_a_token_is_refused(answer, words):
    """Whatever the status says."""
    seen, _ = attempt(OAUTH, {OAUTH.token_url: answer})
    assert not seen.accepted
    assert seen.said == words


def test_token_is_accepted_by_its_status_alone():
    """A redirect to a sign-in page is a refusal."""
    assert attempt(TOKEN, {TOKEN.url: {}})[0].accepted
    assert not attempt(TOKEN, {TOKEN.url: (302, b"", ())})[0].accepted
    assert not attempt(TOKEN)[0].accepted


@pytest.mark.parametrize(
    "answer",
    [(503, b"", ()), (429, b"", ()), ConnectFailed("refused", target="x", phase="connect")],
    ids=["503", "429", "down"],
)
@pytest.mark.parametrize("credential", [OAUTH, TOKEN], ids=["client", "token"])
def test_service_that_does_not_say_leaves_the_credential_open(credential, answer):
    """Neither accepted nor refused."""
    with pytest.raises(Blind, match="credential ours could not be tried"):
        attempt(credential, {OAUTH.token_url: answer, TOKEN.url: answer})


def cache(*replies):
    """A server that answers each command with the next of these; to HELLO it is an old one."""

    async def handle(reader, writer):
        left = list(replies)
        while line := await reader.readline():
            words = [(await reader.readline(), await reader.readline())[1] for _ in range(int(line[1:]))]
            known = words[0].strip().upper() in (b"AUTH", b"PING", b"HELLO")
            if words[0].strip().upper() == b"HELLO" and b"AUTH\r\n" not in words:
                writer.write(b"-ERR unknown command 'HELLO'\r\n")
            else:
                writer.write(left.pop(0) if known and left else b"+OK\r\n")

    return handle


def knock(handler, url="redis://:{secret}@127.0.0.1:{port}/0"):
    async def run():
        async with serving(handler) as port:
            calls = CredentialCalls(
                Answers({}),
                lambda _: Secret(url.format(secret=SECRET, port=port)),
                lambda _: None,
                0.5,
                LOOPBACK_ONLY,
            )
            return await calls.attempt("cache", RedisLogin(kind="redis", url="a.REDIS_URL"))

    return asyncio.run(run())


@pytest.mark.parametrize(
    "refusal", [b"-WRONGPASS invalid username-password pair\r\n", b"-NOAUTH HELLO must be called\r\n"]
)
def test_cache_that_refuses_the_password_is_heard(refusal):
    """And the password is not repeated."""
    seen = knock(cache(refusal, refusal))
    assert not seen.accepted
    assert SECRET not in seen.said + seen.call


def test_cache_url_without_a_password_is_no_credential():
    """Nothing is sent."""
    assert not knock(silent, "redis://127.0.0.1:{port}/0").accepted


@pytest.mark.parametrize(
    ("handler", "words"),
    [(silent, "no answer within"), (garbage, "Protocol Error")],
    ids=["silent", "garbage"],
)
def test_cache_that_does_not_answer_leaves_the_password_open(handler, words):
    """Within the deadline."""
    with pytest.raises(Blind, match=f"credential cache could not be tried: {words}"):
        knock(handler)
