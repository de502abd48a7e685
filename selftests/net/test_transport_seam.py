"""What libraries raise is told apart by its type: the target's, the network's, or the suite's own."""

import asyncio
import ssl
from contextlib import AsyncExitStack

import h2.exceptions
import h11
import hpack
import hyperframe.exceptions
import pytest

from golive.core.outcome import Blind
from golive.net.errors import ConnectionLost, DeadlineExceeded, Fate, ProtocolError, TlsFailed
from golive.net.transport.seam import typed
from golive.realtime.probe_websocket import RawWebSocket
from selftests.examples.probe_loopback import Pki
from selftests.examples.transport_peers import OK, PLAIN, SECURE, Heard, answers, client, http1, http2, in_use

LIBRARIES = {
    (False, "sending"): "h11.Connection.send",
    (False, "receiving"): "h11.Connection.receive_data",
    (True, "sending"): "h2.connection.H2Connection.send_headers",
    (True, "receiving"): "golive.net.transport.http2_frames.FrameSplitter.split",
}
SECRET = "canary-3b1f0e"


@pytest.mark.parametrize(
    ("raised", "kind"),
    [
        (None, ConnectionLost),
        (ConnectionResetError(SECRET), ConnectionLost),
        (BrokenPipeError(), ConnectionLost),
        (EOFError(), ConnectionLost),
        (asyncio.IncompleteReadError(b"", 3), ConnectionLost),
        (h11.RemoteProtocolError(SECRET), ProtocolError),
        (h2.exceptions.ProtocolError(SECRET), ProtocolError),
        (h2.exceptions.InvalidBodyLengthError(1, 2), ProtocolError),
        (hpack.HPACKDecodingError(SECRET), ProtocolError),
        (hyperframe.exceptions.InvalidFrameError(SECRET), ProtocolError),
        (h11.LocalProtocolError(SECRET), ProtocolError),
        (ssl.SSLZeroReturnError(6, "TLS/SSL connection has been closed"), TlsFailed),
        (RuntimeError("semaphore released too many times"), Blind),
        (AssertionError(SECRET), Blind),
        (KeyError(SECRET), Blind),
        (AttributeError(SECRET), Blind),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_each_type_has_one_meaning_and_none_of_its_words_is_told(
    raised: Exception | None, kind: type
) -> None:
    if isinstance(raised, ssl.SSLError):
        raised.reason = ""
    found = typed(raised, target="app.test:443", phase="read")
    assert type(found) is kind
    assert SECRET not in str(found)
    assert "app.test:443" in str(found)


@pytest.mark.parametrize(
    "ours",
    [
        DeadlineExceeded("late", target="app.test:443", phase="read"),
        Blind("not seen", remedy="look again"),
        ConnectionLost("gone", target="app.test:443", phase="read", fate=Fate.UNPROCESSED),
    ],
)
def test_what_is_typed_already_stays_itself(ours: Exception) -> None:
    assert typed(ours, target="app.test:443", phase="read") is ours


@pytest.mark.parametrize("secure", [False, True], ids=["HTTP/1.1", "HTTP/2"])
@pytest.mark.parametrize("where", ["sending", "receiving"])
def test_a_library_that_fails_under_a_request_is_the_suites_own(
    monkeypatch: pytest.MonkeyPatch, trust: Pki, secure: bool, where: str
) -> None:
    """As httpcore's did under load; and nothing of it stays taken."""

    def fails(*_: object, **__: object) -> object:
        raise RuntimeError("semaphore released too many times")

    async def script(_c: int, _n: int, _r: object, writer: asyncio.StreamWriter) -> bool:
        writer.write(OK)
        return True

    async def run() -> None:
        handler = http2(answers, Heard()) if secure else http1(script, Heard())
        async with client(handler, trust if secure else None) as (probe, access):
            with monkeypatch.context() as patched:
                patched.setattr(LIBRARIES[secure, where], fails)
                with pytest.raises(Blind, match=r"own HTTP client failed \(RuntimeError\)"):
                    await probe.get(SECURE if secure else PLAIN)
            assert in_use(access) == 0
            assert (await probe.get(SECURE if secure else PLAIN)).status == 200

    asyncio.run(run())


def test_a_socket_whose_library_fails_is_the_suites_own() -> None:
    class Broken:
        async def send(self, _: object) -> None:
            raise RuntimeError("no such state")

    async def run() -> None:
        socket = RawWebSocket(Broken(), "listener at app.test:443", AsyncExitStack())  # type: ignore[arg-type]
        with pytest.raises(Blind, match=r"app\.test:443"):
            await socket.send("{}", deadline=1)

    asyncio.run(run())
