"""Rules that rest on a header judge what caches and browsers make of it, and not how it looks."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from golive.api.rules_cookies import expect_cookie, expect_no_cookie
from golive.api.rules_health import expect_health_form
from golive.api.rules_inputs import expect_private
from golive.api.rules_origins import expect_origin_allowed
from golive.cdn.observation import ResponseSummary
from golive.http.observation import HttpSurvey
from golive.http.rules import HttpPolicy, judge_http
from golive.http.security_headers import weak_headers
from golive.net.http_observation import HttpObservation
from golive.net.masking import masked_cookie
from golive.rules.http import expect_hsts, expect_no_store, expect_redirect_to_https
from selftests.examples.rules_examples import ADDRESS, NOW, answer

YEAR = timedelta(days=365)
ORIGIN = "https://app.audotics.test"
CORS = (("access-control-allow-origin", ORIGIN), ("access-control-allow-credentials", "true"))
COOKIE = "sid=abcdefgh; Path=/; Max-Age=600; HttpOnly; Secure; SameSite=Lax"
UP = {"status": "ok", "dependencies": {"database": "up"}}


def with_headers(*headers: tuple[str, str], body: bytes = b"") -> HttpObservation:
    return answer(body, headers=headers)


def cached(value: str) -> HttpObservation:
    return with_headers(("cache-control", value))


def cookie(line: str) -> HttpObservation:
    return with_headers(("set-cookie", line))


def lax(line: str) -> Callable[[], object]:
    return lambda: expect_cookie(cookie(line), "sid", same_site=("lax",))


def hsts(value: str) -> Callable[[], object]:
    seen = with_headers(("strict-transport-security", value))
    return lambda: expect_hsts(seen, YEAR)


def varied(*lines: str) -> Callable[[], object]:
    seen = with_headers(*CORS, *(("vary", line) for line in lines))
    return lambda: expect_origin_allowed(seen, ORIGIN)


def redirected(to: str, url: str = "http://api.audotics.test/a") -> Callable[[], object]:
    seen = answer(status=301, headers=(("location", to),), url=url)
    return lambda: expect_redirect_to_https(seen)


def health(*types: str) -> Callable[[], object]:
    seen = answer(UP, headers=tuple(("content-type", value) for value in types))
    return lambda: expect_health_form(seen, ["database"])


@pytest.mark.parametrize(
    "meet",
    [
        hsts("max-age=31536000; foo"),
        hsts('max-age="31536000"; report-uri="https://a.test/;b"; includeSubDomains'),
        hsts("; MAX-AGE = 31536000 ;;"),
        lambda: expect_no_store(cached("private, no-store")),
        lambda: expect_no_store(cached('no-cache="set-cookie, x", NO-STORE')),
        lambda: expect_private(cached("private, max-age=60")),
        lambda: expect_private(cached('no-store, private="set-cookie"')),
        varied("Origin"),
        varied("Accept-Encoding, ORIGIN"),
        varied("Accept-Encoding", "origin"),
        varied("*"),
        lax(COOKIE),
        lax(COOKIE + "; Partitioned; Priority=High"),
        lax(COOKIE.replace("SameSite=Lax", "SameSite=Strict; samesite=lax")),
        lax(COOKIE + "; Domain="),
        lambda: expect_no_cookie(cookie("sid=x; Max-Age=0"), "sid"),
        lambda: expect_no_cookie(cookie("sid=x; Max-Age=-5; Expires=Sun, 06 Nov 2044 08:49:37 GMT"), "sid"),
        lambda: expect_no_cookie(cookie("sid=x; Expires=Thu, 01-Jan-70 00:00:01 GMT"), "sid"),
        lambda: expect_no_cookie(cookie("other=x"), "sid"),
        redirected("https://api.audotics.test/a"),
        redirected("HTTPS://API.audotics.test/a"),
        redirected("https://api.audotics.test:443/a"),
        health("application/json"),
        health('Application/Health+JSON ; charset="utf-8"'),
    ],
)  # fmt: skip
def test_a_sound_header_is_green_however_it_is_written(meet: Callable[[], object]) -> None:
    meet()


@pytest.mark.parametrize(
    ("fail", "because"),
    [
        (hsts("max-age=31536000 includeSubDomains"), "max-age in seconds"),
        (hsts("max-age=31536000; includeSubDomains=1"), "includesubdomains"),
        (hsts('max-age=31536000; foo="open'), "max-age in seconds|RFC 6797"),
        (hsts("max-age=31536000; foo; FOO"), "each directive once"),
        (hsts("max-age:31536000"), "max-age in seconds|RFC 6797"),
        (lambda: expect_no_store(cached('private="set-cookie, no-store, x"')), "no-store"),
        (lambda: expect_no_store(cached("x-no-store, nostore")), "no-store"),
        (lambda: expect_no_store(cached('"no-store"')), "no-store"),
        (lambda: expect_private(cached('private="set-cookie", max-age=600')), "private answer"),
        (lambda: expect_private(cached('x="private, no-store", max-age=600')), "private answer"),
        (lambda: expect_private(cached("private, PUBLIC")), "private answer"),
        (varied("X-Origin"), "Vary"),
        (varied("Origin-Agent-Cluster, Accept"), "Vary"),
        (varied('Accept, "origin"'), "Vary"),
        (lax(COOKIE + "; SameSite=None"), "SameSite"),
        (lax(COOKIE + "; SameSite=Laxish"), "SameSite"),
        (lax(COOKIE.replace("Max-Age=600", "Max-Age=soon")), "an end"),
        (lax(COOKIE.replace("Max-Age=600", 'Max-Age="600"')), "an end"),
        (lax(COOKIE.replace("Max-Age=600", "Expires=tomorrow")), "an end"),
        (lax(COOKIE + "; Path=account"), "a path"),
        (lax(COOKIE + "; Domain=.audotics.test"), "this host alone"),
        (lax(COOKIE.replace("abcdefgh", "abc\x01")), "cookie sid"),
        (lambda: expect_no_cookie(cookie('sid=x; Max-Age="0"'), "sid"), "handed out"),
        (lambda: expect_no_cookie(cookie("sid=x; Max-Age=0; Max-Age=600"), "sid"), "handed out"),
        (lambda: expect_no_cookie(cookie("sid=x; Expires=1970"), "sid"), "handed out"),
        (redirected("http://[::1/a"), "redirect"),
        (redirected("/a"), "redirect"),
        (redirected("//api.audotics.test/a"), "redirect"),
        (health("text/html", "application/json"), "type of the health answer"),
        (health("application/json, text/html"), "type of the health answer"),
        (health("json"), "type of the health answer"),
    ],
)  # fmt: skip
def test_a_header_that_only_looks_sound_is_red(fail: Callable[[], object], because: str) -> None:
    with pytest.raises(AssertionError, match=because):
        fail()


def summarise(*headers: tuple[str, str]) -> ResponseSummary:
    return ResponseSummary("GET https://cdn.test/a.js", 200, "HTTP/2", headers, 1, "x", None, False, False)


@pytest.mark.parametrize(
    ("headers", "shared", "own"),
    [
        ((("cache-control", "max-age=60, s-maxage=5"),), 5, 60),
        ((("cache-control", 'MAX-AGE="60"'),), 60, 60),
        ((("cache-control", "private, max-age=60"),), 0, 60),
        ((("cache-control", 'private="set-cookie", max-age=60'),), 60, 60),
        ((("cache-control", 'no-cache="set-cookie", max-age=60'),), 60, 60),
        ((("cache-control", 'x="no-store, private", max-age=60'),), 60, 60),
        ((("cache-control", "max-age=60"), ("cache-control", "max-age=5")), 60, 60),
        ((("cache-control", "max-age=\xb2"), ("expires", "Fri, 01 Jan 2100 00:00:00 GMT")), 0, 0),
        ((("cache-control", "max-age=-1"),), 0, 0),
        ((("cache-control", "max-age=" + "9" * 5000),), 2**31, 2**31),
        ((("expires", "0"),), 0, 0),
        ((("date", "Sun, 06 Nov 1994 08:49:37 GMT"), ("expires", "Sunday, 06-Nov-94 08:49:47 GMT")), 10, 10),
        ((("date", "Sun, 06 Nov 1994 08:49:37 GMT"), ("expires", "Sun Nov  6 08:49:47 1994")), 10, 10),
        ((("expires", "Mon, 01 Jan 2024 00:00:00 +99999999999"),), 0, 0),
    ],
)  # fmt: skip
def test_a_lifetime_is_what_caches_make_of_it(
    headers: tuple[tuple[str, str], ...], shared: int, own: int
) -> None:
    seen = summarise(*headers)
    assert seen.lifetime(shared=True) == timedelta(seconds=shared)
    assert seen.lifetime(shared=False) == timedelta(seconds=own)


@pytest.mark.parametrize(
    ("headers", "state"),
    [
        ((("cache-control", "no-cache"), ("age", "\xb2")), "unknown"),
        ((("age", "9" * 5000),), "hit"),
        ((("age", "0"),), "unknown"),
        ((("cache-status", 'ExampleCache; hit; ttl=30; detail="a;b, fwd=miss"'),), "hit"),
        ((("cache-status", "Edge;hit=?0;fwd=uri-miss;stored"),), "miss"),
        ((("cache-status", "Origin;fwd=miss, Edge;hit"),), "hit"),
        ((("cache-status", "Origin;fwd=miss"), ("cache-status", "Edge;hit")), "hit"),
        ((("cache-status", '"open; hit'),), "unknown"),
        ((("cache-status", 'Edge;detail="; hit"'),), "unknown"),
        ((("x-cache-hits", "\xb2, 1"),), "hit"),
        ((("x-cache-hits", "0, 0"),), "miss"),
        ((("server-timing", 'cdn-cache; desc="HIT"; dur=1, edge; dur=2'),), "hit"),
        ((("server-timing", "db;dur=5, cdn-cache;dur=1;desc=MISS"),), "miss"),
        ((("server-timing", 'db;desc="cdn-cache;desc=HIT"'),), "unknown"),
    ],
)  # fmt: skip
def test_what_a_cache_did_is_read_from_the_headers_own_grammar(
    headers: tuple[tuple[str, str], ...], state: str
) -> None:
    assert summarise(*headers).cache == state


SOUND = (
    ("content-type", "text/html; charset=utf-8"),
    ("strict-transport-security", "max-age=63072000; includeSubDomains"),
    ("content-security-policy", "default-src 'self'; frame-ancestors 'none'"),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    ("date", "Sun, 22 Nov 2026 12:00:00 GMT"),
)
HTTP_POLICY = HttpPolicy(NOW, YEAR)


def survey(*changed: tuple[str, str]) -> HttpSurvey:
    names = {name for name, _ in changed}
    kept = tuple(pair for pair in SOUND if pair[0] not in names)
    home = answer(b"<html>", headers=(*kept, *changed))
    missing = answer(status=404, headers=SOUND)
    return HttpSurvey("api.audotics.test", ADDRESS, home, missing, (), False, {}, {}, (), ())


def cases_met(seen: HttpSurvey) -> set[str]:
    return {finding.case for finding in judge_http(seen, HTTP_POLICY).findings}


def at_errors(*headers: tuple[str, str]) -> HttpSurvey:
    kept = tuple(pair for pair in SOUND if pair[0] != STS)
    return replace(survey(), missing=answer(status=404, headers=(*kept, *headers)))


def at_port_80(*headers: tuple[str, str]) -> HttpSurvey:
    to = (("location", "https://api.audotics.test/"), *headers)
    return replace(survey(), walks=((answer(status=301, headers=to, url="http://api.audotics.test/"),),))


def hops(*places: tuple[str, str]) -> HttpSurvey:
    walk = tuple(answer(status=301, headers=(("location", to),), url=url) for url, to in places)
    return replace(survey(), walks=(walk,))


STS = "strict-transport-security"
CSP = "content-security-policy"


@pytest.mark.parametrize(
    ("seen", "cases"),
    [
        (survey(), set()),
        (survey((STS, "max-age=63072000; includeSubDomains; foo")), set()),
        (survey((STS, 'max-age="63072000"; includesubdomains; preload;')), set()),
        (survey((STS, "max-age=63072000; includeSubDomain")), {"H04", "H05"}),
        (survey((STS, "max-age=63072000; include-sub-domains")), {"H04", "H05"}),
        (survey((STS, "maxage=63072000; includeSubDomains")), {"H04"}),
        (survey((STS, "max-age=63072000, includeSubDomains")), {"H04", "H05"}),
        (survey((STS, "max-age=63072000; max-age=1; includeSubDomains")), {"H04"}),
        (survey((STS, "max-age=0; includeSubDomains")), {"H03"}),
        (survey((STS, "max-age=60; includeSubDomains")), {"H02"}),
        (at_errors(), {"H07"}),
        (at_errors((STS, "includeSubDomains")), {"H07"}),
        (at_errors((STS, "max-age=one-year")), {"H07"}),
        (at_errors((STS, "max-age=-1")), {"H07"}),
        (at_errors((STS, "max-age=63072000; max-age=63072000")), {"H07"}),
        (at_errors((STS, "max-age"), (STS, "max-age=63072000")), {"H07"}),
        (at_errors((STS, 'MAX-AGE="63072000" ; preload; later="a;b"')), set()),
        (at_errors((STS, ";max-age=63072000;;")), set()),
        (at_errors((STS, "max-age=63072000"), (STS, "max-age=0")), set()),
        (at_errors((STS, "max-age=0")), {"H23"}),
        (at_errors((STS, "includeSubDomains; max-age=00")), {"H23"}),
        (at_errors((STS, "max-age=0"), (STS, "max-age=63072000")), {"H23"}),
        (at_errors((STS, "max-age=0; max-age=0")), {"H07"}),
        (at_port_80((STS, "max-age=0")), set()),
        (survey(("set-cookie", "a=b; Secure; HttpOnly; SameSite=Lax")), set()),
        (survey(("set-cookie", "a=b; Secure; HttpOnly; SameSite=Never")), {"H18"}),
        (survey(("set-cookie", "a=b; HttpOnly; SameSite=Lax, Secure")), {"H18"}),
        (survey(("date", "Sun, 22 Nov 2026 12:00:00 +99999999999")), set()),
        (survey(("date", "Sun, 22 Nov 2026 12:00:00 -0000")), set()),
        (survey(("date", "Sunday, 22-Nov-26 13:00:00 GMT")), {"H22"}),
        (survey((CSP, "default-src 'self'"), (CSP, "frame-ancestors 'none'")), set()),
        (survey((CSP, "default-src 'self', frame-ancestors 'none'")), set()),
        (survey((CSP, "script-src 'unsafe-inline'; frame-ancestors 'none'")), {"H20"}),
        (survey((CSP, "script-src 'unsafe-inline'"), (CSP, "script-src 'self'; frame-ancestors *")), set()),
        (survey((CSP, "frame-ancestors 'none'"), (CSP, "script-src 'unsafe-inline'")), {"H20"}),
        (hops(("http://api.audotics.test/a", "https://api.audotics.test/a")), set()),
        (hops(("http://api.audotics.test/a", "HTTPS://api.audotics.test:443/a")), set()),
        (hops(("http://a.test/a", "https://a.test/a"), ("https://a.test/a", "/b")), set()),
        (hops(("http://a.test/a", "https://a.test/a"), ("https://a.test/a", "HTTP://a.test/b")), {"H09"}),
        (hops(("http://a.test/a", "/a")), {"H09"}),
        (hops(("http://a.test/a", "//a.test/a")), {"H09"}),
    ],
)  # fmt: skip
def test_a_case_is_met_by_what_browsers_make_of_a_header(seen: HttpSurvey, cases: set[str]) -> None:
    assert cases_met(seen) == cases


@pytest.mark.parametrize("lines", [(), ("",), ("soon",), ("0",), ("Sun, 31 Feb 2026 12:00:00 GMT",)])
def test_a_clock_that_cannot_be_read_is_unknown_and_not_right(lines: tuple[str, ...]) -> None:
    home = answer(b"<html>", headers=(*SOUND[:-1], *(("date", line) for line in lines)))
    report = judge_http(replace(survey(), home=home), HTTP_POLICY)
    assert "H22" in {entry.case for entry in report.unknown}


def test_types_are_not_guessed_where_browsers_are_told_so() -> None:
    name, wanted = "x-content-type-options", "X-Content-Type-Options nosniff"
    for lines in (["nosniff"], ["NoSniff"], ["nosniff", "nosniff"], ["nosniff, none"]):
        assert wanted not in dict(weak_headers(with_headers(*((name, line) for line in lines))))
    for lines in ([], [""], ["sniff"], ["none, nosniff"], ["nosniff;"]):
        assert wanted in dict(weak_headers(with_headers(*((name, line) for line in lines))))


def test_a_private_answer_is_not_of_any_age() -> None:
    def aged(*ages: str) -> HttpObservation:
        return with_headers(("cache-control", "no-store"), *(("age", age) for age in ages))

    for fresh in (aged(), aged("0"), aged("0", "0"), aged("00")):
        expect_private(fresh)
    for old in (aged("3"), aged("x"), aged("3", "0")):
        with pytest.raises(AssertionError, match="from a cache"):
            expect_private(old)


def test_a_page_is_judged_as_one_however_its_type_is_written() -> None:
    for value in ("TEXT/HTML", "text/html;charset=utf-8", "application/xhtml+xml"):
        assert "Referrer-Policy" in dict(weak_headers(with_headers(("content-type", value))))
    for value in ("text/x-nothtml", "application/json; view=html", ""):
        assert "Referrer-Policy" not in dict(weak_headers(with_headers(("content-type", value))))


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("sid=secret1; Path=/; Secure", "sid=***; Path=/; Secure"),
        ("secret1", "***"),
        ("secret1; HttpOnly", "***; HttpOnly"),
        ("sid=a; token=secret1; Secure", "sid=***; ***; Secure"),
        ("sid=a; Path=/, session=secret1", "sid=***; Path=***"),
        ("sid=a; SameSite=lax; Max-Age=60; Domain=a.b", "sid=***; SameSite=lax; Max-Age=60; Domain=a.b"),
    ],
)  # fmt: skip
def test_nothing_of_a_cookie_is_shown_but_its_name_and_known_attributes(line: str, shown: str) -> None:
    assert masked_cookie(line) == shown
