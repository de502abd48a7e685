"""CDN cases beside assets: nothing personal and no page may be shared, and users must get through."""

import ipaddress
from collections.abc import Iterator, Mapping
from datetime import timedelta

from golive.cdn.observation import ResponseSummary
from golive.cdn.observation_answers import AnswerSurvey, Personal, SeenAddress
from golive.cdn.rules import ASSET_HOST, cached_cookie
from golive.core.duration import format_duration
from golive.core.outcome import Unseen
from golive.net.errors import ProbeError
from golive.net.headers import read_age
from golive.net.masking import masked_text
from golive.profile.cases import CaseOverride
from golive.rules.cases import CaseReport
from golive.rules.declared import REACHABLE, Cases, Row, report

PASSING: Cases[AnswerSurvey, [timedelta]] = Cases(AnswerSurvey)
"""Asked of what must pass an edge unshared; rules are given how long a page may be kept."""


def _page(survey: AnswerSurvey, _: timedelta) -> Iterator[Unseen]:
    for look in (look for pair in survey.pages for look in pair):
        if isinstance(look, ProbeError):
            yield Unseen(look.message, REACHABLE)
        elif look.status != 200:
            yield Unseen(f"the page is answered by {look.status}", REACHABLE)
    if not survey.pages:
        yield Unseen("there is no page to look at", "add [targets.app] to the profile")


def _owner(survey: AnswerSurvey, _: timedelta) -> Iterator[Unseen]:
    if isinstance(survey.personal, Personal) and survey.personal.owner.status != 200:
        yield Unseen(f"the owner gets {survey.personal.owner.status}", "repair sign-in first")


def _handshake(survey: AnswerSurvey, _: timedelta) -> Iterator[Unseen]:
    """A handshake was answered, or the deployment has no sockets."""
    if isinstance(survey.socket, Unseen):
        yield survey.socket
    elif survey.socket is not None and survey.socket >= 500:
        yield Unseen(f"the handshake is answered by {survey.socket}", REACHABLE)


def _own_address(survey: AnswerSurvey, _: timedelta) -> Iterator[Unseen]:
    address = survey.address
    if isinstance(address, SeenAddress) and address.seen not in address.ours and _natted(address):
        remedy = "name the suite's public addresses as targets.cdn.client_address.ours"
        yield Unseen("the suite's own public address is not known", remedy)


@PASSING.also("C02", needs=())
@PASSING.case("C10", "blocking", "HTML cached for long", needs=(_page,))
def _pages(survey: AnswerSurvey, most: timedelta) -> Iterator[Row]:
    wanted = f"asked again after {format_duration(most)} at the latest"
    for answer in (look for pair in survey.pages for look in pair if isinstance(look, ResponseSummary)):
        yield from cached_cookie(answer)
        if answer.status != 200:
            continue
        lifetimes = [answer.lifetime(shared=shared) for shared in (True, False)]
        known = [lifetime for lifetime in lifetimes if lifetime is not None]
        said = masked_text(answer.header("cache-control") or "no Cache-Control")
        if any(lifetime > most for lifetime in known):
            yield "C10", wanted, said, answer.title
        elif not known and answer.header("last-modified"):
            # Caches may then guess a lifetime from its age (RFC 9111, 4.2.2).
            yield "C10", wanted, "neither Cache-Control nor Expires", answer.title
        age = read_age(answer.values("age"))
        if age is not None and age > most:
            yield "C10", wanted, f"a copy of {age.total_seconds():.0f} s ago", answer.title


@PASSING.also("C02", needs=())
@PASSING.case("C03", "blocking", "private answer shared", needs=("personal", _owner))
def _personal(survey: AnswerSurvey, _: timedelta) -> Iterator[Row]:
    personal = survey.personal
    if not isinstance(personal, Personal):
        return
    owner = personal.owner
    yield from cached_cookie(owner)
    policy = owner.policy
    if policy.get("private") != "" and "no-store" not in policy:
        shared = owner.lifetime(shared=True) or timedelta(0)
        if "public" in policy or shared > timedelta(0):
            yield "C03", "no-store or private", masked_text(owner.header("cache-control") or ""), owner.title
    for who, answer in (("nobody", personal.anonymous), ("another user", personal.other)):
        if answer.status == 200 and answer.sha256 == owner.sha256:
            yield "C03", f"{who} to get no answer of the owner's", "the very same bytes", answer.title
    for answer in (owner, personal.anonymous, personal.other):
        if answer.status == 200 and answer.cache == "hit":
            observed = f"a hit ({masked_text(answer.cache_message)})"
            yield "C03", "a personal answer from the application itself", observed, answer.title


@PASSING.case("C13", "blocking", "client address lost", needs=("address", _own_address))
def _address(survey: AnswerSurvey, _: timedelta) -> Iterator[Row]:
    address = survey.address
    if isinstance(address, SeenAddress) and address.seen not in address.ours and not _natted(address):
        observed = "an inner address" if _is_inner(address.seen) else "another's"
        yield "C13", "the application to see the client's own address", observed, survey.title


def _is_inner(text: str) -> bool:
    try:
        return not ipaddress.ip_address(text).is_global
    except ValueError:
        return True


def _natted(address: SeenAddress) -> bool:
    """Whether the suite stands behind a translator, whose public address the profile does not name."""
    return (
        not _is_inner(address.seen) and all(map(_is_inner, address.ours)) and not _is_inner(address.dialled)
    )


@PASSING.case("C14", "blocking", "WebSocket blocked", needs=(_handshake,))
def _socket(survey: AnswerSurvey, _: timedelta) -> Iterator[Row]:
    # 401 and 403 come from the application: the handshake got there.
    if isinstance(survey.socket, int) and survey.socket not in (101, 401, 403) and survey.socket < 500:
        yield "C14", "101 Switching Protocols", str(survey.socket), survey.title


ANSWERS = tuple(case.id for case in PASSING.table)
CDN_CASES = tuple(sorted({*ASSET_HOST.table, *PASSING.table}, key=lambda case: case.id))
"""Every case of the family."""


def judge_answers(
    survey: AnswerSurvey, page_lifetime: timedelta, overrides: Mapping[str, CaseOverride] | None = None
) -> CaseReport:
    """Judge pages and personal answers; a page may be kept for ``page_lifetime`` at most."""
    answers = PASSING.ask(survey, page_lifetime)
    return report(f"cases of {survey.title}", PASSING.table, answers, overrides)
