"""What changes something shows a fresh value beside its cookie, where the deployment asks for one."""

import asyncio
from typing import Any, cast

import pytest

from golive.api.wire.csrf import with_csrf
from golive.api.wire.serialization import Csrf
from golive.core.outcome import Blind
from golive.net.http_observation import HttpObservation
from golive.profile.secrets import Secret
from selftests.examples.rules_examples import answer

CSRF = Csrf(url="https://api.mini.test/csrf", cookie="XSRF-TOKEN", header="X-XSRF-TOKEN")
SID = {"sid": Secret("session")}


class Handing:
    """Stands for the client: hands out what it is told, and keeps who asked."""

    def __init__(self, *cookies: str) -> None:
        self.seen: HttpObservation = answer(b"", headers=tuple(("set-cookie", one) for one in cookies))
        self.asked: list[Any] = []

    async def get(self, url: str, *, cookies: Any) -> HttpObservation:
        self.asked.append((url, cookies))
        return self.seen


def shown(handing: Handing, method: str, csrf: Csrf | None = CSRF) -> tuple[Any, Any]:
    return asyncio.run(with_csrf(cast(Any, handing), csrf, method, SID))


def test_value_travels_in_cookie_and_header_beside_the_session() -> None:
    handing = Handing("theme=dark", "XSRF-TOKEN=v1; Path=/; Secure")
    cookies, headers = shown(handing, "POST")
    assert {name: value.reveal() for name, value in cookies.items()} == {
        "sid": "session",
        "XSRF-TOKEN": "v1",
    }
    assert headers["X-XSRF-TOKEN"].reveal() == "v1"
    assert handing.asked == [(CSRF.url, SID)]


def test_nothing_is_asked_for_reads_nor_where_nothing_is_declared() -> None:
    handing = Handing()
    for method, csrf in (("GET", CSRF), ("HEAD", CSRF), ("OPTIONS", CSRF), ("POST", None)):
        assert shown(handing, method, csrf) == (SID, {})
    assert handing.asked == []


@pytest.mark.parametrize("cookies", [(), ("XSRF-TOKEN=",), ("xsrf=v1",), ("XSRF-TOKEN=v1; Max-Age=0",)])
def test_without_a_value_nothing_is_known(cookies: tuple[str, ...]) -> None:
    with pytest.raises(Blind, match="no cookie XSRF-TOKEN"):
        shown(Handing(*cookies), "DELETE")
