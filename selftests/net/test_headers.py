"""Headers by the grammars of their RFCs: the examples that stand there, wrong ones, and any bytes at all."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import http_sf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive.net.headers import (
    delta_seconds,
    elements,
    is_html,
    is_json,
    parameters,
    read_age,
    read_cache_control,
    read_cache_status,
    read_codings,
    read_date,
    read_hsts,
    read_link,
    read_location,
    read_media_types,
    read_policies,
    read_retry_after,
    read_vary,
)

YEAR = timedelta(seconds=31536000)
DATE = datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)
BASE = "https://api.test/a/b?c"

any_text = st.binary(max_size=200).map(lambda data: data.decode("latin-1")) | st.text(max_size=100)
grammar = st.text('abAB01=;, \t"\\<>/*?()-:%\xb2', max_size=60)
lines = st.lists(any_text | grammar, max_size=3)
tokens = st.from_regex(r"[a-z][a-z0-9.+-]{0,8}", fullmatch=True)
contents = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=12)


@pytest.mark.parametrize(
    ("value", "max_age", "subdomains"),
    [
        # RFC 6797, 6.2
        ("max-age=31536000", YEAR, False),
        ("max-age=15768000 ; includeSubDomains", YEAR / 2, True),
        ('max-age="31536000"', YEAR, False),
        ("max-age=0", timedelta(0), False),
        ("max-age=0; includeSubDomains", timedelta(0), True),
        # RFC 6797, 6.1
        ("includesubdomains;MAX-AGE=31536000", YEAR, True),
        ("; max-age = 31536000 ;;", YEAR, False),
        ("max-age=31536000; foo", YEAR, False),
        ('max-age=31536000; foo="; includeSubDomains"', YEAR, False),
        ("max-age=31536000; preload; includeSubDomains", YEAR, True),
    ],
)
def test_a_policy_of_strict_transport_is_read(value: str, max_age: timedelta, subdomains: bool) -> None:
    found = read_hsts([value])
    assert (found.max_age, found.subdomains, found.fault, found.lines) == (max_age, subdomains, "", 1)


@pytest.mark.parametrize(
    ("value", "because"),
    [
        ("", "no max-age"),
        ("includeSubDomains", "no max-age"),
        ("max-age", "no max-age"),
        ("max-age=", "no directive"),
        ('max-age=""', "no max-age"),
        ("max-age=-1", "no max-age"),
        ("max-age=1.5", "no max-age"),
        ("max-age=1d", "no max-age"),
        ("max-age='31536000'", "no max-age"),
        ("max-age=\xb2", "no directive"),
        ("max-age:31536000", "no directive"),
        ("max age=31536000", "no directive"),
        ("max-age=31536000 includeSubDomains", "no directive"),
        ("max-age=31536000, includeSubDomains", "no directive"),
        ('max-age="31536000', "no directive"),
        ("max-age=31536000; MAX-AGE=31536000", "max-age twice"),
        ("max-age=31536000; includeSubDomains; includeSubDomains", "includesubdomains twice"),
        ("max-age=31536000; foo; foo=1", "foo twice"),
        ("max-age=31536000; includeSubDomains=true", "with a value"),
        ("max-age=31536000; =1", "no directive"),
    ],
)
def test_a_policy_of_strict_transport_that_browsers_ignore_is_at_fault(value: str, because: str) -> None:
    assert because in read_hsts([value]).fault


def test_the_first_of_several_policies_of_strict_transport_counts() -> None:
    found = read_hsts(["max-age=0", "max-age=31536000"])
    assert (found.lines, found.max_age) == (2, timedelta(0))
    assert read_hsts([]).lines == 0


@pytest.mark.parametrize(
    ("value", "instant"),
    [
        ("Sun, 06 Nov 1994 08:49:37 GMT", DATE),
        ("Sunday, 06-Nov-94 08:49:37 GMT", DATE),
        ("Sun Nov  6 08:49:37 1994", DATE),
        ("Sun, 06 Nov 1994 08:49:37 -0000", DATE),
        ("Sun, 06 Nov 1994 09:49:37 +0100", DATE),
        (None, None),
        ("", None),
        ("0", None),
        ("-1", None),
        ("1994-11-06T08:49:37Z", None),
        ("Sun, 31 Feb 1994 08:49:37 GMT", None),
        ("Sun, 06 Nov 1994 08:49:37 +99999999999", None),
        ("Sun, 06 Nov 99999 08:49:37 GMT", None),
    ],
)
def test_a_date_is_read_in_all_three_forms(value: str | None, instant: datetime | None) -> None:
    assert read_date(value) == instant


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("120", timedelta(minutes=2)),
        (" 0 ", timedelta(0)),
        ("Sun, 06 Nov 1994 08:49:37 GMT", DATE),
        ("9" * 5000, timedelta(seconds=2**31)),
        ("-5", None),
        ("1.5", None),
        ("5 s", None),
        ("\u0663", None),
        ("soon", None),
        (None, None),
    ],
)
def test_when_to_come_again_is_seconds_or_a_date(
    value: str | None, wait: timedelta | datetime | None
) -> None:
    assert read_retry_after(value) == wait


@pytest.mark.parametrize(
    ("values", "age"),
    [
        (["24"], 24),
        (["0"], 0),
        (["24, 3"], 24),
        (["24", "3"], 24),
        (["x", "3"], None),
        (["\xb2"], None),
        (["+1"], None),
        ([""], None),
        ([], None),
    ],
)
def test_of_several_ages_the_first_counts(values: list[str], age: int | None) -> None:
    assert read_age(values) == (None if age is None else timedelta(seconds=age))


@pytest.mark.parametrize(
    ("values", "directives"),
    [
        # RFC 9111, 5.2: examples and ABNF
        (["max-age=5"], {"max-age": "5"}),
        (['no-cache="set-cookie, x"'], {"no-cache": "set-cookie, x"}),
        (['private, community="UCI"'], {"private": "", "community": "UCI"}),
        (["No-Store"], {"no-store": ""}),
        (['max-age="5"'], {"max-age": "5"}),
        (["public", "max-age=5"], {"public": "", "max-age": "5"}),
        (["max-age=5, max-age=9"], {"max-age": "5"}),
        ([", ,, public ,"], {"public": ""}),
        (['x="a\\"b, no-store"'], {"x": 'a"b, no-store'}),
        # Wrong ones: nothing that stands inside of something else becomes a directive.
        (['private="no-store, max-age=5'], {"private": "no-store, max-age=5"}),
        (['"no-store"'], {'"no-store"': ""}),
        (["no-store; max-age=5"], {"no-store; max-age": "5"}),
        (["no store"], {"no store": ""}),
        ([""], {}),
        ([], {}),
    ],
)
def test_directives_for_caches_are_read(values: list[str], directives: dict[str, str]) -> None:
    assert read_cache_control(values) == directives


@pytest.mark.parametrize(
    ("values", "types"),
    [
        # RFC 9110, 8.3.1
        (["text/html;charset=utf-8"], ("text/html",)),
        (["Text/HTML;Charset=\"utf-8\""], ("text/html",)),
        (['text/html; charset="a, text/plain"'], ("text/html",)),
        (["application/problem+json"], ("application/problem+json",)),
        (["text/html", "application/json"], ("text/html", "application/json")),
        (["text/html, text/html"], ("text/html", "text/html")),
        (["json"], ()),
        (["text/"], ()),
        (["/html"], ()),
        (["text html"], ()),
        (["; charset=utf-8"], ()),
        ([""], ()),
    ],
)  # fmt: skip
def test_media_types_are_read(values: list[str], types: tuple[str, ...]) -> None:
    assert read_media_types(values) == types


def test_a_page_and_json_are_told_by_the_whole_type() -> None:
    assert all(is_html([value]) for value in ("TEXT/html", "application/xhtml+xml; charset=x"))
    assert not any(is_html([value]) for value in ("text/nothtml", "application/json; as=html", "html"))
    assert all(is_json([value]) for value in ("application/json", "text/JSON", "image/a+json; q=1"))
    assert not any(is_json([value]) for value in ("application/jsonp", "text/html; as=json", "json"))


@pytest.mark.parametrize(
    ("values", "codings"),
    [
        (["gzip"], ("gzip",)),
        (["X-GZIP"], ("gzip",)),
        (["identity"], ()),
        (["deflate, gzip"], ("deflate", "gzip")),
        (["br", "gzip"], ("br", "gzip")),
        (["gzip; q=1"], ("gzip; q=1",)),
        (['"gzip"'], ('"gzip"',)),
        (["g zip"], ("g zip",)),
        ([], ()),
    ],
)
def test_codings_are_read_in_their_order(values: list[str], codings: tuple[str, ...]) -> None:
    assert read_codings(values) == codings


def test_what_an_answer_depends_on_is_a_set_of_whole_names() -> None:
    assert read_vary(["Accept-Encoding, ORIGIN", "cookie"]) == {"accept-encoding", "origin", "cookie"}
    assert read_vary(["*"]) == {"*"}
    assert "origin" not in read_vary(["X-Origin, Origin-Agent-Cluster", '"origin"', "origin accept"])


@pytest.mark.parametrize(
    ("values", "place"),
    [
        # RFC 9110, 10.2.2, and RFC 3986, 5.4
        (["https://b.test/x#y"], "https://b.test/x#y"),
        (["/People.html#tim"], "https://api.test/People.html#tim"),
        (["g?y"], "https://api.test/a/g?y"),
        (["?y"], "https://api.test/a/b?y"),
        (["//b.test/x"], "https://b.test/x"),
        (["HTTP://B.test/x"], "http://B.test/x"),
        ([" https://b.test/x "], "https://b.test/x"),
        (["https://b.test/x", "https://b.test/x"], None),
        ([""], None),
        ([], None),
        (["http://[::1/x"], None),
        (["http://b.test:port/x"], None),
        (["http://b.test:99999/x"], None),
    ],
)
def test_a_redirect_leads_to_one_place(values: list[str], place: str | None) -> None:
    assert read_location(values, BASE) == place


@pytest.mark.parametrize(
    ("values", "target"),
    [
        # GitHub's own, and RFC 8288, 3.5
        (['<https://api.test/x?page=2>; rel="next", <https://api.test/x?page=9>; rel="last"'],
         "https://api.test/x?page=2"),
        (['<https://api.test/x?page=1>; rel="prev first"', '</x?page=3>; rel="next last"'], "/x?page=3"),
        (["<a>; REL=NEXT"], "a"),
        (['<a,b;c>; title="x, <y>; rel=prev"; rel=next'], "a,b;c"),
        (['<a>; rel="start http://a.test/relation next"'], "a"),
        (['<a>; rel=prev; rel=next'], None),
        (['<a>; rel="nextpage"'], None),
        (['<a>; title="; rel=next"'], None),
        (["a; rel=next"], None),
        (["<a>"], None),
        ([], None),
    ],
)  # fmt: skip
def test_the_next_page_is_found_among_links(values: list[str], target: str | None) -> None:
    assert read_link(values, "next") == target


@pytest.mark.parametrize(
    ("values", "caches"),
    [
        # RFC 9211, 4
        (["ExampleCache; hit"], [{"hit": True}]),
        (["ExampleCache; hit; ttl=376"], [{"hit": True, "ttl": 376}]),
        (["ExampleCache; fwd=uri-miss; stored"], [{"fwd": "uri-miss", "stored": True}]),
        (["OriginCache; hit; ttl=1100, \"CDN Company Here\"; hit; ttl=545"],
         [{"hit": True, "ttl": 1100}, {"hit": True, "ttl": 545}]),
        (["Edge; hit=?0"], [{"hit": False}]),
        (["CDN Company; hit"], []),
        (['"open; hit'], []),
        (["Edge; HIT"], []),
        (["Edge; hit,"], []),
        ([], []),
    ],
)  # fmt: skip
def test_what_caches_say_they_did_is_read(values: list[str], caches: list[dict[str, object]]) -> None:
    read = [{name: said if isinstance(said, bool | int) else str(said) for name, said in one.items()}
            for one in read_cache_status(values)]  # fmt: skip
    assert read == caches


def test_all_policies_for_content_are_read_whether_in_one_line_or_in_several() -> None:
    apart = read_policies(["default-src 'self'; script-src A.test", "frame-ancestors 'none'"])
    joined = read_policies(["default-src 'self';script-src A.test ;, ; frame-ancestors 'none'"])
    assert apart == joined == [
        {"default-src": ["'self'"], "script-src": ["a.test"]},
        {"frame-ancestors": ["'none'"]},
    ]  # fmt: skip
    assert read_policies(["script-src a; SCRIPT-SRC b", ""]) == [{"script-src": ["a"]}]
    assert read_policies([]) == []


READERS: tuple[Callable[[list[str]], object], ...] = (
    elements, read_age, read_cache_control, read_cache_status, read_codings, read_hsts, read_media_types,
    read_policies, read_vary, is_html, is_json,
    lambda values: read_link(values, "next"),
    lambda values: read_location(values, BASE),
    lambda values: [(delta_seconds(one), read_date(one), read_retry_after(one)) for one in values],
    lambda values: [parameters(one) for one in values],
)  # fmt: skip


@given(lines)
def test_no_bytes_at_all_make_a_reader_raise(values: list[str]) -> None:
    for reader in READERS:
        reader(values)


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


@given(st.dictionaries(tokens, contents, max_size=5))
def test_what_is_written_as_directives_and_parameters_is_read_the_same(pairs: dict[str, str]) -> None:
    written = [f"{name}={quoted(value)}" for name, value in pairs.items()]
    assert read_cache_control([", ".join(written)]) == read_cache_control(written) == pairs
    assert parameters("; ".join(["value", *written])) == ("value", pairs)


@given(st.integers(0, 2**31), st.booleans(), st.sets(tokens.filter(lambda name: "-" not in name), max_size=3))
def test_a_policy_of_strict_transport_that_is_written_is_read_the_same(
    seconds: int, subdomains: bool, others: set[str]
) -> None:
    others -= {"includesubdomains", "preload"}
    parts = [f"max-age={seconds}", *(["includeSubDomains"] if subdomains else []), *sorted(others)]
    found = read_hsts(["; ".join(parts)])
    assert (found.max_age, found.subdomains, found.fault) == (timedelta(seconds=seconds), subdomains, "")
    assert set(found.unknown) == others


@given(st.lists(st.dictionaries(st.sampled_from(["hit", "stored", "ttl", "fwd-status"]),
                                st.booleans() | st.integers(-999, 999)), max_size=3))  # fmt: skip
def test_what_another_writes_of_caches_is_read_the_same(caches: list[dict[str, bool | int]]) -> None:
    written = http_sf.ser([(http_sf.Token("Edge"), dict(one)) for one in caches]) if caches else ""
    assert [dict(one) for one in read_cache_status([written])] == caches


@given(st.datetimes(datetime(1970, 1, 1), datetime(2068, 12, 31)))
def test_a_date_that_is_written_is_read_the_same(moment: datetime) -> None:
    instant = moment.replace(microsecond=0, tzinfo=UTC)
    for form in ("%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"):
        assert read_date(instant.strftime(form)) == instant
