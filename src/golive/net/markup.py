"""What a page refers to: every address in its markup, inline styles and inline scripts; bounded."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urljoin

_LARGEST_PAGE = 2_000_000
_MOST = 5_000
_CSS_URL = re.compile(
    r"url\(\s*['\"]?([^'\")\s]{1,2000})|@import\s+['\"]([^'\"]{1,2000})|image-set\(\s*['\"]([^'\"]{1,2000})",
    re.IGNORECASE,
)
_CSS_COMMENT = re.compile(
    r"(\"(?:\\.|[^\"\\\n])*+|'(?:\\.|[^'\\\n])*+|url\([^\"')]*+)|/\*.*?(?:\*/|\Z)", re.IGNORECASE | re.DOTALL
)
# A script's own address begins a string: what stands in comments and in sentences is asked for by nobody.
_SOCKET = re.compile(r"(?<=['\"`])ws://[^\s'\"`<>\\]{1,500}", re.IGNORECASE)
_PLAIN = re.compile(
    r"(?<=['\"`])(?:http|ws)://[A-Za-z0-9.-]{1,253}(?::\d{1,5})?[^\s'\"`<>\\]{0,500}", re.IGNORECASE
)
_CONTROLS = "".join(map(chr, range(33)))
_NO_BREAKS = {ord(one): None for one in "\t\n\r"}
_CALL = re.compile(
    r"\b(?:fetch|import|EventSource|Request|Worker|sendBeacon|(?:axios|\$)\.\w{1,20})\(\s*['\"`]"
    r"(http://[^\s'\"`<>\\]{1,500})",
    re.IGNORECASE,
)
_SLASH = re.compile(r"\\(?:/|u002f|x2f)", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{0,500})", re.IGNORECASE)
_ATTRIBUTES = {
    "script": {"src": "script", "xlink:href": "script"},
    "iframe": {"src": "frame"},
    "frame": {"src": "frame"},
    "object": {"data": "frame"},
    "embed": {"src": "frame"},
    "img": {"src": "image", "srcset": "srcset"},
    "source": {"src": "image", "srcset": "srcset"},
    "audio": {"src": "image"},
    "video": {"src": "image", "poster": "image"},
    "form": {"action": "form"},
    "button": {"formaction": "form"},
    "input": {"formaction": "form", "src": "image"},
    "base": {"href": "base"},
    "image": {"href": "image", "xlink:href": "image"},
}
_SCRIPTS = ("", "module", "text/javascript", "application/javascript")
"""Types of scripts that run; what has another is data."""
_TEXT = ("textarea", "title", "xmp", "iframe", "noembed", "noframes")
"""Elements whose content is text to browsers, whatever it looks like (HTML, 13.2.6)."""
_IN_HEAD = ("html", "head", "base", "basefont", "bgsound", "link", "meta", "noframes", "noscript", "script",
            "style", "template", "title")  # fmt: skip
"""Elements that do not end a page's head (HTML, 13.2.6.4.4)."""
_MOST_DOCUMENTS = 3
"""How deep documents in attributes are looked into."""
_PRELOADED = {"image": "image", "video": "image", "audio": "image", "style": "stylesheet"}
_LINKS = {"stylesheet": "stylesheet", "icon": "image", "preload": "script", "modulepreload": "script",
          "manifest": "script"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reference:
    """An address that a page or stylesheet refers to."""

    element: str
    """``script``, ``stylesheet``, ``frame``, ``image``, ``srcset``, ``form``, ``base``, ``refresh``, ``css``,
    ``socket``, ``call``: an address without encryption that an inline script asks for."""
    url: str
    """Absolute."""


def references(page: str, base: str) -> Iterator[Reference]:
    """Yield what the page refers to, up to a bound."""
    parser = _Page(base)
    parser.feed(page[:_LARGEST_PAGE])
    yield from parser.found[:_MOST]


def linked(links: Mapping[str, Mapping[str, str]], base: str) -> list[Reference]:
    """Return what headers have a page load, by their targets' parameters (RFC 8288)."""
    page = _Page(base)
    for target, given in links.items():
        page.link({**given, "href": target})
    return page.found


def stylesheet_references(text: str, base: str) -> list[Reference]:
    """Return what a stylesheet refers to, up to a bound."""
    text = _CSS_COMMENT.sub(lambda part: part[1] or " ", text[:_LARGEST_PAGE])
    found = (next(filter(None, parts), "") for parts in _CSS_URL.findall(text))
    return [Reference("css", _joined(base, url)) for url in found if not url.startswith("data:")][:_MOST]


def plain_addresses(script: str) -> list[str]:
    """Return the addresses without encryption that a script's text names, up to a bound."""
    return list(dict.fromkeys(_PLAIN.findall(_with_slashes(script[:_LARGEST_PAGE]))))[:_MOST]


def _with_slashes(script: str) -> str:
    """The text of a script with its slashes as they are, not escaped as in JSON."""
    return _SLASH.sub("/", script)


def title_of(page: str) -> str:
    """Return a page's title, in one line; empty without one."""
    found = _TITLE.search(_COMMENT.sub("", page[:_LARGEST_PAGE]))
    return " ".join(unescape(found[1]).split()) if found else ""


def policies_in(page: str) -> list[str]:
    """Return the content security policies that a page's own markup gives (CSP 3, 3.3)."""
    parser = _Policies()
    parser.feed(page[:_LARGEST_PAGE])
    return parser.found


class _Markup(HTMLParser):
    """Tells elements from what browsers take for text, or keep aside in a template."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._text = ""
        self._templates = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._text:
            return
        given: dict[str, str] = {}
        for name, value in attrs:
            given.setdefault(name, value or "")
        if not self._templates:
            self.element(tag, given)
        self._text = tag if tag in _TEXT else ""
        # A declarative shadow root is a part of the page (HTML, 13.2.6.4.4).
        self._templates += tag == "template" and (self._templates > 0 or "shadowrootmode" not in given)

    def handle_endtag(self, tag: str) -> None:
        if tag == self._text:
            self._text = ""
        elif tag == "template" and self._templates and not self._text:
            self._templates -= 1

    def element(self, tag: str, given: dict[str, str]) -> None:
        """An element begins: its name and attributes."""


class _Policies(_Markup):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._in_head = True

    def element(self, tag: str, given: dict[str, str]) -> None:
        # Outside of the head browsers ignore it (HTML, 4.2.5.3).
        self._in_head = self._in_head and tag in _IN_HEAD
        named = given.get("http-equiv", "").lower() == "content-security-policy"
        if tag == "meta" and named and self._in_head:
            self.found.append(given.get("content", ""))


class _Page(_Markup):
    def __init__(self, base: str, depth: int = 0) -> None:
        super().__init__()
        self.found: list[Reference] = []
        self._base = base
        self._depth = depth
        self._inside = ""

    def element(self, tag: str, given: dict[str, str]) -> None:
        self._inside = tag if tag in ("style", "script") else ""
        if tag == "script" and given.get("type", "").strip().lower() not in _SCRIPTS:
            is_map = given.get("type", "").strip().lower() == "importmap"
            self._inside = "imports" if is_map else "data"
        for name, element in _ATTRIBUTES.get(tag, {}).items():
            for url in _addresses(given.get(name, ""), element):
                self._add(element, url)
        if tag == "base" and given.get("href"):
            self._base = _joined(self._base, given["href"])
        if tag == "link":
            self.link(given)
        if tag == "meta" and given.get("http-equiv", "").lower() == "refresh":
            _, _, to = given.get("content", "").partition("=")
            if to.strip(" '\""):
                self._add("refresh", to.strip(" '\""))
        if "style" in given:
            self.found += stylesheet_references(given["style"], self._base)
        for name, value in given.items():
            if (name.startswith("data-") or (tag, name) == ("meta", "content")) and value[
                :5
            ].lower() == "ws://":
                self._add("socket", value)
        if tag == "iframe" and given.get("srcdoc") and self._depth < _MOST_DOCUMENTS:
            inner = _Page(self._base, self._depth + 1)
            inner.feed(given["srcdoc"])
            self.found += inner.found

    def link(self, given: Mapping[str, str]) -> None:
        """A link, of the page or of a header: its attributes."""
        kinds = [_LINKS[word] for word in given.get("rel", "").lower().split() if word in _LINKS]
        if kinds[:1] == ["script"] and given.get("as", "").lower() in _PRELOADED:
            kinds = [_PRELOADED[given["as"].lower()]]
        if kinds and given.get("href"):
            self._add(kinds[0], given["href"])
        for url in _addresses(given.get("imagesrcset", ""), "srcset") if kinds else ():
            self._add("srcset", url)

    def handle_endtag(self, tag: str) -> None:
        super().handle_endtag(tag)
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "style":
            self.found += stylesheet_references(data, self._base)
        elif self._inside == "imports":
            self.found += [Reference("script", url) for url in plain_addresses(data)]
        elif self._inside:
            named = _with_slashes(data)
            self.found += [Reference("socket", url) for url in _SOCKET.findall(named)]
            if self._inside == "script":
                self.found += [Reference("call", url) for url in _CALL.findall(named)]

    def _add(self, element: str, url: str) -> None:
        if len(self.found) < _MOST and not url.lower().startswith(("data:", "javascript:", "blob:", "#")):
            self.found.append(Reference(element, _joined(self._base, url)))


def _addresses(value: str, element: str) -> list[str]:
    if element == "srcset":
        return [entry.split()[0] for entry in value.split(",") if entry.split()]
    return [value.strip()] if value.strip() else []


def _joined(base: str, url: str) -> str:
    # As browsers read addresses: no white space within, none about them (URL Standard, 4.4).
    url = url.translate(_NO_BREAKS).strip(_CONTROLS)
    try:
        return urljoin(base, url)
    except ValueError:
        return ""
