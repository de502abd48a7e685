"""What a page refers to: every address in its markup, inline styles and inline scripts; bounded."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urljoin

_LARGEST_PAGE = 2_000_000
_MOST = 5_000
_CSS_URL = re.compile(r"url\(\s*['\"]?([^'\")\s]{1,2000})|@import\s+['\"]([^'\"]{1,2000})")
_SOCKET = re.compile(r"\bws://[^\s'\"`<>]{1,500}")
_PLAIN = re.compile(r"\b(?:http|ws)://[A-Za-z0-9.-]{1,253}(?::\d{1,5})?[^\s'\"`<>\\]{0,500}")
_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{0,500})", re.IGNORECASE)
_ATTRIBUTES = {
    "script": {"src": "script"},
    "iframe": {"src": "frame"},
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
}
_LINKS = {"stylesheet": "stylesheet", "icon": "image", "preload": "script", "modulepreload": "script",
          "manifest": "script"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reference:
    """An address that a page or stylesheet refers to."""

    element: str
    """``script``, ``stylesheet``, ``frame``, ``image``, ``srcset``, ``form``, ``base``, ``refresh``, ``css``,
    ``socket``."""
    url: str
    """Absolute."""


def references(page: str, base: str) -> Iterator[Reference]:
    """Yield what the page refers to, up to a bound."""
    parser = _Page(base)
    parser.feed(page[:_LARGEST_PAGE])
    yield from parser.found[:_MOST]


def stylesheet_references(text: str, base: str) -> list[Reference]:
    """Return what a stylesheet refers to, up to a bound."""
    found = (first or second for first, second in _CSS_URL.findall(text[:_LARGEST_PAGE]))
    return [Reference("css", _joined(base, url)) for url in found if not url.startswith("data:")][:_MOST]


def plain_addresses(script: str) -> list[str]:
    """Return the addresses without encryption that a script's text names, up to a bound."""
    return list(dict.fromkeys(_PLAIN.findall(script[:_LARGEST_PAGE])))[:_MOST]


def title_of(page: str) -> str:
    """Return a page's title, in one line; empty without one."""
    found = _TITLE.search(page[:_LARGEST_PAGE])
    return " ".join(unescape(found[1]).split()) if found else ""


def policies_in(page: str) -> list[str]:
    """Return the content security policies that a page's own markup gives (CSP 3, 3.3)."""
    parser = _Policies(convert_charrefs=True)
    parser.feed(page[:_LARGEST_PAGE])
    return parser.found


class _Policies(HTMLParser):
    def __init__(self, *, convert_charrefs: bool) -> None:
        super().__init__(convert_charrefs=convert_charrefs)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "meta" and given.get("http-equiv", "").lower() == "content-security-policy":
            self.found.append(given.get("content", ""))


class _Page(HTMLParser):
    def __init__(self, base: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Reference] = []
        self._base = base
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._inside = tag if tag in ("style", "script") else ""
        for name, element in _ATTRIBUTES.get(tag, {}).items():
            for url in _addresses(given.get(name, ""), element):
                self._add(element, url)
        if tag == "base" and given.get("href"):
            self._base = _joined(self._base, given["href"])
        if tag == "link":
            kinds = [_LINKS[word] for word in given.get("rel", "").lower().split() if word in _LINKS]
            if kinds and given.get("href"):
                self._add(kinds[0], given["href"])
        if tag == "meta" and given.get("http-equiv", "").lower() == "refresh":
            _, _, to = given.get("content", "").partition("=")
            if to.strip(" '\""):
                self._add("refresh", to.strip(" '\""))
        if "style" in given:
            self.found += stylesheet_references(given["style"], self._base)

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - the base class's signature
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "style":
            self.found += stylesheet_references(data, self._base)
        elif self._inside == "script":
            self.found += [Reference("socket", url) for url in _SOCKET.findall(data)]

    def _add(self, element: str, url: str) -> None:
        if len(self.found) < _MOST and not url.lower().startswith(("data:", "javascript:", "blob:", "#")):
            self.found.append(Reference(element, _joined(self._base, url)))


def _addresses(value: str, element: str) -> list[str]:
    if element == "srcset":
        return [entry.split()[0] for entry in value.split(",") if entry.split()]
    return [value.strip()] if value.strip() else []


def _joined(base: str, url: str) -> str:
    try:
        return urljoin(base, url)
    except ValueError:
        return ""
