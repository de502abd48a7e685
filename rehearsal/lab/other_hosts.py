"""Hosts as deployments have them, thought of before the rules were read: wrong forms and right ones."""

from __future__ import annotations

import asyncio
import gzip
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from string import ascii_letters

from rehearsal.lab.authority import HOST
from rehearsal.lab.http_hosts import HEADERS, PAGE, ROUTE, HttpHost
from rehearsal.lab.serving import Handler

SITE, APEX = f"https://{HOST}", HOST.partition(".")[2]
HSTS = "Strict-Transport-Security"
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
        return _handler(self.at_80, lambda asked: to(f"{SITE}{asked.path}", 308), {})


def _well(asked: Request) -> Answer:
    path = asked.path
    if path == "/":
        return html(PAGE)
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


def html(body: str, status: int = 200, /, **headers: str | None) -> Answer:
    return Answer(
        status, {**HTML, **{name.replace("_", "-"): value for name, value in headers.items()}}, body
    )


def to(location: str, status: int = 302, /, **headers: str | None) -> Answer:
    return html("", status, Location=location, **headers)


def page(markup: str, place: str = "</body>", **headers: str | None) -> OtherHost:
    """A home page that holds `markup`."""
    return OtherHost(at_443={"/": html(PAGE.replace(place, f"{markup}{place}"), **headers)})


def _cookies(*cookies: str) -> OtherHost:
    home = Answer(200, {**HTML, "Set-Cookie": None}, PAGE, tuple(("Set-Cookie", each) for each in cookies))
    return OtherHost(at_443={"/": home})


def _trusting(trusts: Callable[[Request], str | None], credentials: str | None = "true") -> OtherHost:
    """A home page that allows the origin that `trusts` names."""

    def home(asked: Request) -> Answer:
        allowed = trusts(asked)
        said = {"Access-Control-Allow-Origin": allowed} if allowed else {}
        return html(PAGE, **{**said, "Access-Control-Allow-Credentials": credentials if allowed else None})

    return OtherHost(at_443={"/": home})


def _port_80(location: Callable[[str], str], status: int = 301) -> OtherHost:
    return OtherHost(at_80={"*": lambda asked: to(location(asked.path), status)})


def _everything(answer: Answering) -> OtherHost:
    return OtherHost(at_443={"*": answer})


def _missing(answer: Answering) -> OtherHost:
    """A host that answers so what it does not have."""
    there: dict[str, Answering] = dict.fromkeys(("/", ROUTE, "/main.js", "/style.css"), _well)
    return OtherHost(at_443={**there, "*": answer})


def _there(path: str, answer: Answering, host: OtherHost | None = None) -> OtherHost:
    return OtherHost(at_443={**(host.at_443 if host else {}), path: answer})


def file(body: str | bytes, **headers: str | None) -> Answer:
    return Answer(200, {name.replace("_", "-"): value for name, value in headers.items()}, body)


def beside(second: OtherHost) -> OtherHost:
    """A host that is well at one address and so at the other."""
    return OtherHost(second=second)


def _only_get(asked: Request) -> Answer:
    return Answer(403 if asked.method == "HEAD" else 200, {}, '[core]\n\turl = "git@lab.invalid:a.git"\n')


def _preflight(origin: str) -> Callable[[Request], str | None]:
    return lambda asked: asked.origin if asked.method == "OPTIONS" and asked.origin == origin else None


def _shell(asked: Request) -> Answer:
    """A page for any path, which holds a nonce without digits, and the path in parts as Next.js does."""
    nonce = "".join(secrets.choice(ascii_letters) for _ in range(22))
    parts = json.dumps({"c": asked.path.split("/")[1:]})
    return html(PAGE.replace("</body>", f'<script nonce="{nonce}">self.f={parts}</script></body>'))


def _firewall(_: Request) -> Answer:
    return Answer(200, {"Content-Type": "application/json"}, f'{{"blocked": "{secrets.token_hex(8)}"}}')


SHELL = _missing(html(PAGE))
CARELESS = "sid=1; Path=/; SameSite=Lax"
ENV = "# of the build\r\nexport DATABASE_URL='postgres://app:hunter2@db/app'\r\n"

WRONG: dict[str, dict[str, OtherHost]] = {
    "H08": {
        "a meta refresh instead of a redirect": OtherHost(
            at_80={"*": html(f'<meta http-equiv="refresh" content="0; url={SITE}/">')}
        ),
        "a route of the API in the clear": OtherHost(at_80={ROUTE: Answer(200, {}, '{"id": 1}')}),
        "a route that asks who one is": OtherHost(at_80={ROUTE: Answer(401, {}, "who are you?")}),
        "the second address alone": beside(OtherHost(at_80={"*": html(PAGE)})),
    },
    "H09": {
        "relative to the scheme": OtherHost(at_80={"*": lambda asked: to(f"//{HOST}/x{asked.path}", 301)}),
        "relative to port 80": OtherHost(
            at_80={
                "*": lambda asked: to(
                    f"{SITE}{asked.path}" if asked.path[:3] == "/en" else f"/en{asked.path}", 301
                )
            }
        ),
        "at the third hop": OtherHost(
            at_443={
                "/golive/redirect": to("/b"),
                "/b": to(f"{SITE}/c"),
                "/c": to(f"HTTP://{HOST}/d"),
            }
        ),
    },
    "H26": {
        "an own name before another": _port_80(lambda path: f"{SITE}.evil.invalid{path}"),
        "an own name as a user": _port_80(lambda path: f"{SITE}@evil.invalid{path}"),
        "an own name without its dot": _port_80(lambda path: f"https://evil{APEX}{path}"),
        "backslashes": _port_80(lambda path: f"https:\\\\evil.invalid{path}"),
        "the home page alone": OtherHost(at_80={"/": to("https://parked.invalid/", 301)}),
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
            at_443={"/": to("/en/", Set_Cookie=CARELESS), "/en/": html(PAGE)}
        ),
        "the second address alone": beside(_cookies(CARELESS)),
    },
    "H19": {
        "a machine by its number": _trusting(
            lambda asked: asked.origin if asked.origin.startswith("http://127.0.0.1:") else None
        ),
        "null before a request alone": _trusting(_preflight("null")),
        "a dot that stands for any character": _trusting(
            lambda asked: asked.origin if asked.origin[8:11] == "lab" and asked.origin[12:] == APEX else None
        ),
        "the second address alone": beside(_trusting(lambda asked: asked.origin or None)),
    },
    "H21": {
        "a shell beside": _there("/.env", file(ENV, Content_Type="text/html"), SHELL),
        "a page of the server beside a shell": _there(
            "/server-status",
            html("<html><head><title>Apache Status</title></head>1 request"),
            _missing(_shell),
        ),
        "compressed": _there(
            "/.env", file(gzip.compress(ENV.encode()), Content_Encoding="gzip", Content_Type="text/plain")
        ),
        "to GET alone": _there("/.git/config", _only_get),
        "a map that the script names": OtherHost(
            at_443={
                "/main.js": file(
                    "var a\n//# sourceMappingURL=../maps/m.json\n", Content_Type="text/javascript"
                ),
                "/maps/m.json": file('{"version":3,"sources":["a.ts"],"mappings":"AAAA"}'),
            }
        ),
        "a map that a header names": OtherHost(
            at_443={
                "/main.js": file("var a", Content_Type="text/javascript", SourceMap="/maps/m.json"),
                "/maps/m.json": file('{"version":3,"sources":["a.ts"],"mappings":"AAAA"}'),
            }
        ),
        "the second address alone": beside(_there("/.env", file(ENV))),
    },
    "H24": {
        "JSON": _missing(file('{"status": "ok"}', Content_Type="application/json")),
        "nothing": _missing(file("")),
        "the second address alone": beside(SHELL),
    },
    "H03": {
        "on the way to the page": OtherHost(
            at_443={"/": to("/en/", **{HSTS: "max-age=0"}), "/en/": html(PAGE)}
        )
    },
    "H23": {
        "capitals": _missing(Answer(404, {HSTS: "MAX-AGE=0"})),
        "behind another directive": _missing(Answer(404, {HSTS: "includeSubDomains; max-age=0"})),
        "several zeros": _missing(Answer(404, {HSTS: "max-age=000"})),
        "the first of two": _missing(Answer(404, {HSTS: "max-age=0"}, "", ((HSTS, HEADERS[HSTS]),))),
        "the second address alone": beside(_missing(Answer(404, {HSTS: "max-age=0"}))),
    },
    "H29": {
        "IIS": _everything(
            html("<h2>403 - Forbidden: Access is denied. 403.7 Client certificate required", 403)
        ),
        "Apache with TLS 1.3": _everything(
            html("Reason: Cannot perform Post-Handshake Authentication.<br />", 403)
        ),
        "a gateway's JSON": _everything(
            Answer(401, {"Content-Type": "application/json"}, '{"error": "client certificate required"}')
        ),
    },
}
"""Case to what has it, not where one looks first."""

RIGHT: dict[str, dict[str, OtherHost]] = {
    "H08": {
        "a port in the redirect": _port_80(lambda path: f"https://{HOST}:443{path}"),
        "capitals": _port_80(lambda path: f"HTTPS://{HOST.upper()}{path}"),
        "a route that is refused": OtherHost(at_80={ROUTE: Answer(426, {"Upgrade": "TLS/1.2"}, "by TLS")}),
        "a route that is not there": OtherHost(at_80={ROUTE: Answer(403, {}, "HTTPS is required")}),
        "no page for a challenge": OtherHost(at_80={"/.well-known/acme-challenge/x": Answer(404)}),
    },
    "H09": {
        "relative to the scheme": OtherHost(at_443={"/golive/redirect": to(f"//{HOST}/x"), "/x": html(PAGE)}),
        "relative": OtherHost(at_443={"/golive/redirect": to("../x/"), "/x/": html(PAGE)}),
        "two hops": OtherHost(at_443={"/golive/redirect": to(f"{SITE}:443/x"), "/x": html(PAGE)}),
    },
    "H26": {
        "www": _port_80(lambda path: f"https://www.{APEX}{path}"),
        "a root dot": _port_80(lambda path: f"https://{HOST}.{path}"),
        "capitals": _port_80(lambda path: f"https://{HOST.upper()}{path}"),
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
        "a map that is kept back": OtherHost(
            at_443={
                "/main.js": file("var a", Content_Type="text/javascript", SourceMap="/maps/m.json"),
                "/maps/m.json": Answer(403, {}, "no"),
            }
        ),
        "a shell that knows its path": _missing(_shell),
        "an echo": _missing(lambda asked: html(f"<pre>Cannot find {asked.path}</pre>")),
        "to the home page": _missing(to("/")),
        "empty": _missing(file("")),
        "to a login": _there("/login", html(PAGE), _missing(lambda asked: to(f"/login?next={asked.path}"))),
        "another method": _missing(Answer(405, {"Allow": "POST"}, "no")),
    },
    "H24": {
        "gone": _missing(Answer(410, {}, "gone")),
        "an own page": _missing(html(PAGE, 404)),
        "a bucket": _missing(Answer(403, {"Content-Type": "application/xml"}, "<Code>AccessDenied</Code>")),
    },
    "H23": {
        "in the clear": OtherHost(
            at_80={"*": lambda asked: to(f"{SITE}{asked.path}", 301, **{HSTS: "max-age=0"})}
        ),
        "the second of two": _missing(Answer(404, {}, "", ((HSTS, "max-age=0"),))),
        "shorter on errors": _missing(Answer(404, {HSTS: "max-age=31536000; includeSubDomains"})),
    },
    "H29": {
        "words": page(
            "<p>No required SSL certificate was sent? Read how to install a client certificate.</p>"
        ),
        "a route alone": OtherHost(at_443={ROUTE: html("No required SSL certificate was sent", 400)}),
    },
}
"""Case to what does not have it, though it looks unusual."""
