"""The configuration that a page carries in its markup, read without a browser."""

import json
from html.parser import HTMLParser

from pydantic import JsonValue

_LARGEST_PAGE = 2_000_000


def configuration_of_file(text: str) -> dict[str, JsonValue] | None:
    """Return the object that a file of configuration has: JSON, or a script that sets nothing but JSON."""
    bounded = text[:_LARGEST_PAGE]
    for content in (bounded, bounded[bounded.find("{") : bounded.rfind("}") + 1]):
        try:
            found = json.loads(content)
        except (ValueError, RecursionError):
            continue
        return found if isinstance(found, dict) else None
    return None


def configuration_in(page: str, selector: str) -> dict[str, JsonValue] | None:
    """Return the JSON object that is the text of an element; None where there is none.

    Args:
        page: HTML.
        selector: ``#id``; another needs a browser, and finds nothing here.
    """
    if not selector.startswith("#"):
        return None
    parser = _TextOf(selector[1:])
    parser.feed(page[:_LARGEST_PAGE])
    try:
        content = json.loads("".join(parser.found))
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


class _TextOf(HTMLParser):
    """The text of the first element with an id, up to the end of an element of its kind."""

    def __init__(self, element_id: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._id = element_id
        self._inside: str | None = None
        self._done = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._inside is None and not self._done and ("id", self._id) in attrs:
            self._inside = tag

    def handle_endtag(self, tag: str) -> None:
        if tag == self._inside:
            self._inside, self._done = None, True

    def handle_data(self, data: str) -> None:
        if self._inside is not None:
            self.found.append(data)
