"""A rendered page as its readers' machines see it: elements, ids, text."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from golive.report.html import render_html
from selftests.examples.report_examples import Rendered, attachments

_VOID = {"meta", "img", "input", "link", "br", "hr"}


@dataclass
class Page(HTMLParser):
    """The elements of a page, in order; parsing checks that they nest."""

    source: str
    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    style: str = ""

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.feed(self.source)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" in self.open:
            self.style += data
        else:
            self.words.append(data)

    @property
    def text(self) -> str:
        """Everything that is said, with single spaces."""
        return " ".join(" ".join(self.words).split())

    def all(self, tag: str) -> list[dict[str, str]]:
        """The attributes of every element called ``tag``."""
        return [attributes for name, attributes in self.elements if name == tag]

    def values(self, attribute: str) -> list[str]:
        """Every value of ``attribute``."""
        return [attributes[attribute] for _, attributes in self.elements if attribute in attributes]


def page_of(example: Rendered) -> Page:
    """Render ``example`` and parse it."""
    return Page(render_html(*example, read_attachment=attachments))
