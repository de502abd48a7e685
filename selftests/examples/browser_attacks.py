"""Pages that try to get out of a reading check: by another method, to another port, to another host."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from selftests.examples.listeners import Page

ICON = "<!doctype html><link rel=icon href=data:,>"


@dataclass(frozen=True)
class Places:
    """Where the pages' app and its partner are, and a port that nobody allowed."""

    app: str
    partner: str
    elsewhere: int

    @property
    def other(self) -> str:
        """Another port of the app's host."""
        return f"http://127.0.0.1:{self.elsewhere}"


def page(script: str, body: str = "", **rest: object) -> Page:
    """A page with a script at its end."""
    return Page(f"{ICON}{body}<script>{script}</script>", **rest)  # type: ignore[arg-type]


def _deletes(at: Places) -> str:
    """Runs in pages and in workers alike."""
    return (
        f"fetch('{at.app}/gone', {{method: 'DELETE', mode: 'cors'}}).catch(() => 0);"
        f"fetch('{at.app}/sent', {{method: 'POST', mode: 'no-cors'}}).catch(() => 0);"
        f"fetch('{at.other}/read', {{mode: 'no-cors'}}).catch(() => 0);"
        f"new WebSocket('ws://127.0.0.1:{at.elsewhere}/socket');"
    )


def parts(at: Places) -> dict[str, Page]:
    """What the attacks load from the app or its partner."""
    return {
        "/child": page(_deletes(at)),
        "/opens-child": page("window.open('/child')"),
        "/worker.js": Page(_deletes(at), type="text/javascript"),
        "/nest.js": Page("new Worker('/worker.js')", type="text/javascript"),
        "/importing.js": Page(f"importScripts('{at.other}/imported.js')", type="text/javascript"),
        "/to-other-port": Page("", headers=(f"Location: {at.other}/to",), status="302 Found"),
        "/to-other-port-kept": Page("", headers=(f"Location: {at.other}/to",), status="308 Permanent"),
        "/to-stranger": Page("", headers=("Location: https://stranger.test/to",), status="307 Temporary"),
    }


REQUESTS: dict[str, Callable[[Places], Page]] = {
    "fetch": lambda _: page("fetch('/x', {method: 'DELETE'})"),
    "fetch that outlives its page": lambda _: page(
        "fetch('/x', {method: 'POST', keepalive: true, body: 'x'}); location = 'about:blank'"
    ),
    "beacon": lambda _: page("navigator.sendBeacon('/x', 'x')"),
    "beacon of a page that is left": lambda _: page(
        "addEventListener('pagehide', () => navigator.sendBeacon('/x', 'x')); location = 'about:blank'"
    ),
    "XMLHttpRequest that blocks": lambda _: page(
        "const x = new XMLHttpRequest(); x.open('PUT', '/x', false); try { x.send() } catch {}"
    ),
    "pop-up": lambda _: page("window.open('/child')"),
    "pop-up without opener": lambda _: page("window.open('/child', '', 'noopener')"),
    "pop-up of another site": lambda at: page(f"window.open('{at.partner}/child')"),
    "pop-up of a pop-up": lambda _: page("window.open('/opens-child')"),
    "pop-up that is written into": lambda at: page(
        f"const w = window.open(''); w.document.write(`<script>{_deletes(at)}<\\/script>`)"
    ),
    "pop-up's script run by its opener": lambda _: page(
        "const w = window.open('about:blank'); w.fetch(location.origin + '/x', {method: 'DELETE'})"
    ),
    "form into a new page": lambda _: page(
        "document.forms[0].submit()", "<form method=post target=_blank action=/x><input name=a></form>"
    ),
    "form to another port": lambda at: page(
        "document.forms[0].submit()", f"<form action={at.other}/x><input name=a></form>"
    ),
    "frame": lambda _: page("", "<iframe src=/child></iframe>"),
    "frame of another site": lambda at: page("", f"<iframe src={at.partner}/child></iframe>"),
    "frame that is written here": lambda at: page(
        "", f'<iframe srcdoc="<script>{_deletes(at)}</script>"></iframe>'
    ),
    "frame in a sandbox that opens a page": lambda at: page(
        "", f"<iframe sandbox='allow-scripts allow-popups' src={at.partner}/opens-child></iframe>"
    ),
    "worker": lambda _: page("new Worker('/worker.js')"),
    "worker of a blob": lambda at: page(
        f"new Worker(URL.createObjectURL(new Blob([`{_deletes(at)}`], {{type: 'text/javascript'}})))"
    ),
    "worker of a worker": lambda _: page("new Worker('/nest.js')"),
    "worker that imports": lambda _: page("new Worker('/importing.js')"),
    "shared worker": lambda _: page("new SharedWorker('/worker.js')"),
    "service worker": lambda _: page("navigator.serviceWorker.register('/worker.js')"),
    "event source": lambda at: page(f"new EventSource('{at.other}/x')"),
    "redirect to another port": lambda _: page("fetch('/to-other-port', {mode: 'no-cors'})"),
    "redirect that keeps the method": lambda _: page("fetch('/to-other-port-kept', {mode: 'no-cors'})"),
    "redirect of a navigation": lambda _: page("location = '/to-other-port'"),
    "redirect to another host": lambda _: page("location = '/to-stranger'"),
    "refresh": lambda at: page("", f"<meta http-equiv=refresh content='0; url={at.other}/x'>"),
    "URL of a script": lambda _: page("location = `javascript:fetch('/x', {method: 'DELETE'}); void 0`"),
    "download": lambda at: page("document.links[0].click()", f"<a download href={at.other}/x>x</a>"),
    "images and styles": lambda at: page(
        "", f"<img src={at.other}/x><link rel=stylesheet href={at.other}/y><video src={at.other}/z></video>"
    ),
    "prefetch": lambda at: page(
        "", "".join(f"<link rel={kind} as=script href={at.other}/{kind}>"
                    for kind in ("prefetch", "preload", "modulepreload"))
    ),
    "report of a broken policy": lambda at: Page(
        f"{ICON}<img src=https://x.test/>",
        headers=(f"Content-Security-Policy: img-src 'none'; report-uri /x {at.other}/x",),
    ),
}  # fmt: skip
"""Name to page. The guard hears of a request of each, and refuses it."""

CONNECTIONS: dict[str, Callable[[Places], Page]] = {
    "WebSocket to another port": lambda at: page(f"new WebSocket('ws://127.0.0.1:{at.elsewhere}/')"),
    "WebSocket over TLS": lambda at: page(f"new WebSocket('wss://127.0.0.1:{at.elsewhere}/')"),
    "WebSocket to another port of a name": lambda at: page(
        f"new WebSocket('ws://localhost:{at.elsewhere}/')"
    ),
    "WebSocket by other spellings": lambda at: page(
        "".join(
            f"new WebSocket('ws://{host}:{at.elsewhere}/');" for host in ("2130706433", "127.1", "0x7f.1")
        )
    ),
    "WebSocket of a worker": lambda at: page(
        f"new Worker(URL.createObjectURL(new Blob([`new WebSocket('ws://127.0.0.1:{at.elsewhere}/')`])))"
    ),
    "stream of a WebSocket": lambda at: page(f"new WebSocketStream('ws://127.0.0.1:{at.elsewhere}/')"),
    "speculation": lambda at: page(
        "",
        "<script type=speculationrules>"
        + json.dumps({"prefetch": [{"source": "list", "urls": [f"{at.other}/x"], "eagerness": "immediate"}]})
        + "</script>",
    ),
    "WebTransport": lambda at: page(f"new WebTransport('https://127.0.0.1:{at.elsewhere}/')"),
    "WebRTC to a STUN server": lambda at: page(_calls(f"stun:127.0.0.1:{at.elsewhere}")),
    "WebRTC to a TURN server": lambda at: page(_calls(f"turn:127.0.0.1:{at.elsewhere}?transport=udp")),
    "WebRTC to a TURN server by TCP": lambda at: page(_calls(f"turn:127.0.0.1:{at.elsewhere}?transport=tcp")),
    "WebRTC to a peer": lambda at: page(
        "(async () => { const p = new RTCPeerConnection(), q = new RTCPeerConnection();"
        "p.createDataChannel('x'); await p.setLocalDescription();"
        "await q.setRemoteDescription(p.localDescription); await q.setLocalDescription();"
        "await p.setRemoteDescription(q.localDescription); await p.addIceCandidate({sdpMid: '0',"
        f" candidate: 'candidate:1 1 udp 2122260223 127.0.0.1 {at.elsewhere} typ host'}}) }})()"
    ),
}
"""Name to page. No request is heard of; nothing may arrive."""


def _calls(server: str) -> str:
    return (
        f"const server = {{urls: '{server}', username: 'a', credential: 'b'}};"
        "const p = new RTCPeerConnection({iceServers: [server]});"
        "p.createDataChannel('x'); p.setLocalDescription()"
    )
