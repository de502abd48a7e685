"""Messages through channels of communication, by Apprise, and reading them back where a channel can."""

import asyncio
import contextlib
import json
import os
import ssl
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any, ClassVar

from pydantic import JsonValue

from golive.environment.redaction import Redactor
from golive.environment.secrets import Secret
from golive.environment.watching import Channel, ReadBack
from golive.probes.access import Access
from golive.probes.addresses import split_endpoint
from golive.probes.deadline import Deadline
from golive.probes.disclosure import shown_text
from golive.probes.errors import DeadlineExceeded, ProtocolError
from golive.probes.http import HttpProbe
from golive.probes.http_observation import HttpObservation
from golive.probes.polling import look_until

_ANSWER_AT_MOST = 64 * 1024


@dataclass(frozen=True, slots=True)
class SentMessage:
    """What Apprise says of a message."""

    kind: ClassVar[str] = "message"

    channel: str
    service: str
    sent: bool
    words: tuple[str, ...]
    seconds: float
    to: tuple[str, ...]

    @property
    def title(self) -> str:
        """Through which channel, and where to."""
        return f"message by {self.channel} ({self.service or 'unknown service'}) to {', '.join(self.to)}"

    def facts(self) -> dict[str, JsonValue]:
        """Whether it was taken, and what was said."""
        return {"taken": self.sent, "after s": round(self.seconds, 2), "said": list(self.words)}


@dataclass(frozen=True, slots=True)
class ReadMessages:
    """What a channel's latest messages are; their words are never shown."""

    kind: ClassVar[str] = "message"

    where: str
    marker: str
    problem: str
    messages: int
    found: bool
    seconds: float

    @property
    def title(self) -> str:
        """Where it was looked."""
        return f"messages read back — {self.where}"

    def facts(self) -> dict[str, JsonValue]:
        """How many, and whether the marked one is among them."""
        return {"problem": self.problem, "messages": self.messages, "found": self.found,
                "after s": round(self.seconds, 2)}  # fmt: skip


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
            DeadlineExceeded: the channel's own deadline passed.
            ProtocolError: the sending process ended without an answer.
        """
        endpoints: dict[str, list[str]] = {}
        for endpoint in channel.to:
            host, port = split_endpoint(endpoint)
            self._access.guard.permit("POST", f"https://{endpoint}/")
            await self._access.limits.pace(host)
            endpoints[endpoint] = [str(address) for address in await self._access.book.resolve(host, port)]
        order = {"url": url.reveal(), "title": title, "body": body, "endpoints": endpoints}
        started = monotonic()
        said = await self._in_a_child(order, name, ", ".join(channel.to), channel.within.total_seconds())
        words = said.get("words")
        return SentMessage(
            name,
            shown_text(str(said.get("service", "")), longest=40),
            said.get("sent") is True,
            tuple(shown_text(self._redactor.scrub(str(entry))) for entry in words or ()),
            monotonic() - started,
            channel.to,
        )

    async def _in_a_child(self, order: Any, name: str, target: str, deadline: float) -> dict[str, Any]:
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "golive.probes.notifying_child"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=self._environment(),
        )
        try:
            async with Deadline(deadline):
                answer, _ = await child.communicate(json.dumps(order).encode())
        except TimeoutError:
            words = f"the message by {name} was not taken within {deadline:g} s"
            raise DeadlineExceeded(words, target=target, phase="request") from None
        finally:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()
        try:
            result = json.loads(answer[:_ANSWER_AT_MOST])
        except ValueError:
            words = f"the process that sends by {name} ended with code {child.returncode}, and no answer"
            raise ProtocolError(words, target=target, phase="request") from None
        return result if isinstance(result, dict) else {}

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

        within = declared.within.total_seconds()
        seen, seconds = await look_until(look, lambda one: one.found, within=within)
        return ReadMessages(seen.where, marker, seen.problem, seen.messages, seen.found, seconds)


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
