"""The guard, the address book, the control probe, and what may be shown."""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive.core.outcome import Blind, Effect
from golive.net.address import Address, named, split_endpoint
from golive.net.addresses import AddressBook
from golive.net.control import ControlProbe
from golive.net.errors import ConnectFailed, NameNotFound, Refused
from golive.net.guard import Guard
from golive.net.masking import masked_headers, masked_json, masked_text, masked_url
from golive.profile.allow import Allow, AllowedHost
from golive.profile.profile import Control, Network
from rehearsal.lab.serving import serving, silent
from selftests.examples.probe_loopback import CANARY

API = "https://api.audotics.test"


def guard(*effects: Effect, posts: frozenset[str] = frozenset()) -> Guard:
    hosts = {
        "api.audotics.test": AllowedHost(methods=("GET", "POST", "DELETE")),
        "audotics.test": AllowedHost(),
        "127.0.0.1:4001": AllowedHost(),
    }
    return Guard(Allow(effects=effects or (Effect.READ,), hosts=hosts), read_posts=posts)


@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("GET", f"{API}/health"),
        ("get", "https://AUDOTICS.test/"),
        ("GET", "wss://api.audotics.test/socket.io/"),
        ("GET", "http://127.0.0.1:4001/"),
        ("POST", f"{API}/auth/login"),
        ("POST", f"{API}/auth/login/?x=1"),
        ("POST", f"{API}/songs/7/similar"),
    ],
)
def test_what_is_allowed_passes(method: str, url: str) -> None:
    guard(posts=frozenset({"/auth/login", "/songs/*/similar"})).permit(method, url)


@pytest.mark.parametrize(
    ("method", "url", "remedy"),
    [
        ("GET", "https://evil.test/", r'allow\.hosts\."evil\.test"'),
        ("GET", "https://api.audotics.test.evil.test/", "allow.hosts"),
        ("GET", "https://api.audotics.test@evil.test/", "allow.hosts"),
        ("GET", "http://127.0.0.1:4002/", "allow.hosts"),
        ("PUT", f"{API}/x", r'add "PUT" to allow\.hosts\."api\.audotics\.test"\.methods'),
        ("POST", "https://audotics.test/auth/login", "methods"),
        ("POST", f"{API}/api/sessions", "declare effect 'write'"),
        ("DELETE", f"{API}/auth/login", "declare effect 'write'"),
        ("POST", f"{API}/songs/../similar", "declare effect 'write'"),
        ("POST", f"{API}/songs/%2e%2e/similar", "declare effect 'write'"),
        ("GET", "file:///etc/passwd", "only http"),
        ("GET", "not a url", "only http"),
    ],
)
def test_what_is_not_allowed_is_refused_with_a_remedy(method: str, url: str, remedy: str) -> None:
    with pytest.raises(Refused, match=remedy):
        guard(posts=frozenset({"/auth/login", "/songs/*/similar"})).permit(method, url)


@pytest.mark.parametrize(
    ("host", "port", "allowed"),
    [
        ("audotics.test", 443, True),
        ("audotics.test", 80, True),
        ("AUDOTICS.test", 8443, True),
        ("audotics.test", 9443, False),
        ("api.audotics.test", 8443, False),
        ("127.0.0.1", 4001, True),
        ("127.0.0.1", 443, False),
        ("::1", 53, True),
        ("::1", 443, False),
        ("2001:db8::1", 443, True),
        ("2001:db8::1", 8443, False),
    ],
)
def test_a_host_without_a_port_has_the_webs_and_those_that_the_profile_names(
    host: str, port: int, allowed: bool
) -> None:
    names = ("audotics.test", "api.audotics.test", "127.0.0.1:4001", "[::1]:53", "2001:db8::1")
    asked = Guard(
        Allow(hosts=dict.fromkeys(names, AllowedHost())), ports={"audotics.test": {8443}}, ours=[("db", 5432)]
    )
    assert asked.knows(host, port) is allowed
    shown = f"[{host}]" if ":" in host else host
    if allowed:
        asked.permit("GET", f"https://{shown}:{port}/")
        assert (host.lower(), port) in asked.endpoints()
    else:
        with pytest.raises(Refused, match="not allowed"):
            asked.permit("GET", f"wss://{shown}:{port}/")
        with pytest.raises(Refused, match="not allowed"):
            asked.permit_connection(host, port)


def test_what_is_ours_may_be_connected_to_and_gets_no_request() -> None:
    asked = Guard(Allow(hosts={}), ours=[("ns1.audotics.test", 53)])
    asked.permit_connection("NS1.audotics.test", 53)
    with pytest.raises(Refused, match=r"a connection to ns1\.audotics\.test refused"):
        asked.permit_connection("ns1.audotics.test", 443)
    with pytest.raises(Refused):
        asked.permit("GET", "http://ns1.audotics.test:53/")
    assert asked.endpoints() == ()


def test_a_port_that_is_none_is_refused() -> None:
    with pytest.raises(Refused, match="its port is none"):
        guard().permit("GET", "https://audotics.test:99999/")


def test_another_port_is_refused_with_the_key_that_would_allow_it() -> None:
    with pytest.raises(
        Refused, match=r'on port 8443 refused: the port .* \[allow\.hosts\."audotics\.test:8443"\]'
    ):
        guard().permit("GET", "https://audotics.test:8443/")


@pytest.mark.usefixtures("writing")
def test_a_writing_check_may_write_only_where_writing_is_allowed() -> None:
    guard(Effect.READ, Effect.WRITE).permit("DELETE", f"{API}/api/sessions/1")
    with pytest.raises(Refused, match=r'add "write" to allow\.effects'):
        guard().permit("GET", f"{API}/health")


def test_a_refusal_shows_no_secret() -> None:
    with pytest.raises(Refused) as refusal:
        guard().permit("GET", f"https://user:{CANARY}@evil.test/?token={CANARY}#{CANARY}")
    assert CANARY not in str(refusal.value)


def test_overrides_come_first_and_all_addresses_are_returned() -> None:
    book = AddressBook(Network(addresses={"api.audotics.test:443": ("127.0.0.1:4001", "[::1]:4002")}))
    found = asyncio.run(book.resolve("API.audotics.test", 443))
    assert found == (Address("127.0.0.1", 4001), Address("::1", 4002))
    assert named("api.audotics.test", 443, found[1]) == "api.audotics.test:443 [[::1]:4002]"
    assert asyncio.run(book.resolve("192.0.2.1", 80)) == (Address("192.0.2.1", 80),)


def test_a_name_without_address_is_not_found() -> None:
    book = AddressBook(Network(connect_deadline=timedelta(seconds=2)))
    with pytest.raises((NameNotFound, Blind)):
        asyncio.run(book.resolve("nowhere.invalid", 443))


def test_a_dead_resolver_is_blind_or_late_never_a_missing_name() -> None:
    from golive.net.errors import DeadlineExceeded

    book = AddressBook(Network(resolver="127.0.0.1:1", connect_deadline=timedelta(seconds=0.3)))
    with pytest.raises((Blind, DeadlineExceeded)):
        asyncio.run(book.resolve("audotics.test", 443))


def test_endpoints_split() -> None:
    assert split_endpoint("[::1]:53") == ("::1", 53)
    assert split_endpoint("NS1.audotics.test:53") == ("ns1.audotics.test", 53)


def test_the_control_tells_a_dead_target_from_a_dead_network() -> None:
    error = ConnectFailed("connection refused", target="api.audotics.test:443", phase="connect")

    async def attempt(targets: tuple[str, ...], extra: bool) -> object:
        async with serving(silent) as port:
            chosen = (*targets, "control.audotics.test:443") if extra else targets
            book = AddressBook(Network(addresses={"control.audotics.test:443": (f"127.0.0.1:{port}",)}))
            return await ControlProbe(Control(targets=chosen), book, deadline=0.3).classify(error)

    assert asyncio.run(attempt(("127.0.0.1:1",), True)) is error
    blind = asyncio.run(attempt(("127.0.0.1:1",), False))
    assert isinstance(blind, Blind)
    assert "control.targets" in blind.remedy


JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"


def test_texts_hide_what_looks_like_a_token() -> None:
    assert JWT not in masked_text(f"invalid token {JWT}")
    assert "abc123" not in masked_text("Authorization: Bearer abc123")
    assert "hunter2" not in masked_text("postgres://audotics:hunter2@db/x")
    assert masked_text("a\nb\x1b[31m") == "a b [31m"
    assert len(masked_text("word " * 100)) == 200


def test_urls_keep_keys_and_hide_values() -> None:
    shown = masked_url(
        f"https://u:{CANARY}@audotics.test:8443/p?code={CANARY}&limit=20&access_token={CANARY}#{CANARY}"
    )
    assert shown == "https://audotics.test:8443/p?code=***&limit=20&access_token=***"


def test_bodies_become_shapes() -> None:
    body = {
        "accessToken": JWT,
        "status": "ok",
        "database": "up",
        "items": [{"id": 7, "score": 0.5}],
        "commit": "x y",
    }
    assert masked_json(body) == {  # type: ignore[arg-type]
        "accessToken": "string",
        "status": "ok",
        "database": "up",
        "items": {"count": 1, "each": {"id": "number", "score": "number"}},
        "commit": "***",
    }


@given(
    st.dictionaries(
        st.sampled_from(["authorization", "cookie", "x-api-key", "set-cookie", "x-user"]), st.just(CANARY)
    )
)
def test_headers_outside_the_allowlist_are_hidden(headers: dict[str, str]) -> None:
    assert CANARY not in repr(
        masked_headers((name, f"sid={value}; Path=/") for name, value in headers.items())
    )


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.just(f"{CANARY}") | st.just(f"x {CANARY} y"),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["a", "token", "password", "data", "sub"]), inner)
    ),
)


@given(json_values)
def test_no_value_of_a_body_shows(value: object) -> None:
    assert CANARY not in repr(masked_json(value))  # type: ignore[arg-type]


LIST = "http://c.lencr.org/46.crl"


def test_the_list_of_a_certificate_is_read_where_one_key_lets_it() -> None:
    asked = Guard(Allow(hosts={}, revocation=True))
    with pytest.raises(Refused, match="the host is not allowed"):
        asked.permit("GET", LIST)
    asked.admit_revocation(LIST)
    asked.permit("GET", LIST)
    for method, url in (
        ("POST", LIST),
        ("GET", "https://c.lencr.org/46.crl"),
        ("GET", "http://other.lencr.org/"),
    ):
        with pytest.raises(Refused):
            asked.permit(method, url)


@pytest.mark.parametrize(
    "url", [LIST, "ldap://directory.test/cn=list", "http://c.lencr.org:none/x", "file:///x"]
)
def test_nothing_is_let_in_without_the_key_or_by_another_scheme(url: str) -> None:
    asked = Guard(Allow(hosts={}, revocation=url != LIST))
    asked.admit_revocation(url)
    with pytest.raises(Refused):
        asked.permit("GET", url)


def test_a_host_that_the_profile_names_keeps_its_own_methods() -> None:
    asked = Guard(Allow(hosts={"c.lencr.org": AllowedHost(methods=("HEAD",))}, revocation=True))
    asked.admit_revocation(LIST)
    with pytest.raises(Refused, match="method"):
        asked.permit("GET", LIST)
