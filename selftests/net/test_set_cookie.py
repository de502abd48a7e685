"""Set-Cookie by the algorithm of RFC 6265bis, 5.6: each step, dates, and any bytes at all."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive.net.masking import masked_cookie
from golive.net.set_cookie import read_cookie_date, read_set_cookie

THEN = datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "name", "value", "attributes"),
    [
        # RFC 6265bis, 3.1
        ("SID=31d4d96e407aad42; Path=/; Domain=site.example", "SID", "31d4d96e407aad42",
         {"path": "/", "domain": "site.example"}),
        ("SID=31d4; Path=/; Secure; HttpOnly", "SID", "31d4", {"path": "/", "secure": "", "httponly": ""}),
        ("lang=; Expires=Sun, 06 Nov 1994 08:49:37 GMT", "lang", "",
         {"expires": "Sun, 06 Nov 1994 08:49:37 GMT"}),
        ("__Host-SID=1; SameSite=Strict; Secure; Path=/", "__Host-SID", "1",
         {"samesite": "Strict", "secure": "", "path": "/"}),
        # 5.6, steps 2 to 4
        (" a \t= b c ;secure", "a", "b c", {"secure": ""}),
        ('a="b;c"', "a", '"b', {}),
        ("a=b=c", "a", "b=c", {}),
        ("nameless", "", "nameless", {}),
        ("=value", "", "value", {}),
        ("a=b;;;  ; HttpOnly=x", "a", "b", {"httponly": ""}),
        ("a=\tb\t", "a", "b", {}),
        # of the attributes, steps 6 and 7
        ("a=b; Unknown=1; secure2; Priority=High", "a", "b", {}),
        ("a=b; Path=/" + "x" * 1023, "a", "b", {"path": "/" + "x" * 1023}),
        ("a=b; Path=/" + "x" * 1024, "a", "b", {}),
        ("a=b; Max-Age=60; Max-Age=0", "a", "b", {"max-age": "0"}),
        ("a=b; Max-Age=-1", "a", "b", {"max-age": "-1"}),
        ("a=b; Max-Age=6 0; Max-Age=; Max-Age=+5; Max-Age=\"5\"; Max-Age=\u0663", "a", "b", {}),
        ("a=b; Expires=tomorrow; Expires=0", "a", "b", {}),
        ("a=b; Domain=.Site.Example", "a", "b", {"domain": "site.example"}),
        ("a=b; Domain=site.example; Domain=", "a", "b", {"domain": ""}),
        ("a=b; Path=/a; Path=b", "a", "b", {"path": ""}),
        ("a=b; SAMESITE=lax; samesite=NONE", "a", "b", {"samesite": "NONE"}),
        ("a=b; SameSite=Lax; SameSite=Other", "a", "b", {"samesite": ""}),
        ("a=b; Secure=false; Partitioned", "a", "b", {"secure": "", "partitioned": ""}),
        ("a=b, c=d; Secure", "a", "b, c=d", {"secure": ""}),
    ],
)  # fmt: skip
def test_a_cookie_is_what_browsers_make_of_it(
    line: str, name: str, value: str, attributes: dict[str, str]
) -> None:
    cookie = read_set_cookie(line)
    assert cookie is not None
    assert (cookie.name, cookie.value.reveal()) == (name, value)
    assert {key: cookie.attribute(key) for key, _ in cookie.attributes} == attributes


@pytest.mark.parametrize(
    "line",
    ["a=b\x00", "a=b\r\nSet-Cookie: c=d", "a=b; Path=/\x7f", "", "=", ";", " ; Secure", " = ;HttpOnly",
     "a=" + "b" * 4096, "é" * 2049],
)  # fmt: skip
def test_a_cookie_that_browsers_ignore_is_none(line: str) -> None:
    assert read_set_cookie(line) is None
    assert masked_cookie(line) == "***"


def test_the_longest_cookie_is_kept() -> None:
    assert read_set_cookie("a=" + "b" * 4095) is not None


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("Sun, 06 Nov 1994 08:49:37 GMT", THEN),
        ("Sunday, 06-Nov-94 08:49:37 GMT", THEN),
        ("Sun Nov  6 08:49:37 1994", THEN),
        ("6 november 94 8:49:37", THEN),
        ("08:49:37 1994 06 Nov", THEN),
        ("Thu, 01-Jan-70 00:00:00 GMT", datetime(1970, 1, 1, tzinfo=UTC)),
        ("Fri, 01-Jan-69 00:00:00 GMT", datetime(2069, 1, 1, tzinfo=UTC)),
        ("Mon, 31 Dec 9999 23:59:59 GMT", datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("Thu, 31 Feb 2030 00:00:00 GMT", None),
        ("Thu, 01 Jan 1600 00:00:00 GMT", None),
        ("Thu, 01 Jan 2030 24:00:00 GMT", None),
        ("Thu, 01 Jan 2030", None),
        ("Thu, 01 Jan 2030 00:00 GMT", None),
        ("2030-01-01T00:00:00Z", None),
        ("1893456000", None),
        ("", None),
    ],
)
def test_a_cookies_date_is_read_as_browsers_do(text: str, instant: datetime | None) -> None:
    assert read_cookie_date(text) == instant


def test_the_first_second_that_a_cookie_may_name_is_of_1601() -> None:
    assert read_cookie_date("Mon, 01 Jan 1601 00:00:00 GMT") == datetime(1601, 1, 1, tzinfo=UTC)


@given(st.binary(max_size=300).map(lambda data: data.decode("latin-1")) | st.text(max_size=100)
       | st.text("aA=;, \t-0159:/\"", max_size=60))  # fmt: skip
def test_no_bytes_at_all_make_it_raise(line: str) -> None:
    read_set_cookie(line)
    read_cookie_date(line)
    masked_cookie(line)


plain = st.from_regex(r"[A-Za-z0-9!#$%&'*+.^_`|~/-]{1,20}", fullmatch=True)


@given(
    plain,
    plain,
    st.integers(-9, 10**9),
    st.sampled_from(["None", "Lax", "Strict"]),
    st.permutations(range(4)),
)
def test_a_cookie_that_is_written_is_read_the_same(
    name: str, value: str, age: int, site: str, order: list[int]
) -> None:
    parts = [f"Max-Age={age}", f"SameSite={site}", "Secure", "Path=/x"]
    cookie = read_set_cookie("; ".join([f"{name}={value}", *(parts[index] for index in order)]))
    assert cookie is not None
    assert (cookie.name, cookie.value.reveal()) == (name, value)
    assert (cookie.attribute("Max-Age"), cookie.attribute("SameSite")) == (str(age), site)
    assert cookie.has("secure")
    assert cookie.attribute("path") == "/x"
    assert not cookie.has("httponly")


LEAKS = (
    "{}", "{}; Secure", "={}", "a={}", "a=b; {}", "a=b; x={}", "a=b; SameSite={}", "a=b; Secure={}",
    "a=b, c={}", "a=b; Max-Age={}x", "a=b; Path=/, c={}",
)  # fmt: skip


@given(st.from_regex(r"[A-Za-z0-9]{9,30}", fullmatch=True), st.sampled_from(LEAKS))
def test_no_value_is_shown_wherever_it_stands(secret: str, line: str) -> None:
    assert secret not in masked_cookie(line.format(secret))
