"""CDN cases beside assets: nothing personal and no page may be shared, and users must get through."""

import ipaddress
from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import chain

from golive.cdn.observation import Glimpse
from golive.cdn.observation_answers import AnswerSurvey, NotAsked, Personal, SeenAddress
from golive.cdn.rules import Row, cached_cookie, chosen
from golive.cdn.rules_not_asked import REACHABLE
from golive.core.duration import format_duration
from golive.net.errors import ProbeError
from golive.net.headers import read_age
from golive.net.masking import shown_text
from golive.profile.cases import CaseOverride
from golive.rules.cases import CaseReport, Finding, Unknown

ANSWERS = ("C02", "C03", "C10", "C13", "C14")


def judge_answers(
    survey: AnswerSurvey, page_lifetime: timedelta, overrides: Mapping[str, CaseOverride] | None = None
) -> CaseReport:
    """Judge pages and personal answers; a page may be kept for ``page_lifetime`` at most."""
    rows = chain(_pages(survey, page_lifetime), _personal(survey), _address(survey), _socket(survey))
    findings = [Finding(*row) for row in dict.fromkeys(rows)]
    return CaseReport(
        f"cases of {survey.title}", chosen(ANSWERS), findings, list(_unknown(survey)), overrides or {}
    )


def _pages(survey: AnswerSurvey, most: timedelta) -> Iterator[Row]:
    wanted = f"asked again after {format_duration(most)} at the latest"
    for answer in (look for pair in survey.pages for look in pair if isinstance(look, Glimpse)):
        yield from cached_cookie(answer)
        if answer.status != 200:
            continue
        lifetimes = [answer.lifetime(shared=shared) for shared in (True, False)]
        known = [lifetime for lifetime in lifetimes if lifetime is not None]
        said = shown_text(answer.header("cache-control") or "no Cache-Control")
        if any(lifetime > most for lifetime in known):
            yield "C10", wanted, said, answer.title
        elif not known and answer.header("last-modified"):
            # Caches may then guess a lifetime from its age (RFC 9111, 4.2.2).
            yield "C10", wanted, "neither Cache-Control nor Expires", answer.title
        age = read_age(answer.values("age"))
        if age is not None and age > most:
            yield "C10", wanted, f"a copy of {age.total_seconds():.0f} s ago", answer.title


def _personal(survey: AnswerSurvey) -> Iterator[Row]:
    personal = survey.personal
    if not isinstance(personal, Personal):
        return
    owner = personal.owner
    yield from cached_cookie(owner)
    policy = owner.policy
    if policy.get("private") != "" and "no-store" not in policy:
        shared = owner.lifetime(shared=True) or timedelta(0)
        if "public" in policy or shared > timedelta(0):
            yield "C03", "no-store or private", shown_text(owner.header("cache-control") or ""), owner.title
    for who, answer in (("nobody", personal.anonymous), ("another user", personal.other)):
        if answer.status == 200 and answer.sha256 == owner.sha256:
            yield "C03", f"{who} to get no answer of the owner's", "the very same bytes", answer.title
    for answer in (owner, personal.anonymous, personal.other):
        if answer.status == 200 and answer.cache == "hit":
            observed = f"a hit ({shown_text(answer.cache_words)})"
            yield "C03", "a personal answer from the application itself", observed, answer.title


def _address(survey: AnswerSurvey) -> Iterator[Row]:
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


def _socket(survey: AnswerSurvey) -> Iterator[Row]:
    # 401 and 403 come from the application: the handshake got there.
    if isinstance(survey.socket, int) and survey.socket not in (101, 401, 403) and survey.socket < 500:
        yield "C14", "101 Switching Protocols", str(survey.socket), survey.title


def _unknown(survey: AnswerSurvey) -> Iterator[Unknown]:
    for look in (look for pair in survey.pages for look in pair):
        if isinstance(look, ProbeError):
            yield Unknown("C10", look.message, REACHABLE)
        elif look.status != 200:
            yield Unknown("C10", f"the page is answered by {look.status}", REACHABLE)
    if not survey.pages:
        yield Unknown("C10", "there is no page to look at", "add [targets.app] to the profile")
    for case, part in (("C03", survey.personal), ("C13", survey.address), ("C14", survey.socket)):
        if isinstance(part, NotAsked):
            yield Unknown(case, part.reason, part.remedy)
    if isinstance(survey.personal, Personal) and survey.personal.owner.status != 200:
        yield Unknown("C03", f"the owner gets {survey.personal.owner.status}", "repair sign-in first")
    if isinstance(survey.socket, int) and survey.socket >= 500:
        yield Unknown("C14", f"the handshake is answered by {survey.socket}", REACHABLE)
    if (
        isinstance(survey.address, SeenAddress)
        and survey.address.seen not in survey.address.ours
        and _natted(survey.address)
    ):
        remedy = "name the suite's public addresses as targets.cdn.client_address.ours"
        yield Unknown("C13", "the suite's own public address is not known", remedy)
