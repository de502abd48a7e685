# ruff: noqa: T201
"""Sends one message by Apprise, in a process of its own: ``python -m golive.people.sending``.

Apprise opens connections of its own, by many libraries, and blocks. Here it can be held to what the profile
allows, whatever its plugins do: names lead only to the addresses that it is given, every other connection is
refused below it, and the process can be ended when its time is up.

Standard input: ``{"url", "title", "body", "endpoints": {"host:port": ["ip:port", …]}}``. Standard output: the
line ``ready`` where everything is loaded and the message is about to be sent, which takes seconds that are
none of the channel's; then one line of JSON, ``{"sent": true | false, "service", "words": […], "seconds"}``.
"""

import contextlib
import json
import logging
import socket
import sys
import time
from collections.abc import Callable
from typing import Any

READY = "ready"
WORDS_AT_MOST = 20


class NotAllowedError(OSError):
    """A connection to somewhere else than the channel's own hosts."""


class Words(logging.Handler):
    """Keeps what Apprise says."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the record, up to a bound."""
        if len(self.said) < WORDS_AT_MOST:
            self.said.append(record.getMessage()[:300])


def confine(endpoints: dict[str, list[str]]) -> None:
    """Let this process connect to ``endpoints`` alone, for good."""
    table = {_endpoint(name): [_endpoint(where) for where in wheres] for name, wheres in endpoints.items()}
    allowed = {address for addresses in table.values() for address in addresses}

    def look_up(host: Any, port: Any, *_: Any, **__: Any) -> list[Any]:
        name = host.decode() if isinstance(host, bytes) else str(host)
        key = (name.lower().strip("[]"), int(port or 0))
        found = table.get(key) or [key for _ in (1,) if key in allowed]
        if not found:
            raise NotAllowedError(f"{name}:{port} is none of the channel's own hosts")
        return [
            (socket.AF_INET6 if ":" in ip else socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, number))
            for ip, number in found
        ]

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
            address = arguments[1]
            of_a_connection = event == "socket.sendmsg" and address is None
            if not of_a_connection and (not isinstance(address, tuple) or address[:2] not in allowed):
                raise NotAllowedError(f"{address!r} is no address of the channel's own hosts")
        elif event in ("socket.gethostbyname", "socket.gethostbyaddr"):
            raise NotAllowedError("names are looked up by the suite")
        elif event in ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork"):
            raise NotAllowedError("a channel starts no programs")

    socket.getaddrinfo = look_up
    socket.getfqdn = lambda name="": name or "golive.invalid"  # asks no name server who this machine is
    sys.addaudithook(watch)


def _endpoint(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return host.strip("[]").lower(), int(port)


def send(order: dict[str, Any], words: Words, about_to: Callable[[], None] = lambda: None) -> dict[str, Any]:
    """Send the message of ``order``; ``about_to`` is called when all that takes time before it is done."""
    import apprise  # noqa: PLC0415 - after it is confined

    channel = apprise.Apprise()
    if not channel.add(order["url"]) or len(channel) != 1:
        return {"sent": False, "service": "", "words": ["it is no Apprise URL", *words.said]}
    service = channel[0]
    if not service.verify_certificate:
        refused = ["its URL turns the verification of certificates off: take verify=no out of it"]
        return {"sent": False, "service": str(service.service_name), "words": refused}
    about_to()
    began = time.monotonic()
    sent = bool(service.notify(body=order["body"], title=order["title"]))
    took = time.monotonic() - began
    return {"sent": sent, "service": str(service.service_name), "words": words.said, "seconds": took}


def main() -> int:
    """Do what standard input says."""
    order = json.load(sys.stdin)
    words = Words()
    logging.getLogger("apprise").addHandler(words)
    suite = sys.stdout
    # What a library prints is for nobody.
    with contextlib.redirect_stdout(sys.stderr):
        try:
            confine(order["endpoints"])
            result = send(order, words, lambda: print(READY, file=suite, flush=True))
        except Exception as error:
            result = {
                "sent": False,
                "service": "",
                "words": [f"{type(error).__name__}: {error}", *words.said],
            }
    print(json.dumps(result), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
