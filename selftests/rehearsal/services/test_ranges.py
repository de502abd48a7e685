"""The asset edge serves parts of files as players ask for them."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from rehearsal.stack.network.ranges import ServesRanges

FILE = bytes(range(100))


def ask(value: str, path: str = "/a") -> httpx.Response:
    """One request for a range."""

    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(ServesRanges(_files))
        async with httpx.AsyncClient(transport=transport, base_url="http://edge") as client:
            return await client.get(path, headers={"range": value})

    return asyncio.run(send())


@pytest.mark.parametrize(
    ("value", "said", "part"),
    [
        ("bytes=0-", "bytes 0-99/100", FILE),
        ("bytes=10-19", "bytes 10-19/100", FILE[10:20]),
        ("bytes=90-500", "bytes 90-99/100", FILE[90:]),
        ("bytes=-5", "bytes 95-99/100", FILE[95:]),
    ],
)
def test_a_range_is_cut_out(value: str, said: str, part: bytes) -> None:
    answer = ask(value)
    assert (answer.status_code, answer.headers["content-range"], answer.content) == (206, said, part)
    assert answer.headers["content-length"] == str(len(part))


def test_a_range_outside_is_not_satisfiable() -> None:
    answer = ask("bytes=100-")
    assert (answer.status_code, answer.headers["content-range"]) == (416, "bytes */100")


@pytest.mark.parametrize("value", ["items=1-2", "bytes=0-1,4-5", "bytes=-", "bytes=x"])
def test_what_is_not_understood_is_answered_whole(value: str) -> None:
    answer = ask(value)
    assert (answer.status_code, answer.content) == (200, FILE)


def test_what_is_lost_stays_lost() -> None:
    assert ask("bytes=0-9", "/lost").status_code == 404


async def _files(scope: Any, _receive: Any, send: Any) -> None:
    """The store behind: whole files only."""
    headers = [(b"content-type", b"audio/wav"), (b"content-length", b"100")]
    status = 404 if scope["path"] == "/lost" else 200
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": FILE})
