"""One lab host for each protocol case that a server can be made to have by hand."""

from __future__ import annotations

from rehearsal.lab.hello_server import CBC, MODERN, SSL3, TLS10, TLS11, TLS12, TLS13, HelloServer
from rehearsal.lab.serving import Handler, saying

BOTH = frozenset({TLS12, TLS13})

HEALTHY = HelloServer()

HOSTS: dict[str, Handler] = {
    "P01": HelloServer(versions=BOTH | {TLS10}),
    "P02": HelloServer(versions=BOTH | {TLS11}),
    "P03": HelloServer(versions=frozenset({TLS12})),
    "P04": HelloServer(versions=BOTH | {SSL3}),
    "P05": HelloServer(versions=frozenset({TLS12}), ciphers=frozenset({0xC013, 0xC014})),
    "P06": HelloServer(ciphers=MODERN | {0x003B}),
    "P07": HelloServer(ciphers=MODERN | {0x00A6}),
    "P08": HelloServer(ciphers=MODERN | {0x0005}),
    "P09": HelloServer(ciphers=MODERN | {0x000A}),
    "P10": HelloServer(versions=frozenset({TLS12}), ciphers=frozenset({0x009C, 0x002F})),
    "P11": HelloServer(ciphers=MODERN | {0x009C}),
    "P12": HelloServer(ciphers=MODERN | {0x009E}, dh_bits=1024),
    "P13": HelloServer(groups=frozenset({29, 23, 21, 0x11EC})),
    "P14": HelloServer(ciphers=MODERN | CBC, compresses=True),
    "P16": HelloServer(confirms=frozenset({23})),
    "P17": HelloServer(confirms=frozenset({0xFF01})),
    "P20": HelloServer(asks_certificate=True),
    "P21": saying(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"),
    "P23": HelloServer(groups=frozenset({29, 23})),
}
