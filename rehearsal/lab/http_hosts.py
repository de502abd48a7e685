"""One lab host for each HTTP case: what it answers on its secure and on its plain port."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from email.utils import formatdate
from time import time

from rehearsal.lab.authority import HOST
from rehearsal.lab.serving import Handler

ASSETS = f"https://{HOST}"
PAGE = f"""<!doctype html><html><head><title>Lab</title>
<link rel="stylesheet" href="/style.css"><script src="{ASSETS}/main.js"></script></head>
<body><a href="http://elsewhere.invalid/">a link loads nothing</a><form action="/search"></form>
<img src="data:image/png;base64,AA=="></body></html>"""
WITH_NONCE = PAGE.replace("<script", '<script nonce="NONCE"')
POLICY = "default-src 'self'; frame-ancestors 'none'"
HEADERS = {
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Set-Cookie": "sid=1; Secure; HttpOnly; SameSite=Lax",
    "Server": "lab",
}
UPGRADED = '<meta http-equiv="content-security-policy" content="upgrade-insecure-requests">'
BLOCKED = "<h1>The request was blocked.</h1>"

ROUTE = "/users/me"
Location = Callable[[str], str]


@dataclass(frozen=True)
class HttpHost:
    """What a host answers; healthy by default."""

    headers: dict[str, str] = field(default_factory=lambda: dict(HEADERS))
    more_headers: tuple[tuple[str, str], ...] = ()
    error_hsts: str | None = HEADERS["Strict-Transport-Security"]
    """What is sent with errors; None: nothing."""
    page: str = PAGE
    style: str = "body { background: url(/picture.png) }"
    files: dict[str, str] = field(default_factory=dict)
    statuses: Mapping[str, int] = field(default_factory=dict)
    """Path to a status with which it is answered, and nothing else."""
    missing_status: int = 404
    missing: str = "nothing here"
    """What is answered where nothing is."""
    leads_to: Mapping[str, str] = field(default_factory=dict)
    """Path on the secure port to where it redirects."""
    pages: Mapping[str, str] = field(default_factory=dict)
    """Path to a page that is there beside the home page."""
    page_headers: tuple[tuple[str, str], ...] | None = None
    """All that is sent with those pages; None for what is sent with any."""
    home_status: int = 200
    demands: str = ""
    """What every request is answered with, with status 400."""
    plain_home: str = ""
    """What port 80 serves at `/`, whatever it does elsewhere."""
    second: HttpHost | None = None
    """What its second address serves; None where it has one address."""
    block: bool = False
    """Whether a firewall answers every path with a dot, with another page each time."""
    redirect_status: int = 308
    location: Location | None = lambda path: f"https://{HOST}{path}"
    secure_location: Location | None = None
    """Where a path below /golive/ on the secure port leads."""
    trusts: Callable[[str], bool] = lambda _: False
    trusts_at_route: Callable[[str], bool] = lambda _: False
    route_headers: tuple[tuple[str, str], ...] = ()
    """What is sent at `ROUTE` only, in place of other headers of the same names."""
    clock_offset: float = 0

    def plain(self) -> Handler:
        """The handler of the plain port."""

        def answer(path: str, _: str) -> tuple[int, list[tuple[str, str]], str]:
            if self.location is None:
                return 200, [], PAGE
            if path == "/" and self.plain_home:
                return 200, [], self.plain_home
            return self.redirect_status, [("Location", self.location(path))], ""

        return _handler(answer)

    def secure(self) -> Handler:
        """The handler of the TLS port."""

        def answer(path: str, origin: str) -> tuple[int, list[tuple[str, str]], str]:
            said = [("Date", formatdate(time() + self.clock_offset, usegmt=True)), *self.more_headers]
            said += list(self.headers.items())
            trusts = self.trusts_at_route if path == ROUTE else self.trusts
            if origin and trusts(origin):
                said += [
                    ("Access-Control-Allow-Origin", origin),
                    ("Access-Control-Allow-Credentials", "true"),
                ]
            if path in self.statuses:
                return self.statuses[path], said, ""
            if self.demands:
                return 400, said, self.demands
            if path in self.leads_to:
                return 302, [*said, ("Location", self.leads_to[path])], ""
            if path in self.pages:
                own = said[:1] + list(self.page_headers) if self.page_headers is not None else said
                return 200, [*own, ("Content-Type", "text/html")], self.pages[path]
            if path.startswith("/golive/") and self.secure_location:
                return 302, [*said, ("Location", self.secure_location(path))], ""
            if path == ROUTE:
                other = dict(self.route_headers)
                said = [entry for entry in said if entry[0] not in other]
                return 401, [*said, *self.route_headers], "who are you?"
            if path == "/":
                return (
                    self.home_status,
                    [*said, ("Content-Type", "text/html")],
                    self.page.replace("NONCE", nonce()),
                )
            if path == "/style.css":
                return 200, [*said, ("Content-Type", "text/css")], self.style
            if path in self.files:
                return 200, said, self.files[path]
            if self.block and "/." in path:
                return 200, said, f"{BLOCKED} Reference: {secrets.token_hex(8)}"
            if self.error_hsts != HEADERS["Strict-Transport-Security"]:
                said = [entry for entry in said if entry[0] != "Strict-Transport-Security"]
                said += [("Strict-Transport-Security", self.error_hsts)] if self.error_hsts else []
            return self.missing_status, said, self.missing.replace("NONCE", nonce())

        return _handler(answer)


def nonce() -> str:
    """Another one each time."""
    return secrets.token_urlsafe(16)


def _handler(answer: Callable[[str, str], tuple[int, list[tuple[str, str]], str]]) -> Handler:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            request = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            path = request.split(" ")[1]
            origin = next(
                (line[8:] for line in request.split("\r\n") if line.lower().startswith("origin: ")), ""
            )
            status, headers, text = answer(path, origin)
            body = text.encode()
            lines = [f"HTTP/1.1 {status} Lab", f"Content-Length: {len(body)}"]
            lines += [f"{name}: {value}" for name, value in headers]
            writer.write("\r\n".join([*lines, "", ""]).encode() + body)
            await writer.drain()

    return handle


HEALTHY = HttpHost()


def _hsts(value: str | None) -> HttpHost:
    headers = {name: text for name, text in HEADERS.items() if name != "Strict-Transport-Security"}
    return HttpHost(headers | ({} if value is None else {"Strict-Transport-Security": value}))


def _without_hsts() -> dict[str, str]:
    return {name: text for name, text in HEADERS.items() if name != "Strict-Transport-Security"}


def _with(**headers: str) -> HttpHost:
    return HttpHost(HEADERS | {name.replace("_", "-"): value for name, value in headers.items()})


def _page(markup: str) -> HttpHost:
    return replace(HEALTHY, page=PAGE.replace("</body>", f"{markup}</body>"))


HOSTS: dict[str, HttpHost] = {
    "H01": _hsts(None),
    "H02": _hsts("max-age=300; includeSubDomains"),
    "H03": _hsts("max-age=0; includeSubDomains"),
    "H04": _hsts("maxage=63072000; includeSubDomains"),
    "H05": _hsts("max-age=63072000"),
    "H06": replace(
        HEALTHY, more_headers=(("Strict-Transport-Security", "max-age=63072000; includeSubDomains"),)
    ),
    "H07": replace(HEALTHY, error_hsts=None),
    "H08": replace(HEALTHY, location=None),
    "H09": replace(HEALTHY, secure_location=lambda _: f"http://{HOST}/back"),
    "H10": replace(HEALTHY, redirect_status=302),
    "H11": replace(HEALTHY, location=lambda path: f"https://www.{HOST}{path}"),
    "H12": replace(HEALTHY, secure_location=lambda path: f"https://{HOST}{path}"),
    "H13": replace(HEALTHY, location=lambda _: f"https://{HOST}/"),
    "H14": _page('<script src="http://cdn.invalid/a.js"></script>'),
    "H15": _page('<img srcset="/a.png 1x, http://cdn.invalid/b.png 2x">'),
    "H16": _page('<form action="http://elsewhere.invalid/post"></form>'),
    "H17": _page("<script>new WebSocket('ws://live.invalid/')</script>"),
    "H18": _with(Set_Cookie="sid=1; Secure; SameSite=Lax"),
    "H19": replace(HEALTHY, trusts=lambda _: True),
    "H20": _with(Content_Security_Policy="default-src 'self' 'unsafe-inline'; frame-ancestors 'none'"),
    "H21": replace(HEALTHY, files={"/.env": "SECRET=1"}),
    "H22": replace(HEALTHY, clock_offset=-600),
    "H23": replace(HEALTHY, error_hsts="max-age=0"),
    "H24": replace(HEALTHY, missing_status=200),
    "H25": replace(
        _page('<img src="http://cdn.invalid/a.png"><form action="http://elsewhere.invalid/"></form>'),
        headers=HEADERS | {"Content-Security-Policy": f"{POLICY}; upgrade-insecure-requests"},
    ),
    "H27": replace(HEALTHY, leads_to={"/": f"http://{HOST}/login"}, pages={"/login": PAGE}),
    "H28": replace(HEALTHY, home_status=404),
    "H29": replace(HEALTHY, demands="<h1>400 Bad Request</h1>No required SSL certificate was sent"),
    "H30": replace(HEALTHY, files={"/main.js": f'const api = "http://api.{HOST}/v1";'}),
    "H31": replace(HEALTHY, second=replace(HEALTHY, page="<title>Welcome to nginx!</title>")),
    "H26": replace(HEALTHY, location=lambda path: f"https://www.parked.invalid{path}"),
}

EN = {"/": "/en/"}


def _at_en(markup: str = "", **changes: object) -> HttpHost:
    """A home page that leads to another, which has this."""
    page = PAGE.replace("</body>", f"{markup}</body>")
    return replace(HEALTHY, leads_to=EN, pages={"/en/": page}, **changes)  # type: ignore[arg-type]


VARIANTS: dict[str, tuple[str, HttpHost]] = {
    "image": ("H15", _page('<img src="http://cdn.invalid/a.png">')),
    "css url in a stylesheet": (
        "H15",
        replace(HEALTHY, style="a { background: url('http://cdn.invalid/x.png') }"),
    ),
    "css url in a style element": ("H15", _page("<style>@import 'http://cdn.invalid/x.css';</style>")),
    "stylesheet": ("H14", _page('<link rel="stylesheet" href="http://cdn.invalid/a.css">')),
    "frame": ("H14", _page('<iframe src="http://elsewhere.invalid/"></iframe>')),
    "base": ("H16", _page('<base href="http://elsewhere.invalid/">')),
    "refresh": ("H16", _page('<meta http-equiv="refresh" content="3; url=http://elsewhere.invalid/">')),
    "null origin": ("H19", replace(HEALTHY, trusts=lambda origin: origin == "null")),
    "prefix match": ("H19", replace(HEALTHY, trusts=lambda origin: origin.startswith(f"https://{HOST}"))),
    "suffix match": ("H19", replace(HEALTHY, trusts=lambda origin: origin.endswith("audotics.test"))),
    "a developer's machine": ("H19", replace(HEALTHY, trusts=lambda origin: "//localhost:" in origin)),
    "a shell for whatever is missing": ("H24", replace(HEALTHY, missing_status=200, missing=PAGE)),
    "upgraded by the page itself": (
        "H25",
        replace(
            HEALTHY,
            page=PAGE.replace("<title>", f"{UPGRADED}<title>").replace(
                "</body>", '<img src="http://cdn.invalid/a.png"></body>'
            ),
        ),
    ),
    "a stylesheet that is upgraded": (
        "H25",
        replace(
            _page(
                '<link rel="stylesheet" href="http://cdn.invalid/a.css"><script>new WebSocket("ws://live.invalid/")</script>'
            ),
            headers=HEADERS | {"Content-Security-Policy": f"upgrade-insecure-requests; {POLICY}"},
        ),
    ),
    "a refresh that is not upgraded": (
        "H16",
        replace(
            _page('<meta http-equiv="refresh" content="0; url=http://elsewhere.invalid/">'),
            headers=HEADERS | {"Content-Security-Policy": f"{POLICY}; upgrade-insecure-requests"},
        ),
    ),
    "secrets beside a shell for the rest": (
        "H21",
        replace(HEALTHY, missing_status=200, missing=PAGE, files={"/.env": "SECRET=1"}),
    ),
    "secrets behind a firewall's page for the rest": (
        "H21",
        replace(HEALTHY, files={"/.git/HEAD": "ref: refs/heads/main"}, block=True),
    ),
    "another site by plain HTTP": ("H26", replace(HEALTHY, location=lambda _: "http://parking.invalid/?x")),
    "another site of the same suffix": (
        "H26",
        replace(HEALTHY, location=lambda path: f"https://lab.other.test{path}"),
    ),
    "a script at the end": ("H14", _at_en('<script src="http://cdn.invalid/a.js"></script>')),
    "a form at the end": ("H16", _at_en('<form action="http://elsewhere.invalid/post"></form>')),
    "a cookie at the end": (
        "H18",
        _at_en(page_headers=(*HEADERS.items(), ("Set-Cookie", "sid=1"))),
    ),
    "no HSTS at the end": (
        "H01",
        _at_en(page_headers=tuple(entry for entry in HEADERS.items() if "Transport" not in entry[0])),
    ),
    "no HSTS on the redirect": (
        "H01",
        replace(_at_en(page_headers=tuple(HEADERS.items())), headers=_without_hsts()),
    ),
    "plain HTTP in the middle": (
        "H27",
        replace(HEALTHY, leads_to={"/": "/en/", "/en/": f"http://{HOST}/de/"}, pages={"/de/": PAGE}),
    ),
    "plain HTTP of another own host": ("H27", replace(HEALTHY, leads_to={"/": "http://www.audotics.test/"})),
    "nothing at the end": ("H28", replace(HEALTHY, leads_to=EN)),
    "an accident at the end": ("H28", replace(HEALTHY, home_status=500)),
    "a page behind a password": ("H28", replace(HEALTHY, home_status=401)),
    "a client certificate, by Apache's words": (
        "H29",
        replace(HEALTHY, demands="Bad Request: this server requires a client certificate"),
    ),
    "a socket in a script": ("H30", replace(HEALTHY, files={"/main.js": f"io('ws://live.{HOST}:80/live')"})),
    "an address in a template of a script": (
        "H30",
        replace(HEALTHY, files={"/main.js": f"fetch(`http://api.{HOST}/x?y=${{z}}`)"}),
    ),
    "the home page alone by plain HTTP": ("H08", replace(HEALTHY, plain_home=PAGE)),
    "redirects of the page loop": ("H12", replace(HEALTHY, leads_to={"/": "/a", "/a": "/b", "/b": "/a"})),
    "a page without a title at the second address": (
        "H31",
        replace(HEALTHY, second=replace(HEALTHY, page="<html><body>It works!</body></html>")),
    ),
    "the second address leads elsewhere": (
        "H31",
        replace(HEALTHY, second=replace(_at_en(), pages={"/en/": PAGE.replace("Lab", "Parked")})),
    ),
    "a careless cookie beside one for scripts": (
        "H18",
        replace(
            HEALTHY,
            more_headers=(
                ("Set-Cookie", "XSRF-TOKEN=1; Secure; SameSite=Lax"),
                ("Set-Cookie", "session=1; Secure; SameSite=Lax"),
            ),
        ),
    ),
    "a token for scripts in the clear": (
        "H18",
        replace(HEALTHY, more_headers=(("Set-Cookie", "XSRF-TOKEN=1; SameSite=Lax"),)),
    ),
    "source map": ("H21", replace(HEALTHY, files={"/main.js.map": '{"version":3}'})),
    "git": ("H21", replace(HEALTHY, files={"/.git/HEAD": "ref: refs/heads/main"})),
    "directive twice": ("H04", _hsts("max-age=63072000; max-age=1; includeSubDomains")),
    "invalid HSTS on errors": ("H07", replace(HEALTHY, error_hsts="max-age=1 year; includeSubDomains")),
    "HSTS taken back by a quoted zero": ("H23", replace(HEALTHY, error_hsts='preload; Max-Age = "0"')),
    "HSTS taken back by a route": (
        "H23",
        replace(HEALTHY, route_headers=(("Strict-Transport-Security", "max-age=0; includeSubDomains"),)),
    ),
    "a route trusts strangers": ("H19", replace(HEALTHY, trusts_at_route=lambda _: True)),
    "a route sets a careless cookie": (
        "H18",
        replace(HEALTHY, route_headers=(("Set-Cookie", "seen=1; Secure"),)),
    ),
    "server banner": ("H20", _with(Server="nginx/1.2.3")),
    "redirect to http": ("H09", replace(HEALTHY, location=lambda path: f"http://{HOST}{path}x")),
}

RIGHT: dict[str, HttpHost] = {
    "a token that scripts read": replace(
        HEALTHY, more_headers=(("Set-Cookie", "XSRF-TOKEN=abc; Secure; SameSite=Lax"),)
    ),
    "a token that scripts read, of another framework": replace(
        HEALTHY, more_headers=(("Set-Cookie", "csrftoken=abc; Secure; SameSite=Strict"),)
    ),
    "a single-page application": replace(HEALTHY, missing_status=200, missing=PAGE),
    "a single-page application with a nonce": replace(
        HEALTHY, missing_status=200, missing=WITH_NONCE, page=WITH_NONCE
    ),
    "a firewall that blocks with 200": replace(HEALTHY, block=True),
    "a firewall before a single-page application": replace(
        HEALTHY, block=True, missing_status=200, missing=PAGE
    ),
    "its own subdomains are trusted": replace(
        HEALTHY, trusts=lambda origin: origin.endswith(".audotics.test")
    ),
    "images that the page upgrades": replace(
        _page('<img src="http://cdn.invalid/a.png">'),
        headers=HEADERS | {"Content-Security-Policy": f"{POLICY}; upgrade-insecure-requests"},
    ),
    "www on the first hop": replace(HEALTHY, location=lambda path: f"https://www.{HOST}{path}"),
    "another build at the second address": replace(
        HEALTHY, second=replace(HEALTHY, page=PAGE.replace("/main.js", "/main.4f2a.js"))
    ),
    "a counter in the title": replace(
        HEALTHY,
        page=PAGE.replace("Lab", "Lab (3)"),
        second=replace(HEALTHY, page=PAGE.replace("Lab", "Lab (12)")),
    ),
    "the page in a language": _at_en(),
    "the page of another site": replace(HEALTHY, leads_to={"/": "https://login.elsewhere.invalid/x"}),
    "the page by its own way back": replace(HEALTHY, leads_to={"/": "/x#top"}, pages={"/x": PAGE}),
    "namespaces and strangers in a script": replace(
        HEALTHY,
        files={
            "/main.js": "x='http://www.w3.org/2000/svg'; y='http://localhost:3000'; z='http://other.test/'"
        },
    ),
    "https and wss in a script": replace(
        HEALTHY, files={"/main.js": f"a='https://api.{HOST}'; b='wss://live.{HOST}'; c='//x.{HOST}'"}
    ),
    "an empty answer at a path": replace(HEALTHY, files={"/.env": ""}),
}
"""Hosts that look unusual and are right: nothing that blocks is met."""
