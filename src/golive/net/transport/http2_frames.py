"""Frames of HTTP/2 as they come, GOAWAY apart.

h2 takes nothing more once it has read GOAWAY, though the server still answers the streams up to the one that
it names there (RFC 9113, 6.8); and it drops the frames before one that is wrong, when both came together.
"""

from collections.abc import Iterator
from dataclasses import dataclass

_HEADER = 9
_GOAWAY = 0x07
_LARGEST = 2**14
"""RFC 9113, 4.2: unless we allow more. h2 refuses such a frame by its header."""
_LEAST_GOAWAY = 8


@dataclass(frozen=True, slots=True)
class GoAway:
    """The server takes no new streams; those above ``last_stream`` it never looked at."""

    last_stream: int
    error: int


class FrameSplitter:
    """Bytes in, whole frames out: as they came, or a `GoAway`."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def split(self, data: bytes) -> Iterator[bytes | GoAway]:
        """Yield the frames that are complete now."""
        self._buffer += data
        while len(self._buffer) >= _HEADER:
            length, kind = int.from_bytes(self._buffer[:3], "big"), self._buffer[3]
            if length > _LARGEST:
                length = len(self._buffer) - _HEADER
            end = _HEADER + length
            if len(self._buffer) < end:
                return
            frame = bytes(self._buffer[:end])
            del self._buffer[:end]
            if kind == _GOAWAY and length >= _LEAST_GOAWAY:
                last = int.from_bytes(frame[_HEADER : _HEADER + 4], "big") & 0x7FFFFFFF
                yield GoAway(last, int.from_bytes(frame[_HEADER + 4 : _HEADER + 8], "big"))
            else:
                yield frame
