"""Pages as deployments have them, thought of before the rules were read: wrong forms and right ones."""

import gzip
from itertools import pairwise

from rehearsal.lab.authority import HOST
from rehearsal.lab.http_hosts import PAGE, POLICY, nonce
from rehearsal.lab.other_hosts import (
    HTML,
    SITE,
    Answer,
    Answering,
    OtherHost,
    Request,
    beside,
    file,
    html,
    page,
    to,
)

PLAIN = "http://cdn.invalid"
UPGRADE = f"{POLICY}; Upgrade-Insecure-Requests"
WRITTEN = f'<script src="{PLAIN}/a.js"></script>'
IMAGE = f'<img src="{PLAIN}/a.png">'
META_UPGRADE = '<META HTTP-EQUIV="content-security-policy" CONTENT="upgrade-insecure-requests">'


def _head(markup: str, **headers: str | None) -> OtherHost:
    return page(markup, "</head>", **headers)


def _style(text: str) -> OtherHost:
    return OtherHost(at_443={"/style.css": Answer(200, {"Content-Type": "text/css"}, text)})


def _script(text: str) -> OtherHost:
    return OtherHost(at_443={"/main.js": Answer(200, {"Content-Type": "text/javascript"}, text)})


def _chain(*hops: str) -> OtherHost:
    """A home page at the end of redirects."""
    at: dict[str, Answering] = {"/": to(hops[0])}
    for place, following in pairwise(hops):
        at[_path(place)] = to(following)
    return OtherHost(at_443={**at, _path(hops[-1]): html(PAGE)})


def _path(place: str) -> str:
    without = place.partition("#")[0].removeprefix("https:").removeprefix("http:").removeprefix("//")
    return without if without.startswith("/") else "/" + without.partition("/")[2]


def _bounce(asked: Request) -> Answer:
    """A gate that wants its cookie back before it shows the page."""
    if "seen=1" in asked.headers.get("cookie", ""):
        return html(PAGE)
    return to("/", 302, Set_Cookie="seen=1; Path=/; Secure; HttpOnly; SameSite=Lax")


def _compressed(asked: Request) -> Answer:
    if "gzip" not in asked.headers.get("accept-encoding", ""):
        return html(PAGE)
    return Answer(200, {**HTML, "Content-Encoding": "gzip"}, gzip.compress(PAGE.encode()), chunked=True)


WRONG: dict[str, dict[str, OtherHost]] = {
    "H14": {
        "an alternate stylesheet": _head(f'<link rel="preload stylesheet" as=style href="{PLAIN}/a.css">'),
        "an object": page(f'<object data="{PLAIN}/a.svg" type="image/svg+xml"></object>'),
        "an embed": page(f'<embed src="{PLAIN}/a.pdf">'),
        "capitals without quotes": page("<SCRIPT TYPE=module SRC=HTTP://CDN.invalid/a.js></SCRIPT>"),
        "white space about the address": page(f'<script src="\n {PLAIN}/a.js "></script>'),
        "a newline in the scheme": page('<script src="ht\ntp://cdn.invalid/a.js"></script>'),
        "a character reference": page('<script src="http&#58;//cdn.invalid/a.js"></script>'),
        "a base": _head(f'<base href="{PLAIN}/"><script src="a.js"></script>'),
        "a module preloaded": _head(f'<link rel="modulepreload" href="{PLAIN}/a.js">'),
        "a document in an attribute": page(f"<iframe srcdoc='<script src={PLAIN}/a.js></script>'></iframe>"),
        "a frame of a set": page(f'<frameset><frame src="{PLAIN}/"></frameset>'),
        "a map of imports": _head(
            f'<script type="importmap">{{"imports": {{"a": "{PLAIN}/a.js"}}}}</script>'
        ),
        "a header that links": page("", Link=f"</a.css>; rel=preload, <{PLAIN}/a.css>; rel=stylesheet"),
        "a script of a drawing": page(f'<svg><script xlink:href="{PLAIN}/a.js"></script></svg>'),
        "upgraded by a report only": page(
            WRITTEN, Content_Security_Policy_Report_Only="upgrade-insecure-requests"
        ),
        "upgraded out of the body": page(f"{META_UPGRADE}{WRITTEN}"),
        "upgraded as a source": page(
            WRITTEN, Content_Security_Policy=f"{POLICY}; script-src upgrade-insecure-requests"
        ),
        "the second address alone": beside(page(WRITTEN)),
    },
    "H15": {
        "a poster": page(f'<video poster="{PLAIN}/a.jpg"></video>'),
        "a source": page(f'<picture><source srcset="/a.png, {PLAIN}/b.png 2x"><img src="/c"></picture>'),
        "a drawing's image": page(f'<svg><image xlink:href="{PLAIN}/a.png"/></svg>'),
        "a style attribute": page(f'<p style="background: url(&quot;{PLAIN}/a.png&quot;)">'),
        "a button": page(f'<input type="image" src="{PLAIN}/a.png">'),
        "an icon": _head(f'<link rel="shortcut icon" href="{PLAIN}/favicon.ico">'),
        "a sound": page(f'<audio src="{PLAIN}/a.mp3"></audio>'),
        "a preloaded image": _head(f'<link rel=preload as=image href="{PLAIN}/a.png">'),
        "a preloaded set": _head(f'<link rel=preload as=image imagesrcset="{PLAIN}/a.png 2x">'),
        "a stylesheet's own import": OtherHost(
            at_443={
                **_style('@import "deep.css";').at_443,
                "/deep.css": file(f"a {{ background: url({PLAIN}/a.png) }}", Content_Type="text/css"),
            }
        ),
        "a set in a stylesheet": _style(f'a {{ background: image-set("{PLAIN}/a.png" 1x) }}'),
        "capitals in a stylesheet": _style("a { background: URL( HTTP://cdn.invalid/a.png ) }"),
    },
    "H16": {
        "a meta refresh": OtherHost(
            at_443={"/": html(f"<meta http-equiv=Refresh content=\"0;URL='http://{HOST}/en/'\">")}
        ),
    },
    "H17": {
        "a template": page("<script>new WebSocket(`ws://${location.host}/live`)</script>"),
        "escaped JSON": page(
            r'<script type="application/json" id="__NEXT_DATA__">{"live":"ws:\/\/live.invalid\/"}</script>'
        ),
        "a meta element": _head('<meta name="action-cable-url" content="ws://live.invalid/cable">'),
        "capitals": page("<script>new WebSocket('WS://live.invalid/')</script>"),
    },
    "H25": {
        "capitals": page(IMAGE, Content_Security_Policy=UPGRADE),
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
        "a list of policies": page(
            IMAGE, Content_Security_Policy=f"{POLICY}, img-src *;upgrade-insecure-requests;"
        ),
        "a meta element in capitals": OtherHost(
            at_443={"/": html(PAGE.replace("<head>", f"<head>{META_UPGRADE}").replace("</body>", IMAGE))}
        ),
    },
    "H30": {
        "escaped slashes": _script(rf'const api = "http:\/\/api.{HOST}\/v1"'),
        "escaped by Nuxt": _script(rf'const api = "http:\u002F\u002Fapi.{HOST}\u002Fv1"'),
        "capitals": _script(f'const api = "HTTP://API.{HOST.upper()}/v1"'),
        "a module": OtherHost(
            at_443={
                "/": html(PAGE.replace("</head>", '<script type="module" src="m.mjs"></script></head>')),
                "/m.mjs": file(f"fetch('http://api.{HOST}/v1')", Content_Type="text/javascript"),
            }
        ),
        "a part that is loaded later": OtherHost(
            at_443={
                **_script('import("./later.js")').at_443,
                "/later.js": file(f"fetch('http://api.{HOST}/v1')", Content_Type="text/javascript"),
            }
        ),
        "in the page, by its own client": page(f"<script>axios.get(`http://api.{HOST}/v1`)</script>"),
        "in the page": page(f'<script>fetch("http://api.{HOST}/v1")</script>'),
    },
    "H27": {
        "the port behind a proxy": _chain(f"http://{HOST}:8080/en/"),
        "a header": OtherHost(at_443={"/": html("", Refresh=f"0; url=http://{HOST}/en/")}),
        "at the third hop": _chain("/a", f"{SITE}/b", f"HTTP://{HOST}/c"),
    },
    "H12": {
        "in a circle with another cookie each time": OtherHost(
            at_443={"/": lambda _: to("/", 302, Set_Cookie=f"a={nonce()}; Secure; HttpOnly; SameSite=Lax")}
        ),
        "in a circle": OtherHost(at_443={"/": to("/a"), "/a": to("/")}),
    },
    "H28": {
        "empty": OtherHost(at_443={"/": html("")}),
        "a download": OtherHost(
            at_443={"/": Answer(200, {"Content-Type": "application/octet-stream"}, PAGE)}
        ),
        "attached": OtherHost(at_443={"/": html(PAGE, Content_Disposition="attachment; filename=a")}),
        "where it refreshes to": OtherHost(at_443={"/": html('<meta http-equiv=refresh content="0;/gone">')}),
        "maintenance": OtherHost(at_443={"/": html(PAGE, 503, Retry_After="600")}),
        "of no type, not to be guessed": OtherHost(at_443={"/": Answer(200, {}, PAGE)}),
        "no content": OtherHost(at_443={"/": Answer(204)}),
        "a redirect to nowhere": OtherHost(at_443={"/": Answer(302)}),
        "the second address alone": beside(OtherHost(at_443={"/": html("oops", 500)})),
    },
    "H31": {
        "nothing": beside(OtherHost(at_443={"/": html("")})),
        "another site": beside(OtherHost(at_443={"/": to("https://parked.invalid/")})),
    },
}
"""Case to what has it, not where one looks first."""

RIGHT: dict[str, dict[str, OtherHost]] = {
    "H14": {
        "a comment": page(f"<!-- {WRITTEN} -->"),
        "for old browsers": _head(f"<!--[if lt IE 9]>{WRITTEN}<![endif]-->"),
        "a header that names": page("", Link=f'<{PLAIN}/>; rel="author", <{PLAIN}/feed>; rel=alternate'),
        "JSON-LD": page(
            '<script type="application/ld+json">{"@context": "http://schema.org"}</script>'
            '<svg xmlns="http://www.w3.org/2000/svg"></svg>'
        ),
        "links that load nothing": _head(
            f'<link rel="canonical" href="http://{HOST}/"><link rel="profile" href="http://gmpg.org/xfn/11">'
            f'<link rel="alternate" type="application/rss+xml" href="{PLAIN}/feed">'
        ),
        "a template of scripts": page(f"<script type='text/x-handlebars'>{IMAGE}</script>"),
        "a template": page(f"<template>{IMAGE}<iframe src='{PLAIN}/'></iframe></template>"),
        "what a person may copy": page(f"<textarea>{WRITTEN}</textarea>"),
        "relative to the scheme": page('<script src="//cdn.invalid/a.js"></script>'),
    },
    "H15": {
        "a drawing as data": _style(
            "a{background:url(\"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'/%3E\")}"
        ),
        "a comment": _style(f"/* url({PLAIN}/a.png) */ a {{ color: red }}"),
        "words": page(f'<img alt="{PLAIN}/a.png" src="/a"><q cite="{PLAIN}/">a</q>'),
        "for those who share": _head(f'<meta property="og:image" content="{PLAIN}/a.png">'),
        "commas": page('<img srcset="https://cdn.invalid/w=1,h=1/a.png 1x, /b.png 2x">'),
    },
    "H17": {
        "as the page was loaded": page(
            "<script>const s = (location.protocol === 'https:' ? 'wss://' : 'ws://') + location.host</script>"
        ),
        "a comment": page("<script>// ws://localhost:3000 in development\nlet a = 1</script>"),
        "words": page("<p>Sockets: ws:// is in the clear, ws://live.invalid/ too.</p>"),
    },
    "H25": {
        "nothing to upgrade": page("", Content_Security_Policy=UPGRADE),
        "links": page(f'<a href="{PLAIN}/">a</a>', Content_Security_Policy=UPGRADE),
    },
    "H30": {
        "names": _script('const ns = "http://www.w3.org/2000/svg", dev = "http://localhost:3000"'),
        "where the server took itself to be": page(
            f'<script>window.__NUXT__={{url:"http://{HOST}/", site: "http:\\u002F\\u002F{HOST}"}}</script>'
        ),
        "upgraded by the page": OtherHost(
            at_443={
                **_script(f'fetch("http://api.{HOST}/v1")').at_443,
                **page("", Content_Security_Policy=UPGRADE).at_443,
            }
        ),
        "a banner": _script(f"/*! (c) Lab, http://{HOST}/licence */ var a = 1"),
        "an identity": page(f'<script type="application/ld+json">{{"@id": "http://{HOST}/#org"}}</script>'),
        "a pattern": _script(r'const a = /^http:\/\//.test(location.href), b = "http://" + "x"'),
    },
    "H27": {
        "relative to the scheme": _chain(f"//{HOST}/en/"),
        "a port": _chain(f"{SITE}:443/en/", "de", "/en/x"),
        "a cookie first": OtherHost(at_443={"/": _bounce}),
        "refreshed to itself": OtherHost(at_443={"/": html(PAGE, Refresh="300")}),
    },
    "H28": {
        "six hops": _chain("/a", "/b", "/c", "/d", "/e", "/f"),
        "XHTML": OtherHost(at_443={"/": Answer(200, {"Content-Type": "application/xhtml+xml"}, PAGE)}),
        "capitals": OtherHost(at_443={"/": Answer(200, {"Content-Type": "Text/HTML;Charset=UTF-8"}, PAGE)}),
        "of no type": OtherHost(at_443={"/": Answer(200, {"X-Content-Type-Options": None}, PAGE)}),
        "a fragment": _chain("/app#/home"),
        "a login": _chain("/login?next=%2F", "/login"),
        "compressed in parts": OtherHost(at_443={"/": _compressed}),
    },
    "H31": {
        "a character reference": OtherHost(
            at_443={"/": html(PAGE.replace("Lab<", "Lab &amp; Co<"))},
            second=OtherHost(at_443={"/": html(PAGE.replace("Lab<", "\n Lab  &#38; Co\n<"))}),
        ),
        "a redirect in other words": OtherHost(
            at_443=_chain("/en/").at_443, second=_chain(f"{SITE}:443/en/")
        ),
        "compressed in parts": beside(OtherHost(at_443={"/": _compressed})),
        "a comment before": beside(
            OtherHost(at_443={"/": html(PAGE.replace("<title>", "<!-- <title>Old</title> --><title>"))})
        ),
    },
}
"""Case to what does not have it, though it looks unusual."""
