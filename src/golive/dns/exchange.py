"""One question to one DNS server over one transport. What goes wrong is part of the answer, as a word."""

from time import perf_counter

import dns.asyncquery
import dns.edns
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdatatype
import dns.rrset

from golive.dns.reply import Question, Reply
from golive.net.address import Address
from golive.net.deadline import Deadline
from golive.net.masking import masked_text

_LARGEST_ANSWER = 500
"""Record sets that are kept of one section."""


async def exchange(question: Question, server: str, address: Address, deadline: float) -> Reply:
    """Ask, and return what came back within ``deadline`` seconds; never raises for what the server does."""
    started = perf_counter()
    failed = ""
    answer: dns.message.Message | None = None
    try:
        query = question.message()
        async with Deadline(deadline):
            answer = await _ask(question, query, address)
    except (TimeoutError, dns.exception.Timeout):
        failed = "silent"
    except ConnectionRefusedError:
        failed = "refused"
    except (ConnectionError, EOFError):
        failed = "broken"
    except OSError:
        failed = "unreachable"
    except (dns.exception.DNSException, ValueError, IndexError):
        failed = "malformed"
    elapsed = (perf_counter() - started) * 1000
    if answer is None:
        return Reply(question, server, address, error=failed, elapsed_ms=elapsed)
    return Reply(
        question,
        server,
        address,
        rcode=dns.rcode.to_text(answer.rcode()),
        authoritative=bool(answer.flags & dns.flags.AA),
        recursion=bool(answer.flags & dns.flags.RA),
        validated=bool(answer.flags & dns.flags.AD),
        edns=answer.edns >= 0,
        answer=tuple(answer.answer[:_LARGEST_ANSWER]),
        authority=tuple(answer.authority[:_LARGEST_ANSWER]),
        additional=tuple(answer.additional[:_LARGEST_ANSWER]),
        extended=tuple(
            masked_text(option.to_text())
            for option in answer.options
            if isinstance(option, dns.edns.EDEOption)
        ),
        elapsed_ms=elapsed,
    )


async def _ask(question: Question, query: dns.message.Message, address: Address) -> dns.message.Message:
    if question.transport == "tcp":
        return await dns.asyncquery.tcp(query, address.ip, port=address.port)
    if question.transport == "datagram":
        return await dns.asyncquery.udp(query, address.ip, port=address.port)
    answer, _ = await dns.asyncquery.udp_with_fallback(query, address.ip, port=address.port)
    return answer
