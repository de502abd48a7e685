"""Addresses in what a frontend serves: those of elsewhere are found, those of libraries are not."""

import pytest

from golive.browser.messages import carries_a_message
from golive.browser.rules import expect_live_socket
from golive.configuration.observation import FrontendObservation, Served
from golive.configuration.rules_bundles import judge_bundles
from golive.rules.findings import expect_none
from selftests.examples.rules_examples import page

OWN = ("www.mini.test", "api.mini.test")
SCRIPT = "https://www.mini.test/assets/main-1a2b.js"


def judged(text: str, *, url: str = SCRIPT, known: tuple[str, ...] = ()) -> list[str]:
    frontend = FrontendObservation("https://www.mini.test", (Served(url, text),), ())
    return [str(one) for one in judge_bundles(frontend, OWN, known=known).found]


@pytest.mark.parametrize(
    "text",
    [
        'const api="http://localhost:3000"',
        "fetch('http://127.0.0.1:8080/api/me')",
        "x=`http://0.0.0.0:4000/graphql`",
        '{"socketUrl": "ws://localhost:3001"}',
        'baseURL:"http://localhost/api"',
        'u="http://10.0.0.12:3000/api"',
        'u="http://192.168.1.20/v1"',
        'new WebSocket("ws://api.mini.test/socket")',
        'u="http://api.mini.test/users"',
        'u="ws://realtime.partner.com/feed"',
        'u="https://api.example.com/v1"',
        'u="https://example.com/api/users"',
        'u="wss://example.org/feed"',
        'u="https://staging.mini.test"',
        'u="https://api-staging.mini.test/users"',
        'u="https://api.dev.mini.test"',
        'u="https://test2.mini.test/x"',
    ],
)
def test_address_of_somewhere_else_is_found(text: str) -> None:
    assert len(judged(text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        'u="https://api.mini.test/users";s="wss://api.mini.test/socket"',
        'xmlns="http://www.w3.org/2000/svg"',
        'throw Error("see https://reactjs.org/docs/error-decoder.html")',
        'link="https://dev.to/somebody"',
        'origin=window.location.href||"http://localhost"',
        'p=location.protocol==="https:"?"wss://":"ws://"',
        "if(/^localhost$/.test(location.hostname))debug()",
        'placeholder="https://example.com/my-page"',
        'mail="you@example.com"',
        "// start it at http://localhost:3000/api\nrun()",
        "/* const api = http://127.0.0.1:3000/api */",
        "u=`https://${host}/api`",
        'u="https://attest.mini.test/x"',
        'u="https://contest.mini.test/x"',
        'u="https://developer.partner.com/staging"',
        'license="http://www.apache.org/licenses/LICENSE-2.0"',
    ],
)
def test_address_that_libraries_carry_is_fine(text: str) -> None:
    assert judged(text) == []


def test_pages_and_documents_are_searched_and_maps_are_not() -> None:
    """A map has the sources as they were written, comments and tests among them."""
    text = '{"apiUrl": "http://localhost:3000"}'
    for url in ("https://www.mini.test/", "https://www.mini.test/config.json", f"{SCRIPT}?v=1"):
        assert len(judged(text, url=url)) == 1
    assert judged(text, url=f"{SCRIPT}.map") == []


def test_profile_may_say_that_an_address_is_right() -> None:
    assert judged('u="https://docs.dev.mini.test/help"', known=("https://docs.dev.mini.test/",)) == []


def test_nothing_served_meets_nothing() -> None:
    with pytest.raises(AssertionError, match="something to look at"):
        expect_none(judge_bundles(FrontendObservation("https://www.mini.test", (), ()), OWN))


SOCKET_IO = "wss://api.mini.test/socket.io/?EIO=4&transport=websocket"


@pytest.mark.parametrize(
    ("frame", "url", "is_one"),
    [
        ('42["session_event",{}]', SOCKET_IO, True),
        ('43/chat,1[{"ok":true}]', SOCKET_IO, True),
        (b"\x00\x01", SOCKET_IO, True),
        ('{"type":"UPDATE"}', "wss://api.mini.test/ws", True),
        ('0{"sid":"x","pingInterval":25000}', SOCKET_IO, False),
        ('40{"sid":"x"}', SOCKET_IO, False),
        ('44{"message":"unauthorized"}', SOCKET_IO, False),
        ("2", SOCKET_IO, False),
        ("3probe", SOCKET_IO, False),
        ("6", SOCKET_IO, False),
    ],
)
def test_what_keeps_a_connection_is_no_message(frame: str | bytes, url: str, is_one: bool) -> None:
    assert carries_a_message(frame, url) is is_one


def test_live_socket_has_brought_something_and_stands() -> None:
    expect_live_socket(page(websockets=1, frames_received=9, messages_received=4))
    expect_live_socket(page(websockets=2, frames_received=9, messages_received=1))


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (page(), "expected a WebSocket, observed none"),
        (page(websockets=25, frames_received=75), "25: it is refused or lost again and again"),
        (page(websockets=1, frames_received=3), "3 frames of the protocol alone"),
        (page(websockets=4, frames_received=90, messages_received=30), "3 WebSockets at most"),
    ],
)
def test_socket_that_only_looks_alive_is_none(seen: object, said: str) -> None:
    with pytest.raises(AssertionError, match=said):
        expect_live_socket(seen)  # type: ignore[arg-type]
