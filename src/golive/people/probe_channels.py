"""Messages through channels of communication, by Apprise, and reading them back where a channel can."""

import asyncio
import contextlib
import json
import os
import ssl
import sys
from asyncio.subprocess import Process
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import JsonValue

from golive.core.outcome import Blind
from golive.net.access import Access
from golive.net.address import split_endpoint
from golive.net.errors import DeadlineExceeded, ProtocolError
from golive.net.http import HttpProbe
from golive.net.http_observation import HttpObservation
from golive.net.masking import masked_text
from golive.net.polling import poll_until
from golive.people.observation import ReadMessages, SentMessage
from golive.people.profile_launch import Channel, ReadBack
from golive.people.sending import READY
from golive.profile.redaction import Redactor
from golive.profile.secrets import Secret

_ANSWER_AT_MOST = 128 * 1024
_START_AT_MOST = 60.0
"""Seconds for Python and Apprise's plugins to be loaded, which take two or three at rest."""
_END_AT_MOST = 5.0
"""Seconds for the process to end by itself when it has said everything."""
_TOLD_LATE_BY = 0.5
"""Seconds beyond a channel's deadline in which its answer may still be read; its own seconds count."""
_AGAIN = "run the check again on a machine with time to spare; golive doctor says what this one lacks"


class Notifier:
    """Sends messages; every connection is of the profile's allowed hosts, and of the channel's own."""

    def __init__(self, access: Access, http: HttpProbe, redactor: Redactor, roots: Path | None) -> None:
        self._access = access
        self._http = http
        self._redactor = redactor
        self._roots = roots

    async def send(self, name: str, channel: Channel, url: Secret, *, title: str, body: str) -> SentMessage:
        """Send one message.

        Raises:
            Refused: by the guard, before anything is sent; a message counts as a POST.
            DeadlineExceeded: the channel's own deadline passed, counted from when the message was sent.
            Blind: the sending process, which is the suite's own, did not start, or ended without an answer.
        """
        endpoints: dict[str, list[str]] = {}
        for endpoint in channel.to:
            host, port = split_endpoint(endpoint)
            self._access.guard.permit("POST", f"https://{endpoint}/")
            await self._access.limits.pace(host)
            endpoints[endpoint] = [str(address) for address in await self._access.book.resolve(host, port)]
        order = {"url": url.reveal(), "title": title, "body": body, "endpoints": endpoints}
        target, deadline = ", ".join(channel.to), channel.within.total_seconds()
        said = await self._in_a_child(order, name, target, deadline)
        words, took = said.get("words"), said.get("seconds")
        seconds = float(took) if isinstance(took, int | float) else 0.0
        if seconds > deadline:
            raise _not_taken(name, target, deadline)
        return SentMessage(
            name,
            masked_text(str(said.get("service", "")), longest=40),
            said.get("sent") is True,
            tuple(masked_text(self._redactor.scrub(str(entry))) for entry in words or ()),
            seconds,
            channel.to,
        )

    async def _in_a_child(self, order: Any, name: str, target: str, deadline: float) -> dict[str, Any]:
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "golive.people.sending"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=self._environment(),
            limit=_ANSWER_AT_MOST,
        )
        patience = 0.0
        try:
            answer = await self._talk(child, json.dumps(order).encode())
            if answer.strip() == READY.encode():
                answer = await self._answer(child, name, target, deadline)
            patience = _END_AT_MOST
        finally:
            code = await _end(child, patience)
        try:
            result = json.loads(answer)
        except ValueError:
            words = f"the process that sends by {name} ended with code {code}, and no answer"
            raise Blind(words, remedy=_AGAIN) from None
        return result if isinstance(result, dict) else {}

    async def _talk(self, child: Process, order: bytes) -> bytes:
        """Hand over what is to be sent, and return the first line: Python and Apprise are loaded by then."""
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            async with asyncio.timeout(_START_AT_MOST):
                # One that ended before it read has said so by its code.
                with contextlib.suppress(ConnectionError):
                    child.stdin.write(order)
                    await child.stdin.drain()
                child.stdin.close()
                return await child.stdout.readline()
        except TimeoutError:
            words = f"the process that sends messages was not ready within {_START_AT_MOST:g} s"
            raise Blind(words, remedy=_AGAIN) from None

    async def _answer(self, child: Process, name: str, target: str, deadline: float) -> bytes:
        """Return what it says of the message, and how long that took: this process may be told late."""
        assert child.stdout is not None
        reading = asyncio.ensure_future(child.stdout.readline())
        try:
            await asyncio.wait({reading}, timeout=deadline)
            if not reading.done():
                await asyncio.wait({reading}, timeout=_TOLD_LATE_BY)
            if reading.done():
                return reading.result()
        finally:
            reading.cancel()
        raise _not_taken(name, target, deadline)

    def _environment(self) -> dict[str, str]:
        """Nothing of ours but where Python finds its modules, and the roots; no proxy above all."""
        kept = {key: os.environ[key] for key in ("PATH", "PYTHONPATH", "LANG") if key in os.environ}
        system = ssl.get_default_verify_paths().cafile
        roots = str(self._roots) if self._roots else system
        return kept | ({"REQUESTS_CA_BUNDLE": roots, "SSL_CERT_FILE": roots} if roots else {})

    async def read_back(self, declared: ReadBack, token: Secret | None, marker: str) -> ReadMessages:
        """Look at the channel's latest messages until one carries ``marker``, or the limit has passed.

        Raises:
            ProbeError: as of the client.
        """
        headers: Mapping[str, Secret | str] = {}
        if token is not None:
            headers = {declared.header: Secret(f"{declared.scheme}{token.reveal()}")}
        url = declared.url.replace("{marker}", marker)

        async def look() -> ReadMessages:
            return read_messages(await self._http.get(url, headers=headers), declared.messages, marker)

        seen, seconds = await poll_until(look, lambda one: one.found, within=declared.within)
        return ReadMessages(seen.where, marker, seen.problem, seen.messages, seen.found, seconds)


async def _end(child: Process, patience: float) -> int:
    """Wait ``patience`` seconds for the process to end by itself, then end it; return its code."""
    try:
        async with asyncio.timeout(patience):
            return await child.wait()
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        return await child.wait()


def _not_taken(name: str, target: str, deadline: float) -> DeadlineExceeded:
    return DeadlineExceeded(
        f"the message by {name} was not taken within {deadline:g} s", target=target, phase="request"
    )


def read_messages(answer: HttpObservation, place: str, marker: str) -> ReadMessages:
    """Look for ``marker`` in the messages at ``place`` alone: the rest of an answer may echo the question."""

    def seen(problem: str, messages: int = 0, found: bool = False) -> ReadMessages:
        return ReadMessages(answer.target, marker, problem, messages, found, 0.0)

    if answer.status != 200:
        return seen(f"status {answer.status}")
    try:
        value: JsonValue = answer.json()
    except ProtocolError as error:
        return seen(error.message)
    for key in place.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    entries = list(value.values()) if isinstance(value, dict) else value
    if not isinstance(entries, list):
        return seen(f"there are no messages at {place!r} in the answer")
    # Through JSON: the marker is plain letters, digits and hyphens, which no encoding changes.
    return seen("", len(entries), any(marker in json.dumps(entry) for entry in entries))
