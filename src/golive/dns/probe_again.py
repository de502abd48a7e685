"""Questions asked again: answers may rotate or be weighted, and the first one is then not all of them."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace

from golive.dns.exchange import exchange
from golive.dns.observation import ResolverView, Server
from golive.dns.reply import Question, Reply

_ROTATING = frozenset({"A", "AAAA", "CNAME", "HTTPS"})
_ROUNDS = 6
_ASKED_AT_ONCE = 4
"""Per server and round: 24 in all, after which a value of half the answers was missed once in 16 million."""

What = tuple[str, str]


async def ask_again(
    servers: Sequence[Server], resolvers: Sequence[ResolverView], deadline: float
) -> list[Server]:
    """Return the servers with further answers, where those of one serial, or a resolver's, differ."""
    found = list(servers)
    asking = sorted(_differing(found, resolvers))
    for _ in range(_ROUNDS):
        if not asking:
            break
        found = list(await asyncio.gather(*(_more(server, asking, deadline) for server in found)))
        asking = [what for what in asking if not _is_settled(what, found, resolvers)]
    return found


def _differing(servers: Sequence[Server], resolvers: Sequence[ResolverView]) -> set[What]:
    questions = {what for server in _speaking(servers) for what in server.replies if what[1] in _ROTATING}
    return {what for what in questions if not _is_settled(what, servers, resolvers)}


def _is_settled(what: What, servers: Sequence[Server], resolvers: Sequence[ResolverView]) -> bool:
    """Whether all servers of one serial have shown the same values, and resolvers none beside them."""
    shown = [(server.serial, values_of(server.answers(what))) for server in _speaking(servers)]
    if any(one != other and serial == than for serial, one in shown for than, other in shown):
        return False
    everything = {value for _, values in shown for value in values}
    heard = (view.replies[what] for view in resolvers if what in view.replies)
    return all(values_of([reply]) <= everything for reply in heard if reply.answered)


def values_of(replies: Iterable[Reply]) -> frozenset[str]:
    """Return every value of the asked type that these answers have."""
    return frozenset(value for reply in replies for value in reply.of_type(reply.question.type))


async def _more(server: Server, asking: Sequence[What], deadline: float) -> Server:
    questions = [what for what in asking if server.answers(what) and what not in server.delegated]
    asked = [what for what in questions for _ in range(_ASKED_AT_ONCE)]
    replies = await asyncio.gather(*(_ask(server, what, deadline) for what in asked))
    again = dict(server.again)
    for what, reply in zip(asked, replies, strict=True):
        again[what] = (*again.get(what, ()), reply)
    return replace(server, again=again)


async def _ask(server: Server, what: What, deadline: float) -> Reply:
    way = server.replies[what].question
    question = Question(*what, way.transport, way.edns)
    return await exchange(question, server.name, server.address, deadline)


def _speaking(servers: Sequence[Server]) -> list[Server]:
    return [server for server in servers if server.serial is not None]
