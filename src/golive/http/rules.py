"""HTTP cases (H): redirects, HSTS, mixed content, cookies, CORS, headers, exposed files, the clock."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from difflib import get_close_matches
from typing import TypeGuard
from urllib.parse import urlsplit

from golive.core.duration import format_duration
from golive.core.outcome import Unseen
from golive.http.cases import HTTP, HttpPolicy, all_read, answered, pages, upgrades
from golive.http.observation import Answer, HttpSurvey
from golive.http.rules_pages import ADDRESSES
from golive.http.security_headers import weak_headers
from golive.net.errors import ConnectFailed, ProbeError
from golive.net.headers import (
    HSTS_DIRECTIVES,
    Hsts,
    read_date,
    read_hsts,
    read_location,
)
from golive.net.http_observation import HttpObservation
from golive.net.markup import title_of
from golive.net.masking import masked_text, masked_url
from golive.net.set_cookie import SetCookie, read_cookie_date
from golive.net.sites import site_of
from golive.profile.cases import CaseOverride
from golive.rules.cases import CaseReport, Wrong
from golive.rules.declared import REACHABLE, Row, report

_MIXED = {
    "script": "H14", "stylesheet": "H14", "frame": "H14", "image": "H15", "srcset": "H15", "css": "H15",
    "form": "H16", "base": "H16", "refresh": "H16", "socket": "H17",
}  # fmt: skip


def _date(survey: HttpSurvey, _: HttpPolicy) -> Iterator[Unseen]:
    if isinstance(survey.home, HttpObservation) and read_date(survey.home.header("date")) is None:
        yield Unseen(
            "the answer carries no readable Date", "have the server send Date, or re-rank H22 in [cases]"
        )


def _open(survey: HttpSurvey, _: HttpPolicy) -> Iterator[Unseen]:
    """Port 80 was connected to, at every address: a closed one may be meant, and says nothing by itself."""
    if not survey.walks:
        yield Unseen("port 80 was asked at no address", "have the host resolve for the suite")
    for first in (walk[0] for walk in survey.walks if walk):
        if _is_closed(first):
            yield Unseen(
                f"port 80: {first.message}",
                "open port 80 for redirects; if it is closed on purpose, re-rank H08 in [cases] and say so",
            )


def _plain(survey: HttpSurvey, _: HttpPolicy) -> Iterator[Unseen]:
    """Where port 80 is open, it answered, and not that it is busy or broken."""
    for first in (walk[0] for walk in survey.walks if walk):
        if _is_closed(first) or _is_told(first):
            continue
        words = first.message if isinstance(first, ProbeError) else f"answered {first.status}"
        yield Unseen(f"port 80: {words}", "have port 80 answer, or re-rank the case in [cases]")


def _is_closed(first: Answer) -> TypeGuard[ConnectFailed]:
    return isinstance(first, ConnectFailed)


def _is_told(first: Answer) -> bool:
    return isinstance(first, HttpObservation) and first.status < 500 and first.status != 429


def _claims(survey: HttpSurvey, _: HttpPolicy) -> Iterator[Unseen]:
    for answer in survey.cross_origin.values():
        if isinstance(answer, HttpObservation) and answer.status in (429, 502, 503, 504):
            yield _not_answered(answer)


def _paths(survey: HttpSurvey, _: HttpPolicy) -> Iterator[Unseen]:
    for answer in (*survey.exposed.values(), *survey.decoys.values()):
        if isinstance(answer, ProbeError) or answer.status == 429 or answer.status >= 500:
            yield _not_answered(answer)


def _not_answered(answer: Answer) -> Unseen:
    if isinstance(answer, ProbeError):
        return Unseen(answer.message, REACHABLE)
    return Unseen(f"answered {answer.status} — {answer.title}", REACHABLE)


def strangers(host: str) -> tuple[str, ...]:
    """Return origins that nobody should trust: foreign ones, null, a developer's own machine.

    Some of them look like the host's own for whoever compares beginnings or ends. None is of its site, which
    belongs to its owner.
    """
    return (
        "https://stranger.invalid",
        "null",
        f"https://{host}.stranger.invalid",
        f"https://stranger{site_of(host)}",
        f"https://{host.replace('.', 'x', 1)}",
        "http://localhost:3000",
        "http://127.0.0.1:3000",
    )


@HTTP.case("H01", "blocking", "HSTS missing", needs=("home", "end"))
@HTTP.case("H02", "blocking", "HSTS max-age too short", needs=("home", "end"))
@HTTP.case("H03", "blocking", "HSTS max-age zero", needs=("home", "end"))
@HTTP.case("H04", "blocking", "HSTS misspelt", needs=("home", "end"))
@HTTP.case("H05", "advisory", "HSTS without includeSubDomains", needs=("home", "end"))
@HTTP.case("H06", "blocking", "HSTS sent twice", needs=("home", "end"))
@HTTP.case("H07", "advisory", "HSTS missing on errors", needs=("missing",))
def _hsts(survey: HttpSurvey, policy: HttpPolicy) -> Iterator[Row]:
    for page in pages(survey):
        yield from _judge_hsts(_set_by(page), policy, page.title)
    for answer in answered(survey.missing):
        found = _set_by(answer)
        if answer.status >= 400 and found.no_effect and not found.is_revoked:
            observed = masked_text(found.no_effect, longest=80)
            yield "H07", "Strict-Transport-Security on errors too", observed, answer.title


@HTTP.case("H23", "blocking", "HSTS taken back by another answer", needs=("home", "missing"))
def _hsts_taken_back(survey: HttpSurvey, _: HttpPolicy) -> Iterator[Row]:
    if all(_set_by(home).no_effect for home in answered(survey.home)):
        return
    # Over plain HTTP browsers ignore the header (RFC 6797, 8.1).
    others = answered(survey.missing, *survey.cross_origin.values(), *survey.exposed.values())
    ending = [one for one in others if urlsplit(one.url).scheme == "https" and _set_by(one).is_revoked]
    if ending:
        observed = f"max-age=0 from {len(ending)} answers" if len(ending) > 1 else "max-age=0"
        yield "H23", "the home page's policy everywhere", observed, ending[0].title


def _set_by(answer: HttpObservation) -> Hsts:
    return read_hsts(answer.header_values("strict-transport-security"))


def _judge_hsts(found: Hsts, policy: HttpPolicy, where: str) -> Iterator[Row]:
    if found.lines == 0:
        yield "H01", "Strict-Transport-Security", "none", where
        return
    if found.lines > 1:
        yield "H06", "one header", f"{found.lines}", where
    misspelt = [name for name in found.unknown if get_close_matches(name, HSTS_DIRECTIVES, cutoff=0.8)]
    if found.fault or misspelt:
        observed = found.fault or f"unknown {', '.join(misspelt)}"
        yield "H04", "valid directives (RFC 6797, 6.1)", masked_text(observed, longest=80), where
    elif found.max_age == timedelta(0):
        yield "H03", f"max-age of at least {format_duration(policy.hsts_max_age)}", "0", where
    elif found.max_age is not None and found.max_age < policy.hsts_max_age:
        wanted = f"max-age of at least {format_duration(policy.hsts_max_age)}"
        yield "H02", wanted, format_duration(found.max_age), where
    if not found.subdomains:
        yield "H05", "includeSubDomains", "not said", where


@HTTP.case("H08", "blocking", "port 80 serves content", needs=(_open, _plain))
@HTTP.case("H09", "blocking", "a redirect goes back to http", needs=(_plain,))
@HTTP.case("H10", "advisory", "temporary redirect to HTTPS", needs=(_plain,))
@HTTP.case("H11", "advisory", "the first hop changes the host before the scheme", needs=(_plain,))
@HTTP.case("H12", "blocking", "redirects loop", needs=(_plain,))
@HTTP.case("H13", "advisory", "path or query lost", needs=(_plain,))
@HTTP.case("H26", "blocking", "port 80 leads to another site", needs=(_plain,))
def _redirects(survey: HttpSurvey, _: HttpPolicy) -> Iterator[Row]:
    if survey.looped:
        yield "H12", "an end", "redirects without one", survey.title
    for walk in survey.walks:
        yield from _walk(list(answered(*walk)))


def _walk(hops: list[HttpObservation]) -> Iterator[Row]:
    if not hops:
        return
    first, asked = hops[0], urlsplit(hops[0].url)
    to = read_location(first.header_values("location"), first.url) or ""
    if not 300 <= first.status < 400 or not to:
        # Who is asked for credentials would send them in the clear; another refusal serves nothing.
        if first.status < 400 or first.status == 401:
            yield "H08", "a redirect to HTTPS", str(first.status), first.title
        return
    if first.status not in (301, 308):
        yield "H10", "301 or 308", str(first.status), first.title
    target = urlsplit(to)
    if site_of(target.hostname or "") != site_of(asked.hostname or ""):
        yield "H26", f"an address of {site_of(asked.hostname or '')}", masked_url(to), first.title
    if target.scheme == "https" and target.hostname != asked.hostname:
        yield "H11", f"https://{asked.hostname} first", masked_url(to), first.title
    elif (target.path or "/", target.query) != (asked.path, asked.query):
        yield "H13", "path and query kept", masked_url(to), first.title
    for hop in hops:
        goes = read_location(hop.header_values("location"), hop.url) or ""
        back = goes.startswith("http://") and 300 <= hop.status < 400
        if back:
            yield "H09", "https from the first redirect on", masked_url(goes), hop.title
            if hop is first and urlsplit(goes).hostname != asked.hostname:
                yield "H11", f"https://{asked.hostname} first", masked_url(goes), hop.title


@HTTP.case("H14", "blocking", "mixed content: scripts, stylesheets, frames", needs=("home", "end"))
@HTTP.case("H15", "blocking", "mixed content: images, srcset, CSS url()", needs=("home", "end", all_read))
@HTTP.case("H16", "blocking", "insecure form action, base or refresh", needs=("home", "end"))
@HTTP.case("H17", "blocking", "insecure WebSocket", needs=("home", "end"))
@HTTP.case("H25", "advisory", "insecure addresses that the page has browsers upgrade", needs=("home", "end"))
def _mixed(survey: HttpSurvey, _: HttpPolicy) -> Iterator[Row]:
    upgraded = upgrades(survey)
    where = survey.end.title if isinstance(survey.end, HttpObservation) else survey.title
    for entry in survey.references:
        if entry.url.lower().startswith(("http://", "ws://")):
            case = "H17" if entry.url.lower().startswith("ws://") else _MIXED[entry.element]
            if upgraded and entry.element not in _NEVER_UPGRADED:
                case = "H25"
            yield case, "https or wss", f"{entry.element} {masked_url(entry.url)}", where
    for entry in survey.in_scripts if upgraded else ():
        yield "H25", "https or wss", masked_url(entry.url), f"own scripts of {survey.title}"


_NEVER_UPGRADED = {"base", "refresh"}
"""Where they lead is a navigation, which is upgraded to one's own host alone."""


@HTTP.case("H18", "blocking", "cookie without Secure, HttpOnly, SameSite", needs=("home", "end"))
def _cookies(survey: HttpSurvey, policy: HttpPolicy) -> Iterator[Wrong]:
    said: set[tuple[str, str]] = set()
    for answer in answered(survey.home, *survey.way, survey.missing, *survey.cross_origin.values()):
        for cookie in answer.cookies():
            if _is_deleted(cookie, policy.now):
                continue
            wanted = ("Secure",) if _READ_BY_SCRIPTS.search(cookie.name) else ("Secure", "HttpOnly")
            missing = [name for name in wanted if not cookie.has(name)]
            # A value that no browser knows is none.
            missing += [] if cookie.attribute("SameSite") else ["SameSite"]
            words = f"{cookie.name} lacks {', '.join(missing)}"
            if missing and (words, answer.title) not in said:
                said.add((words, answer.title))
                path = urlsplit(answer.url).path
                expected = f"{', '.join(wanted)} and SameSite"
                yield Wrong(expected, words, answer.title, path=path, cookie=cookie.name)


def _is_deleted(cookie: SetCookie, now: datetime) -> bool:
    """Whether browsers drop it at once: Max-Age outweighs Expires (RFC 6265, 5.3)."""
    age, ends = cookie.attribute("Max-Age"), read_cookie_date(cookie.attribute("Expires") or "")
    return int(age) <= 0 if age is not None else ends is not None and ends <= now


_READ_BY_SCRIPTS = re.compile(r"[cx]srf", re.IGNORECASE)
"""Tokens that a page's own script sends back in a header (Angular, Django, Laravel): it has to read them."""


@HTTP.case("H19", "blocking", "CORS trusts a stranger", needs=("cross_origin", _claims))
def _cross_origin(survey: HttpSurvey, _: HttpPolicy) -> Iterator[Wrong]:
    for (path, origin), answer in survey.cross_origin.items():
        for seen in answered(answer):
            trusted = seen.header("access-control-allow-origin") == origin
            credentials = (seen.header("access-control-allow-credentials") or "").lower() == "true"
            if trusted and (credentials or origin == "null"):
                also = " with credentials" if credentials else ""
                yield Wrong(
                    "a list of origins of one's own", f"{origin} allowed{also}", seen.title, path=path
                )


@HTTP.case("H20", "advisory", "security headers missing or weak", needs=("home", "end"))
def _headers(survey: HttpSurvey, _: HttpPolicy) -> Iterator[Row]:
    for page in pages(survey):
        for expected, observed in weak_headers(page):
            yield "H20", expected, observed, page.title


@HTTP.case("H21", "blocking", "an internal file is served", needs=(_paths,))
def _exposed(survey: HttpSurvey, _: HttpPolicy) -> Iterator[Wrong]:
    # A single-page application answers any address with its shell, a firewall the strange ones with a page
    # of its own, each time another: neither is the file, and both answer so where there is none.
    common = list(answered(survey.home, survey.end, survey.missing))
    for path, answer in survey.exposed.items():
        decoy = survey.decoys.get(path)
        if decoy is None or isinstance(decoy, ProbeError) or isinstance(answer, ProbeError):
            continue
        if not any(_is_alike(answer, other) for other in (*common, decoy)):
            observed = f"{answer.status}, {len(answer.body)} bytes"
            yield Wrong("nothing served here", observed, answer.title, path=path)


@HTTP.case("H24", "advisory", "a missing path answers 200", needs=("missing",))
def _never_missing(survey: HttpSurvey, _: HttpPolicy) -> Iterator[Wrong]:
    for answer in answered(survey.missing):
        if 200 <= answer.status < 300:
            yield Wrong("404 for a missing file", str(answer.status), answer.title)


def _is_alike(answer: HttpObservation, other: HttpObservation) -> bool:
    """Whether two answers are one page, whatever differs within: a shell may hold its path in any form."""
    title = _title_of_document(answer)
    is_titled = title and (answer.status, title) == (other.status, _title_of_document(other))
    return bool(is_titled) or outline(answer) == outline(other)


def _title_of_document(answer: HttpObservation) -> str:
    return title_of(answer.text()) if _DOCUMENT.match(answer.body) else ""


_DOCUMENT = re.compile(rb"\s*<(?:!doctype html|html)\b", re.IGNORECASE)


def outline(answer: HttpObservation) -> tuple[int, bytes]:
    """What an answer says without what is new each time: its path, numbers, words with digits, long ones."""
    path = urlsplit(answer.url).path.encode()
    body = answer.body.replace(path, b"*") if path.strip(b"/") else answer.body
    return answer.status, _WORD.sub(lambda word: b"*" if _NEW.search(word[0]) else word[0], body)


_WORD, _NEW = re.compile(rb"[\w+/=-]+"), re.compile(rb"\d|.{16}")


@HTTP.case("H22", "blocking", "Date far from the real time", needs=("home", _date))
def _clock(survey: HttpSurvey, policy: HttpPolicy) -> Iterator[Row]:
    for home in answered(survey.home):
        said = read_date(home.header("date"))
        if said is None:
            continue
        off = abs(said - policy.now)
        if off > policy.clock_skew + timedelta(milliseconds=home.elapsed_ms):
            yield "H22", f"within {format_duration(policy.clock_skew)}", format_duration(off), home.title


HTTP_CASES = tuple(sorted((*HTTP.table, *ADDRESSES.table), key=lambda case: case.id))
HSTS_CASES = ("H01", "H02", "H03", "H04", "H05", "H06", "H07")
REDIRECT_CASES = ("H08", "H09", "H10", "H11", "H12", "H13", "H26")


def judge_http(
    survey: HttpSurvey, policy: HttpPolicy, overrides: Mapping[str, CaseOverride] | None = None
) -> CaseReport:
    """Judge one address of a host."""
    return report(f"cases of {survey.title}", HTTP.table, HTTP.ask(survey, policy), overrides)


def judge_addresses(
    surveys: Sequence[HttpSurvey], overrides: Mapping[str, CaseOverride] | None = None
) -> CaseReport:
    """Judge the addresses of a host against each other."""
    host = surveys[0].host if surveys else "no address"
    cases = ADDRESSES.table if surveys else ()
    return report(f"cases of the addresses of {host}", cases, ADDRESSES.ask(surveys), overrides)
