"""Where the aliases of a zone lead, hop by hop."""

import asyncio
from collections.abc import Iterable, Sequence

from golive.core.outcome import Blind
from golive.dns.exchange import exchange
from golive.dns.observation import Chain, Server
from golive.dns.reply import Question, Reply
from golive.net.addresses import AddressBook
from golive.net.errors import NameNotFound, TransportError

_HOPS = 20
_BESIDE = ("A", "AAAA", "MX", "TXT", "NS", "CAA", "HTTPS")


async def follow(
    names: Iterable[str], servers: Sequence[Server], book: AddressBook, zone: str, deadline: float
) -> tuple[Chain, ...]:
    """Return a chain for every name that is an alias; names beyond the zone are resolved."""
    server = servers[0] if servers else None
    if server is None:
        return ()
    aliases = [name for name in names if _is_alias(name, server)]
    return tuple(await asyncio.gather(*(_chain(name, server, book, zone, deadline) for name in aliases)))


def _is_alias(name: str, server: Server) -> bool:
    replies = (server.replies.get((name, kind)) for kind in ("A", "AAAA", "HTTPS", "CNAME"))
    return any(reply is not None and reply.records(name, "CNAME") for reply in replies)


async def _chain(name: str, server: Server, book: AddressBook, zone: str, deadline: float) -> Chain:
    targets: list[str] = []
    beside: list[str] = []
    here = name
    for _ in range(_HOPS):
        if here != zone and not here.endswith(f".{zone}"):
            return Chain(name, tuple(targets), await _outside(here, book), tuple(beside))
        replies = await asyncio.gather(*(_ask(here, kind, server, deadline) for kind in ("CNAME", *_BESIDE)))
        target = replies[0].records(here, "CNAME")
        if not target:
            if not all(reply.answered for reply in replies):
                end = "unknown"
            else:
                end = (
                    "addresses"
                    if any(reply.of_type("A") or reply.of_type("AAAA") for reply in replies)
                    else "nothing"
                )
            return Chain(name, tuple(targets), end, tuple(beside))
        beside += [
            f"{here} {kind}"
            for kind, reply in zip(_BESIDE, replies[1:], strict=True)
            if reply.records(here, kind)
        ]
        here = target[0].target.to_text().rstrip(".").lower()
        if here == name or here in targets:
            return Chain(name, (*targets, here), "loop", tuple(beside))
        targets.append(here)
    return Chain(name, tuple(targets), "unknown", tuple(beside))


async def _ask(name: str, kind: str, server: Server, deadline: float) -> Reply:
    return await exchange(Question(name, kind), server.name, server.address, deadline)


async def _outside(name: str, book: AddressBook) -> str:
    try:
        await book.resolve(name, 443)
    except NameNotFound:
        return "nothing"
    except (TransportError, Blind):
        return "unknown"
    return "addresses"
