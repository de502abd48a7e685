"""Imports python-socketio without the optional packages that its server half does not need.

The package imports a browserless client, and drivers for message queues, when they are installed;
that takes more than a second of processor time, at every start of every replica. Each of them is
optional: for the import they are made to look absent, as on a machine that does not have them.
"""

from __future__ import annotations

import sys

_OPTIONAL = ("aiohttp", "requests", "websocket", "redis", "valkey", "kombu", "aio_pika", "kafka", "zmq",
             "tornado")  # fmt: skip

_hidden = {name: sys.modules.get(name) for name in _OPTIONAL}
for _name in _OPTIONAL:
    if _hidden[_name] is None:
        sys.modules[_name] = None  # type: ignore[assignment]
try:
    import socketio
    from engineio.packet import NOOP, Packet
    from socketio.async_pubsub_manager import AsyncPubSubManager
finally:
    for _name in _OPTIONAL:
        if _hidden[_name] is None:
            del sys.modules[_name]

__all__ = ["NOOP", "AsyncPubSubManager", "Packet", "socketio"]
