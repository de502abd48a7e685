"""Hosts as deployments have them, thought of by somebody who had not read the rules: wrong and right forms."""

from __future__ import annotations

import asyncio
import gzip
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate

from rehearsal.lab.authority import HOST
from rehearsal.lab.http_hosts import HEADERS, PAGE, POLICY, ROUTE, HttpHost
from rehearsal.lab.serving import Handler

SITE, APEX = f"https://{HOST}", HOST.partition(".")[2]
PLAIN = "http://cdn.invalid"
HSTS = "Strict-Transport-Security"
UPGRADE = f"{POLICY}; Upgrade-Insecure-Requests"
HTML = {"Content-Type": "text/html; charset=utf-8"}


@dataclass(frozen=True)
class Request:
    """What a client asked."""

    method: str
    path: str
    headers: Mapping[str, str]
    """By name in lower case."""

    @property
    def origin(self) -> str:
        """Where a script that asks was loaded from; empty if none asks."""
        return self.headers.get("origin", "")


@dataclass(frozen=True)
class Answer:
    """What a server answers; the lab's usual headers are sent beside, None leaves one out."""

    status: int = 200
    headers: Mapping[str, str | None] = field(default_factory=dict)
    body: str | bytes = ""
    more: tuple[tuple[str, str], ...] = ()
    """Further lines, of names that may stand twice."""
    chunked: bool = False

    def bytes(self, usual: Mapping[str, str]) -> bytes:
        """The answer as sent."""
        body = self.body if isinstance(self.body, bytes) else self.body.encode()
        sent = {"Date": formatdate(usegmt=True), **usual, **self.headers}
        length = "Transfer-Encoding: chunked" if self.chunked else f"Content-Length: {len(body)}"
        lines = [f"HTTP/1.1 {self.status} Lab", *([] if self.status == 204 else [length])]
        lines += [f"{name}: {value}" for name, value in sent.items() if value is not None]
        lines += [f"{name}: {value}" for name, value in self.more]
        if self.chunked:
            half = len(body) // 2
            body = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (body[:half], body[half:], b""))
        return "\r\n".join([*lines, "", ""]).encode() + body


Answering = Callable[[Request], Answer] | Answer


@dataclass(frozen=True)
class OtherHost(HttpHost):
    """A host that answers some paths in a way of its own (`*` for every other), and the rest well."""

    at_443: Mapping[str, Answering] = field(default_factory=dict)
    at_80: Mapping[str, Answering] = field(default_factory=dict)
    usual: Mapping[str, str] = field(default_factory=dict)
    """Sent with everything on the secure port, in place of the lab's headers of the same names."""

    def secure(self) -> Handler:
        """The handler of the TLS port."""
        return _handler(self.at_443, _well, {**HEADERS, **self.usual})

    def plain(self) -> Handler:
        """The handler of the plain port."""
        return _handler(self.at_80, lambda asked: _to(f"{SITE}{asked.path}", 308), {})


def _well(asked: Request) -> Answer:
    path = asked.path
    if path == "/":
        return _html(PAGE)
    if path == ROUTE:
        return Answer(401, {}, "who are you?")
    if path in ("/main.js", "/style.css"):
        return Answer(200, {"Content-Type": "text/javascript" if path == "/main.js" else "text/css"}, "")
    return Answer(404, {}, "nothing here")


def _handler(own: Mapping[str, Answering], rest: Answering, usual: Mapping[str, str]) -> Handler:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            method, path, _ = head[0].split(" ")
            pairs = (line.partition(":") for line in head[1:] if line)
            asked = Request(method, path, {name.lower(): value.strip() for name, _, value in pairs})
            answering = own.get(path.partition("?")[0], own.get("*", rest))
            answer = answering(asked) if callable(answering) else answering
            sent = answer.bytes(usual)
            writer.write(sent.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if method == "HEAD" else sent)
            await writer.drain()

    return handle


def _html(body: str, status: int = 200, **headers: str | None) -> Answer:
    return Answer(
        status, {**HTML, **{name.replace("_", "-"): value for name, value in headers.items()}}, body
    )


def _to(location: str, status: int = 302, **headers: str | None) -> Answer:
    return _html("", status, Location=location, **headers)


def _page(markup: str, place: str = "</body>", **headers: str | None) -> OtherHost:
    """A home page that holds `markup`."""
    return OtherHost(at_443={"/": _html(PAGE.replace(place, f"{markup}{place}"), **headers)})


def _head(markup: str, **headers: str | None) -> OtherHost:
    return _page(markup, "</head>", **headers)


def _style(text: str) -> OtherHost:
    return OtherHost(at_443={"/style.css": Answer(200, {"Content-Type": "text/css"}, text)})


def _script(text: str) -> OtherHost:
    return OtherHost(at_443={"/main.js": Answer(200, {"Content-Type": "text/javascript"}, text)})


def _cookies(*cookies: str) -> OtherHost:
    home = Answer(200, {**HTML, "Set-Cookie": None}, PAGE, tuple(("Set-Cookie", each) for each in cookies))
    return OtherHost(at_443={"/": home})


def _trusting(trusts: Callable[[Request], str | None], credentials: str | None = "true") -> OtherHost:
    """A home page that allows the origin that `trusts` names."""

    def home(asked: Request) -> Answer:
        allowed = trusts(asked)
        said = {"Access-Control-Allow-Origin": allowed} if allowed else {}
        return _html(PAGE, **{**said, "Access-Control-Allow-Credentials": credentials if allowed else None})

    return OtherHost(at_443={"/": home})


def _port_80(location: Callable[[str], str], status: int = 301) -> OtherHost:
    return OtherHost(at_80={"*": lambda asked: _to(location(asked.path), status)})


def _chain(*hops: str) -> OtherHost:
    """A home page at the end of redirects."""
    at: dict[str, Answering] = {"/": _to(hops[0])}
    for place, following in zip(hops, hops[1:], strict=False):
        at[_path(place)] = _to(following)
    return OtherHost(at_443={**at, _path(hops[-1]): _html(PAGE)})


def _path(place: str) -> str:
    without = place.partition("#")[0].removeprefix("https:").removeprefix("http:").removeprefix("//")
    return without if without.startswith("/") else "/" + without.partition("/")[2]


def _bounce(asked: Request) -> Answer:
    """A gate that wants its cookie back before it shows the page."""
    if "seen=1" in asked.headers.get("cookie", ""):
        return _html(PAGE)
    return _to("/", 302, Set_Cookie="seen=1; Path=/; Secure; HttpOnly; SameSite=Lax")


def _everything(answer: Answering) -> OtherHost:
    return OtherHost(at_443={"*": answer})


def _missing(answer: Answering) -> OtherHost:
    """A host that answers so what it does not have."""
    there: dict[str, Answering] = {path: _well for path in ("/", ROUTE, "/main.js", "/style.css")}
    return OtherHost(at_443={**there, "*": answer})


def _there(path: str, answer: Answering, host: OtherHost | None = None) -> OtherHost:
    return OtherHost(at_443={**(host.at_443 if host else {}), path: answer})


def _file(body: str | bytes, **headers: str | None) -> Answer:
    return Answer(200, {name.replace("_", "-"): value for name, value in headers.items()}, body)


def _beside(second: OtherHost) -> OtherHost:
    """A host that is well at one address and so at the other."""
    return OtherHost(second=second)


def _only_get(asked: Request) -> Answer:
    return Answer(403 if asked.method == "HEAD" else 200, {}, '[core]\n\turl = "git@lab.invalid:a.git"\n')


def _preflight(origin: str) -> Callable[[Request], str | None]:
    return lambda asked: asked.origin if asked.method == "OPTIONS" and asked.origin == origin else None


def _compressed(asked: Request) -> Answer:
    if "gzip" not in asked.headers.get("accept-encoding", ""):
        return _html(PAGE)
    return Answer(200, {**HTML, "Content-Encoding": "gzip"}, gzip.compress(PAGE.encode()), chunked=True)


def _firewall(_: Request) -> Answer:
    return Answer(200, {"Content-Type": "application/json"}, f'{{"blocked": "{secrets.token_hex(8)}"}}')


SHELL = _missing(_html(PAGE))
CARELESS = "sid=1; Path=/; SameSite=Lax"
META_UPGRADE = '<META HTTP-EQUIV="content-security-policy" CONTENT="upgrade-insecure-requests">'
ENV = "# of the build\r\nexport DATABASE_URL='postgres://app:hunter2@db/app'\r\n"
IMAGE = f'<img src="{PLAIN}/a.png">'
WRITTEN = f'<script src="{PLAIN}/a.js"></script>'

WRONG: dict[str, dict[str, OtherHost]] = {
    "H08": {
        "a meta refresh instead of a redirect": OtherHost(
            at_80={"*": _html(f'<meta http-equiv="refresh" content="0; url={SITE}/">')}
        ),
        "a route of the API in the clear": OtherHost(at_80={ROUTE: Answer(200, {}, '{"id": 1}')}),
        "the application's page for what is missing": OtherHost(at_80={"*": _html(PAGE, 404)}),
        "the second address alone": _beside(OtherHost(at_80={"*": _html(PAGE)})),
    },
    "H09": {
        "relative to the scheme": OtherHost(at_80={"*": lambda asked: _to(f"//{HOST}/x{asked.path}", 301)}),
        "relative to port 80": OtherHost(
            at_80={
                "*": lambda asked: _to(
                    f"{SITE}{asked.path}" if asked.path[:3] == "/en" else f"/en{asked.path}", 301
                )
            }
        ),
        "at the third hop": OtherHost(
            at_443={
                "/golive/redirect": _to("/b"),
                "/b": _to(f"{SITE}/c"),
                "/c": _to(f"HTTP://{HOST}/d"),
            }
        ),
    },
    "H26": {
        "an own name before another": _port_80(lambda path: f"{SITE}.evil.invalid{path}"),
        "an own name as a user": _port_80(lambda path: f"{SITE}@evil.invalid{path}"),
        "an own name without its dot": _port_80(lambda path: f"https://evil{APEX}{path}"),
        "backslashes": _port_80(lambda path: f"https:\\\\evil.invalid{path}"),
        "the home page alone": OtherHost(at_80={"/": _to("https://parked.invalid/", 301)}),
    },
    "H14": {
        "an alternate stylesheet": _head(f'<link rel="preload stylesheet" as=style href="{PLAIN}/a.css">'),
        "an object": _page(f'<object data="{PLAIN}/a.svg" type="image/svg+xml"></object>'),
        "an embed": _page(f'<embed src="{PLAIN}/a.pdf">'),
        "capitals without quotes": _page("<SCRIPT TYPE=module SRC=HTTP://CDN.invalid/a.js></SCRIPT>"),
        "white space about the address": _page(f'<script src="\n {PLAIN}/a.js "></script>'),
        "a newline in the scheme": _page('<script src="ht\ntp://cdn.invalid/a.js"></script>'),
        "a character reference": _page('<script src="http&#58;//cdn.invalid/a.js"></script>'),
        "a base": _head(f'<base href="{PLAIN}/"><script src="a.js"></script>'),
        "a module preloaded": _head(f'<link rel="modulepreload" href="{PLAIN}/a.js">'),
        "a document in an attribute": _page(f"<iframe srcdoc='<script src={PLAIN}/a.js></script>'></iframe>"),
        "a script of a drawing": _page(f'<svg><script xlink:href="{PLAIN}/a.js"></script></svg>'),
        "upgraded by a report only": _page(
            WRITTEN, Content_Security_Policy_Report_Only="upgrade-insecure-requests"
        ),
        "upgraded out of the body": _page(f"{META_UPGRADE}{WRITTEN}"),
        "upgraded as a source": _page(
            WRITTEN, Content_Security_Policy=f"{POLICY}; script-src upgrade-insecure-requests"
        ),
        "the second address alone": _beside(_page(WRITTEN)),
    },
    "H15": {
        "a poster": _page(f'<video poster="{PLAIN}/a.jpg"></video>'),
        "a source": _page(f'<picture><source srcset="/a.png, {PLAIN}/b.png 2x"><img src="/c"></picture>'),
        "a drawing's image": _page(f'<svg><image xlink:href="{PLAIN}/a.png"/></svg>'),
        "a style attribute": _page(f'<p style="background: url(&quot;{PLAIN}/a.png&quot;)">'),
        "a button": _page(f'<input type="image" src="{PLAIN}/a.png">'),
        "an icon": _head(f'<link rel="shortcut icon" href="{PLAIN}/favicon.ico">'),
        "a sound": _page(f'<audio src="{PLAIN}/a.mp3"></audio>'),
        "a preloaded set": _head(f'<link rel=preload as=image imagesrcset="{PLAIN}/a.png 2x">'),
        "a set in a stylesheet": _style(f'a {{ background: image-set("{PLAIN}/a.png" 1x) }}'),
        "capitals in a stylesheet": _style("a { background: URL( HTTP://cdn.invalid/a.png ) }"),
    },
    "H17": {
        "a template": _page("<script>new WebSocket(`ws://${location.host}/live`)</script>"),
        "escaped JSON": _page(
            r'<script type="application/json" id="__NEXT_DATA__">{"live":"ws:\/\/live.invalid\/"}</script>'
        ),
        "a meta element": _head('<meta name="action-cable-url" content="ws://live.invalid/cable">'),
        "capitals": _page("<script>new WebSocket('WS://live.invalid/')</script>"),
    },
    "H25": {
        "capitals": _page(IMAGE, Content_Security_Policy=UPGRADE),
        "a second policy": OtherHost(
            at_443={
                "/": Answer(
                    200,
                    HTML,
                    PAGE.replace("</body>", IMAGE),
                    (("Content-Security-Policy", "upgrade-insecure-requests"),),
                )
            }
        ),
        "a list of policies": _page(
            IMAGE, Content_Security_Policy=f"{POLICY}, img-src *;upgrade-insecure-requests;"
        ),
        "a meta element in capitals": OtherHost(
            at_443={"/": _html(PAGE.replace("<head>", f"<head>{META_UPGRADE}").replace("</body>", IMAGE))}
        ),
    },
    "H18": {
        "Secure in a path": _cookies("sid=1; Path=/secure; HttpOnly; SameSite=Lax"),
        "Secure as a value": _cookies("sid=Secure; HttpOnly; SameSite=Lax"),
        "SameSite=None without Secure": _cookies("sid=1; HttpOnly; SameSite=None"),
        "the second of one name": _cookies("sid=1; Secure; HttpOnly; SameSite=Lax", CARELESS),
        "a session beside a token": _cookies(
            "XSRF-TOKEN=a; Secure; SameSite=Lax", "laravel_session=b; Secure; SameSite=Lax"
        ),
        "a token of access": _cookies("access_token=eyJhbGciOi; Secure; SameSite=Lax"),
        "SameSite of no meaning": _cookies("sid=1; Secure; HttpOnly; SameSite=Loose"),
        "on the way to the page": OtherHost(
            at_443={"/": _to("/en/", Set_Cookie=CARELESS), "/en/": _html(PAGE)}
        ),
        "the second address alone": _beside(_cookies(CARELESS)),
    },
    "H19": {
        "an own name in the clear": _trusting(
            lambda asked: asked.origin if asked.origin == f"http://{HOST}" else None
        ),
        "a machine by its number": _trusting(
            lambda asked: asked.origin if asked.origin.startswith("http://127.0.0.1:") else None
        ),
        "null before a request alone": _trusting(_preflight("null")),
        "a dot that stands for any character": _trusting(
            lambda asked: asked.origin if asked.origin[8:11] == "lab" and asked.origin[12:] == APEX else None
        ),
        "the second address alone": _beside(_trusting(lambda asked: asked.origin or None)),
    },
    "H21": {
        "a shell beside": _there("/.env", _file(ENV, Content_Type="text/html"), SHELL),
        "compressed": _there(
            "/.env", _file(gzip.compress(ENV.encode()), Content_Encoding="gzip", Content_Type="text/plain")
        ),
        "to GET alone": _there("/.git/config", _only_get),
        "a map that a header names": OtherHost(
            at_443={
                "/main.js": _file("var a", Content_Type="text/javascript", SourceMap="/maps/m.json"),
                "/maps/m.json": _file('{"version":3,"sources":["a.ts"],"mappings":"AAAA"}'),
            }
        ),
        "the second address alone": _beside(_there("/.env", _file(ENV))),
    },
    "H24": {
        "JSON": _missing(_file('{"status": "ok"}', Content_Type="application/json")),
        "nothing": _missing(_file("")),
        "the second address alone": _beside(SHELL),
    },
    "H23": {
        "capitals": _missing(Answer(404, {HSTS: "MAX-AGE=0"})),
        "behind another directive": _missing(Answer(404, {HSTS: "includeSubDomains; max-age=0"})),
        "several zeros": _missing(Answer(404, {HSTS: "max-age=000"})),
        "the first of two": _missing(Answer(404, {HSTS: "max-age=0"}, "", ((HSTS, HEADERS[HSTS]),))),
        "on the way to the page": OtherHost(
            at_443={"/": _to("/en/", **{HSTS: "max-age=0"}), "/en/": _html(PAGE)}
        ),
        "the second address alone": _beside(_missing(Answer(404, {HSTS: "max-age=0"}))),
    },
    "H27": {
        "the port behind a proxy": _chain(f"http://{HOST}:8080/en/"),
        "a meta refresh": OtherHost(
            at_443={"/": _html(f"<meta http-equiv=Refresh content=\"0;URL='http://{HOST}/en/'\">")}
        ),
        "a header": OtherHost(at_443={"/": _html("", Refresh=f"0; url=http://{HOST}/en/")}),
        "at the third hop": _chain("/a", f"{SITE}/b", f"HTTP://{HOST}/c"),
    },
    "H28": {
        "in a circle": _chain("/a", "/"),
        "empty": OtherHost(at_443={"/": _html("")}),
        "a download": OtherHost(
            at_443={"/": Answer(200, {"Content-Type": "application/octet-stream"}, PAGE)}
        ),
        "attached": OtherHost(at_443={"/": _html(PAGE, Content_Disposition="attachment; filename=a")}),
        "maintenance": OtherHost(at_443={"/": _html(PAGE, 503, Retry_After="600")}),
        "no content": OtherHost(at_443={"/": Answer(204)}),
        "a redirect to nowhere": OtherHost(at_443={"/": Answer(302)}),
        "the second address alone": _beside(OtherHost(at_443={"/": _html("oops", 500)})),
    },
    "H29": {
        "IIS": _everything(
            _html("<h2>403 - Forbidden: Access is denied. 403.7 Client certificate required", 403)
        ),
        "Apache with TLS 1.3": _everything(
            _html("Reason: Cannot perform Post-Handshake Authentication.<br />", 403)
        ),
        "a gateway's JSON": _everything(
            Answer(401, {"Content-Type": "application/json"}, '{"error": "client certificate required"}')
        ),
    },
    "H30": {
        "escaped slashes": _script(rf'const api = "http:\/\/api.{HOST}\/v1"'),
        "escaped by Nuxt": _script(rf'const api = "http:\u002F\u002Fapi.{HOST}\u002Fv1"'),
        "capitals": _script(f'const api = "HTTP://API.{HOST.upper()}/v1"'),
        "a module": OtherHost(
            at_443={
                "/": _html(PAGE.replace("</head>", '<script type="module" src="m.mjs"></script></head>')),
                "/m.mjs": _file(f"fetch('http://api.{HOST}/v1')", Content_Type="text/javascript"),
            }
        ),
        "in the page": _page(f'<script>fetch("http://api.{HOST}/v1")</script>'),
    },
    "H31": {
        "an accident": _beside(OtherHost(at_443={"/": _html(PAGE, 503)})),
        "nothing": _beside(OtherHost(at_443={"/": _html("")})),
        "another site": _beside(OtherHost(at_443={"/": _to("https://parked.invalid/")})),
    },
}
"""Case to what has it, not where one looks first."""

RIGHT: dict[str, dict[str, OtherHost]] = {
    "H08": {
        "a port in the redirect": _port_80(lambda path: f"https://{HOST}:443{path}"),
        "capitals": _port_80(lambda path: f"HTTPS://{HOST.upper()}{path}"),
        "no page for a challenge": OtherHost(at_80={"/.well-known/acme-challenge/x": Answer(404)}),
    },
    "H09": {
        "relative to the scheme": OtherHost(
            at_443={"/golive/redirect": _to(f"//{HOST}/x"), "/x": _html(PAGE)}
        ),
        "relative": OtherHost(at_443={"/golive/redirect": _to("../x/"), "/x/": _html(PAGE)}),
        "two hops": OtherHost(at_443={"/golive/redirect": _to(f"{SITE}:443/x"), "/x": _html(PAGE)}),
    },
    "H26": {
        "www": _port_80(lambda path: f"https://www.{APEX}{path}"),
        "a root dot": _port_80(lambda path: f"https://{HOST}.{path}"),
        "capitals": _port_80(lambda path: f"https://{HOST.upper()}{path}"),
    },
    "H14": {
        "a comment": _page(f"<!-- {WRITTEN} -->"),
        "JSON-LD": _page(
            '<script type="application/ld+json">{"@context": "http://schema.org"}</script>'
            f'<svg xmlns="http://www.w3.org/2000/svg"></svg>'
        ),
        "links that load nothing": _head(
            f'<link rel="canonical" href="http://{HOST}/"><link rel="profile" href="http://gmpg.org/xfn/11">'
            f'<link rel="alternate" type="application/rss+xml" href="{PLAIN}/feed">'
        ),
        "a template of scripts": _page(f"<script type='text/x-handlebars'>{IMAGE}</script>"),
        "a template": _page(f"<template>{IMAGE}<iframe src='{PLAIN}/'></iframe></template>"),
        "what a person may copy": _page(f"<textarea>{WRITTEN}</textarea>"),
        "relative to the scheme": _page('<script src="//cdn.invalid/a.js"></script>'),
    },
    "H15": {
        "a drawing as data": _style(
            "a{background:url(\"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'/%3E\")}"
        ),
        "a comment": _style(f"/* url({PLAIN}/a.png) */ a {{ color: red }}"),
        "words": _page(f'<img alt="{PLAIN}/a.png" src="/a"><q cite="{PLAIN}/">a</q>'),
        "for those who share": _head(f'<meta property="og:image" content="{PLAIN}/a.png">'),
        "commas": _page('<img srcset="https://cdn.invalid/w=1,h=1/a.png 1x, /b.png 2x">'),
    },
    "H17": {
        "as the page was loaded": _page(
            "<script>const s = (location.protocol === 'https:' ? 'wss://' : 'ws://') + location.host</script>"
        ),
        "a comment": _page("<script>// ws://localhost:3000 in development\nlet a = 1</script>"),
        "words": _page("<p>Sockets: ws:// is in the clear, ws://live.invalid/ too.</p>"),
    },
    "H25": {
        "nothing to upgrade": _page("", Content_Security_Policy=UPGRADE),
        "links": _page(f'<a href="{PLAIN}/">a</a>', Content_Security_Policy=UPGRADE),
    },
    "H18": {
        "Django": _cookies(
            "csrftoken=a; expires=Tue, 30 Nov 2027 10:00:00 GMT; Secure; SameSite=Lax; Path=/"
        ),
        "Angular": _cookies("__Host-XSRF-TOKEN=a; Path=/; Secure; SameSite=Strict"),
        "small letters, no spaces": _cookies("sid=1;path=/;secure;httponly;samesite=strict"),
        "Secure with a value": _cookies("sid=1; Secure=true; HttpOnly=true; SameSite=Lax"),
        "a deletion": _cookies("flash=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT"),
        "a deletion by age": _cookies('sid=""; Max-Age=0; Path=/'),
    },
    "H19": {
        "everybody, without credentials": _trusting(lambda _: "*", None),
        "everybody, credentials in vain": _trusting(lambda _: "*"),
        "one, whoever asks": _trusting(lambda _: f"https://app.{APEX}"),
        "own subdomains": _trusting(
            lambda asked: (
                asked.origin
                if asked.origin.startswith("https://") and asked.origin.endswith(f".{APEX}")
                else None
            )
        ),
    },
    "H21": {
        "a firewall's JSON": _missing(lambda asked: _firewall(asked) if "/." in asked.path else Answer(404)),
        "an echo": _missing(lambda asked: _html(f"<pre>Cannot find {asked.path}</pre>")),
        "to the home page": _missing(_to("/")),
        "empty": _missing(_file("")),
        "to a login": _there("/login", _html(PAGE), _missing(lambda asked: _to(f"/login?next={asked.path}"))),
        "another method": _missing(Answer(405, {"Allow": "POST"}, "no")),
    },
    "H24": {
        "gone": _missing(Answer(410, {}, "gone")),
        "an own page": _missing(_html(PAGE, 404)),
        "a bucket": _missing(Answer(403, {"Content-Type": "application/xml"}, "<Code>AccessDenied</Code>")),
    },
    "H23": {
        "in the clear": OtherHost(
            at_80={"*": lambda asked: _to(f"{SITE}{asked.path}", 301, **{HSTS: "max-age=0"})}
        ),
        "the second of two": _missing(Answer(404, {}, "", ((HSTS, "max-age=0"),))),
        "shorter on errors": _missing(Answer(404, {HSTS: "max-age=31536000; includeSubDomains"})),
    },
    "H27": {
        "relative to the scheme": _chain(f"//{HOST}/en/"),
        "a port": _chain(f"{SITE}:443/en/", "de", "/en/x"),
        "a cookie first": OtherHost(at_443={"/": _bounce}),
        "refreshed to itself": OtherHost(at_443={"/": _html(PAGE, Refresh="300")}),
    },
    "H28": {
        "six hops": _chain("/a", "/b", "/c", "/d", "/e", "/f"),
        "XHTML": OtherHost(at_443={"/": Answer(200, {"Content-Type": "application/xhtml+xml"}, PAGE)}),
        "capitals": OtherHost(at_443={"/": Answer(200, {"Content-Type": "Text/HTML;Charset=UTF-8"}, PAGE)}),
        "of no type": OtherHost(at_443={"/": Answer(200, {}, PAGE)}),
        "a fragment": _chain("/app#/home"),
        "a login": _chain("/login?next=%2F", "/login"),
        "compressed in parts": OtherHost(at_443={"/": _compressed}),
    },
    "H29": {
        "words": _page(
            "<p>No required SSL certificate was sent? Read how to install a client certificate.</p>"
        ),
        "a route alone": OtherHost(at_443={ROUTE: _html("No required SSL certificate was sent", 400)}),
    },
    "H30": {
        "names": _script('const ns = "http://www.w3.org/2000/svg", dev = "http://localhost:3000"'),
        "a banner": _script(f"/*! (c) Lab, http://{HOST}/licence */ var a = 1"),
        "an identity": _page(
            f'<script type="application/ld+json">{{"@id": "http://{HOST}/#org", "@type": "Organization"}}</script>'
        ),
        "a pattern": _script(r'const a = /^http:\/\//.test(location.href), b = "http://" + "x"'),
    },
    "H31": {
        "a character reference": OtherHost(
            at_443={"/": _html(PAGE.replace("Lab<", "Lab &amp; Co<"))},
            second=OtherHost(at_443={"/": _html(PAGE.replace("Lab<", "\n Lab  &#38; Co\n<"))}),
        ),
        "a redirect in other words": OtherHost(
            at_443=_chain("/en/").at_443, second=_chain(f"{SITE}:443/en/")
        ),
        "compressed in parts": _beside(OtherHost(at_443={"/": _compressed})),
        "a comment before": _beside(
            OtherHost(at_443={"/": _html(PAGE.replace("<title>", "<!-- <title>Old</title> --><title>"))})
        ),
    },
}
"""Case to what does not have it, though it looks unusual."""
