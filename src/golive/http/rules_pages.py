"""H27 to H31: what visitors of a host's page meet on their way to it, and at each address."""

import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from golive.core.outcome import Unseen
from golive.http.cases import HTTP, HttpPolicy, all_read, answered, pages, upgrades
from golive.http.observation import Answer, HttpSurvey
from golive.net.errors import ProbeError
from golive.net.headers import is_html, read_location, read_media_types, read_refresh
from golive.net.http_observation import HttpObservation
from golive.net.markup import title_of
from golive.net.masking import masked_text, masked_url
from golive.rules.cases import Wrong
from golive.rules.declared import REACHABLE, Cases


@HTTP.case("H27", "blocking", "the way to the page leads through plain HTTP", needs=("home",))
def _way_in_the_clear(survey: HttpSurvey, _: HttpPolicy) -> Iterator[Wrong]:
    for hop in pages(survey):
        goes = read_location(hop.header_values("location"), hop.url) or ""
        if not 300 <= hop.status < 400:
            goes = read_refresh(hop.header("refresh"), hop.url) or ""
        if goes.startswith("http://"):
            yield Wrong("https at every hop", masked_url(goes), hop.title, path=urlsplit(hop.url).path)


@HTTP.case("H28", "blocking", "visitors get no page", needs=("home", "end"))
def _no_page(survey: HttpSurvey, policy: HttpPolicy) -> Iterator[Wrong]:
    # A client certificate that is demanded is H29, and a way to another site is not this host's page.
    for end in answered(survey.end) if policy.serves_pages else ():
        observed = "" if _demands_certificate(end) else _instead_of_a_page(end)
        if observed:
            yield Wrong("a page", observed, end.title, path=urlsplit(end.url).path)


def _instead_of_a_page(end: HttpObservation) -> str:
    """What visitors see or get in place of a page; empty where it is one."""
    if end.status >= 400:
        return str(end.status)
    if 300 <= end.status < 400:
        return "" if end.header("location") else f"{end.status} to nowhere"
    if not end.body.strip() and not end.header("refresh"):
        return f"{end.status} and nothing"
    if (end.header("content-disposition") or "").strip().lower().startswith("attachment"):
        return "a download"
    kinds = read_media_types(end.header_values("content-type"))
    if not kinds and (end.header("x-content-type-options") or "").strip().lower() == "nosniff":
        return "text of no type, which browsers may not take for a page"
    return kinds[-1] if kinds and kinds[-1] not in _PAGES else ""


_PAGES = ("text/html", "application/xhtml+xml", "application/xml", "text/xml", "image/svg+xml")
"""What browsers show as a page (HTML, 7.5)."""


@HTTP.case("H29", "blocking", "a client certificate is demanded by the answers", needs=("home", "missing"))
def _certificate_by_answer(survey: HttpSurvey, _: HttpPolicy) -> Iterator[Wrong]:
    answers = list(answered(survey.home, survey.missing))
    if len(answers) == 2 and all(map(_demands_certificate, answers)):
        yield Wrong("answers without one", f"{answers[0].status} to every request", answers[0].title)


def _demands_certificate(answer: HttpObservation) -> bool:
    """Whether an answer says so: nginx's own statuses, or a refusal in words of a server."""
    return answer.status in (495, 496) or (
        answer.status in (400, 401, 403) and _CERTIFICATE.search(answer.body[:4000]) is not None
    )


_CERTIFICATE = re.compile(rb"(?:ssl|client|tls)[ -]certificate|post-handshake authentication", re.IGNORECASE)


@HTTP.case(
    "H30",
    "blocking",
    "own scripts name addresses of the site without encryption",
    needs=("home", "end", all_read),
)
def _plain_in_scripts(survey: HttpSurvey, _: HttpPolicy) -> Iterator[Wrong]:
    # What the page has browsers upgrade is H25.
    for named in () if upgrades(survey) else survey.in_scripts:
        yield Wrong("https or wss", masked_url(named.url), f"own scripts of {survey.title}")


ADDRESSES: Cases[Sequence[HttpSurvey], []] = Cases(tuple, host=lambda seen: seen[0].host if seen else "")
"""Asked of all addresses of a host together."""


def _each_page(surveys: Sequence[HttpSurvey]) -> Iterator[Unseen]:
    for survey in surveys if len(surveys) > 1 else ():
        if _page_shown(survey.end) is None:
            yield Unseen(f"the page at {survey.title} could not be seen", REACHABLE)


@ADDRESSES.case("H31", "blocking", "an address serves another page", needs=(_each_page,))
def _same_page(surveys: Sequence[HttpSurvey]) -> Iterator[Wrong]:
    shown = [(survey, _page_shown(survey.end)) for survey in surveys]
    seen = [(survey, page) for survey, page in shown if page is not None]
    for survey, page in seen[1:]:
        if page != seen[0][1]:
            first = f"{' '.join(seen[0][1])} as at {seen[0][0].title}"
            yield Wrong(first, " ".join(page), survey.title)


def _page_shown(end: Answer) -> tuple[str, str] | None:
    """Status and title; None where it is not known. Scripts may differ while a release rolls out."""
    if isinstance(end, ProbeError) or end.status in (429, 502, 503, 504):
        return None
    title = title_of(end.text()) if is_html(end.header_values("content-type")) else ""
    return str(end.status), masked_text(re.sub(r"\d+", "#", title), longest=80)
