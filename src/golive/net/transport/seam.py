"""Where what libraries raise becomes a typed error, by its type."""

import ssl

import h2.exceptions
import h11
import hpack
import hyperframe.exceptions

from golive.core.outcome import Blind
from golive.net.errors import ConnectionLost, Fate, ProbeError, ProtocolError, TlsFailed
from golive.net.tls.messages import tls_message

BROKE = "the connection broke before the answer was complete"

_WRONG_ANSWER = (
    h11.RemoteProtocolError,
    h2.exceptions.ProtocolError,
    hpack.HPACKError,
    hyperframe.exceptions.HyperframeError,
)


def typed(error: BaseException | None, *, target: str, phase: str, fate: Fate = Fate.BROKEN) -> Exception:
    """Return the typed error for what a library raised, None being the end of the connection.

    Nothing that the target sent is in its words. What no protocol and no network explains is the suite's own.
    """
    if isinstance(error, ProbeError | Blind):
        return error
    if isinstance(error, ssl.SSLError):
        words, code = tls_message(error)
        # After the handshake nobody knows any more whether what was sent was done.
        return TlsFailed(
            words, target=target, phase=phase if phase in ("request", "read") else "tls", code=code
        )
    if error is None or isinstance(error, OSError | EOFError):
        return ConnectionLost(BROKE, target=target, phase=phase, fate=fate)
    if isinstance(error, h11.LocalProtocolError):
        return ProtocolError("the request is not valid HTTP", target=target, phase=phase)
    if isinstance(error, _WRONG_ANSWER):
        return ProtocolError("the answer is not valid HTTP", target=target, phase=phase)
    return Blind(
        f"the suite's own HTTP client failed ({type(error).__name__}): nothing is said about {target}",
        remedy="run it again, and report it to golive's maintainers if it comes again",
    )
