"""What a page's own requests are answered is heard beside the page, and holds up nothing."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

from playwright.async_api import BrowserContext
from playwright.async_api import Error as PlaywrightError

from golive.browser.hearing import PageHearing
from golive.net.access import HeardAnswer, HeardMessage
from golive.net.incidents import Incidents, current_incidents

TOKEN = "token-of-a-listener"


class Context:
    """A browser's context that tells of answers."""

    def on(self, _event: str, tell: Any) -> None:
        self.tell = tell


def answered(kind: str = "fetch", *, body: Any = b"{}", wait: float = 0.0) -> Any:
    async def read() -> bytes:
        await asyncio.sleep(wait)
        if isinstance(body, Exception):
            raise body
        return cast(bytes, body)

    async def headers() -> list[dict[str, str]]:
        return [{"name": "Content-Type", "value": "application/json"}]

    async def asked() -> dict[str, str]:
        return {"authorization": f"Bearer {TOKEN}", "cookie": "a=1; sid=cookie-of-listener"}

    request = SimpleNamespace(
        resource_type=kind, method="POST", all_headers=asked, post_data_buffer=b'{"name": "x"}'
    )
    return SimpleNamespace(
        request=request, url="https://api.test/sessions", status=201, body=read, headers_array=headers
    )


def heard_of(*responses: Any) -> tuple[list[HeardAnswer], list[Incidents | None]]:
    heard: list[HeardAnswer] = []
    whose: list[Incidents | None] = []
    check = Incidents()

    def hear(one: HeardAnswer | HeardMessage) -> None:
        assert isinstance(one, HeardAnswer)
        heard.append(one)
        whose.append(current_incidents.get())

    async def acting() -> None:
        context = Context()
        hearing = PageHearing(hear, check)
        hearing.listen(cast(BrowserContext, context))
        for response in responses:
            context.tell(response)
        await hearing.end()

    asyncio.run(acting())
    assert all(one is check for one in whose)
    return heard, whose


def test_an_answer_is_told_with_what_its_request_carried() -> None:
    (heard,), _ = heard_of(answered())
    assert heard.sent == b'{"name": "x"}'
    assert heard.answer.header("content-type") == "application/json"
    assert {TOKEN, "cookie-of-listener"} <= set(heard.answer.known)
    assert (heard.answer.method, heard.answer.status, heard.answer.host) == ("POST", 201, "api.test")


def test_documents_and_files_are_left_alone() -> None:
    assert heard_of(answered("document"), answered("script"), answered("image")) == ([], [])


def test_an_answer_without_a_body_or_that_comes_too_late_hurts_nobody() -> None:
    heard, _ = heard_of(
        answered(body=PlaywrightError("no resource with given identifier")), answered(wait=30), answered()
    )
    assert len(heard) == 1
