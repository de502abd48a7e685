"""Whoever signed in is signed out at the end, which is read back; what stays is said, once for one cause."""

import asyncio
import json
from pathlib import Path
from typing import Any, cast

import pytest

from golive.api.afterwards.sign_ins import SignIns
from golive.core.journal import Thing
from golive.net.access import HeardAnswer
from golive.net.errors import ConnectionLost
from golive.net.http import HttpProbe
from golive.net.http_observation import HttpObservation, Timings
from golive.profile.loading import load_profile
from golive.profile.profile import Profile
from golive.report.journal import Journal, left_behind, read_journal

RUN = "20261130T120000Z-abc123"
API = "https://api.shop.test/v1"
PROFILE = """
schema = 1
title = "Shop"
[release]
version = "1.0.0"
[targets.api]
url = "https://api.shop.test/v1"
dependencies = ["database"]
[authentication]
strategy = "password"
[accounts]
listener = { email = "lena@shop.test", password = "p" }
[identity_provider]
client_id = "shop"
authorize_url = "https://id.shop.test/authorize"
redirect_uri = "https://api.shop.test/v1/auth/id/callback"
start = "/auth/id"
callback = "/auth/id/callback"
refresh = "/auth/id/refresh"
user = "/auth/id/user"
sign_out = "/auth/id/logout"
session_cookie = "sid"
browser_cookie = "bid"
[secrets]
p = { variable = "P" }
[control]
targets = ["127.0.0.1:1"]
[allow.hosts]
"api.shop.test" = {}
"""


class Deployment:
    """Lets everybody in, and ends a sign-in in one of several ways."""

    def __init__(self, *, signs_out: int = 204, ends: bool = True, profile: int = 200) -> None:
        self.signs_out, self.ends, self.profile = signs_out, ends, profile
        self.ended: set[str] = set()
        self.asked: list[str] = []
        self.breaks = False

    async def request(self, method: str, url: str, *, token: Any, cookies: dict[str, Any]) -> HttpObservation:
        if self.breaks:
            raise ConnectionLost("reset", target="api", phase="read")
        who = token.reveal() if token is not None else next(iter(cookies.values())).reveal()
        self.asked.append(f"{method} {url.removeprefix(API)} {who}")
        if method == "POST":
            if self.ends and self.signs_out < 300:
                self.ended.add(who)
            return answer(method, url, self.signs_out)
        return answer(method, url, 401 if who in self.ended else self.profile)


def answer(method: str, url: str, status: int, body: Any = None, *cookies: str) -> HttpObservation:
    headers = (("content-type", "application/json"), *(("set-cookie", cookie) for cookie in cookies))
    return HttpObservation(
        method, url, None, status, "HTTP/2", headers, json.dumps(body).encode(), Timings(1, 1, 1, 1)
    )


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    file = tmp_path / "shop.toml"
    file.write_text(PROFILE, encoding="utf-8")
    return load_profile(file)


@pytest.fixture
def sign_ins(profile: Profile, tmp_path: Path) -> SignIns:
    return SignIns(profile, Journal(tmp_path / "created.jsonl", RUN))


def signed_in(sign_ins: SignIns, token: str, *, path: str = "/auth/login", status: int = 200) -> None:
    body = {"accessToken": token} if status < 300 else {"statusCode": status}
    sent = json.dumps({"email": "Lena@shop.test", "password": "x"}).encode()
    sign_ins.hear(HeardAnswer(answer("POST", API + path, status, body), sent))


def ended(sign_ins: SignIns, deployment: Deployment) -> None:
    asyncio.run(sign_ins.end_all(cast(HttpProbe, deployment)))


def events(folder: Path) -> list[str]:
    lines = [json.loads(text) for text in (folder / "created.jsonl").read_text(encoding="utf-8").splitlines()]
    return list({line["key"]: f"{line['name']}: {line['event']}" for line in lines}.values())


def test_every_sign_in_is_signed_out_and_seen_to_be(sign_ins: SignIns, tmp_path: Path) -> None:
    deployment = Deployment()
    signed_in(sign_ins, "token-of-a-listener-1")
    signed_in(sign_ins, "token-of-a-listener-2", path="/auth/refresh")
    signed_in(sign_ins, "token-of-a-listener-1")
    signed_in(sign_ins, "", status=401)
    ended(sign_ins, deployment)
    assert events(tmp_path) == ["listener 1: removed", "listener 2: removed"]
    assert deployment.ended == {"token-of-a-listener-1", "token-of-a-listener-2"}
    assert left_behind(tmp_path, run=RUN, stays=True) == ()
    assert "token-of" not in (tmp_path / "created.jsonl").read_text(encoding="utf-8")


def test_who_signed_out_in_a_check_is_left_alone(sign_ins: SignIns, tmp_path: Path) -> None:
    deployment = Deployment()
    deployment.ended = {"token-of-a-listener-1"}
    signed_in(sign_ins, "token-of-a-listener-1")
    ended(sign_ins, deployment)
    assert events(tmp_path) == ["listener 1: already gone"]
    assert len(deployment.asked) == 1


def test_a_sign_in_with_the_provider_is_ended_by_its_own_cookie_and_routes(
    sign_ins: SignIns, tmp_path: Path
) -> None:
    deployment = Deployment()
    callback = answer("GET", f"{API}/auth/id/callback?code=1", 302, None, "sid=cookie-of-listener; Path=/")
    sign_ins.hear(HeardAnswer(callback, b""))
    ended(sign_ins, deployment)
    assert events(tmp_path) == ["listener 1: removed"]
    assert deployment.asked[1] == "POST /auth/id/logout cookie-of-listener"


@pytest.mark.parametrize(
    ("deployment", "why"),
    [
        (Deployment(ends=False), "signing out was answered 204, and its token is answered 200 afterwards"),
        (Deployment(signs_out=404), "say as routes.sign_out where signing out is"),
        (Deployment(signs_out=500), "signing out was answered 500"),
        (Deployment(profile=404, ends=False), "its token is answered 404 afterwards"),
    ],
    ids=["does nothing", "no such route", "fails", "cannot be read back"],
)
def test_what_stays_is_never_said_to_be_removed(
    sign_ins: SignIns, tmp_path: Path, deployment: Deployment, why: str
) -> None:
    signed_in(sign_ins, "token-of-a-listener-1")
    ended(sign_ins, deployment)
    assert events(tmp_path) == ["listener 1: left behind"]
    said, _ = left_behind(tmp_path, run=RUN, stays=True)
    assert said.startswith("left behind: sign-in listener 1 — ")
    assert why in said


def test_one_cause_is_said_once_with_all_names(sign_ins: SignIns, tmp_path: Path) -> None:
    for number in range(12):
        signed_in(sign_ins, f"token-of-a-listener-{number}")
    ended(sign_ins, Deployment(signs_out=404))
    said, _ = left_behind(tmp_path, run=RUN, stays=True)
    assert said.startswith("left behind: 12 times sign-in: listener 1, listener 2, listener 3")
    assert said.endswith("POST /v1/auth/logout is answered 404: say as routes.sign_out where signing out is")


def test_a_lost_connection_raises_nothing(sign_ins: SignIns, tmp_path: Path) -> None:
    deployment = Deployment()
    deployment.breaks = True
    signed_in(sign_ins, "token-of-a-listener-1")
    ended(sign_ins, deployment)
    (thing,) = read_journal(tmp_path, run=RUN).open
    assert isinstance(thing, Thing)
    assert "reset" in thing.why


def test_answers_of_others_are_no_sign_ins(sign_ins: SignIns, tmp_path: Path) -> None:
    for url in (f"{API}/users/me", "https://elsewhere.test/auth/login", f"{API}/auth/login/help"):
        sign_ins.hear(HeardAnswer(answer("POST", url, 200, {"accessToken": "token-of-a-listener"}), b""))
    assert not (tmp_path / "created.jsonl").exists()
