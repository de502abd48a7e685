"""Tables of Markdown."""

from collections.abc import Iterable, Iterator, Sequence


def cell(text: str) -> str:
    """Return text as it may stand in a table, with the code in it marked as Markdown has it."""
    return text.replace("``", "`").replace("|", "\\|").replace("<", "&lt;").replace("\n", " ").strip()


def code(text: str) -> str:
    """Return text as code in a table."""
    return f"`{text}`".replace("|", "\\|")


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Lines of a table."""
    yield f"| {' | '.join(heads)} |"
    yield f"| {' | '.join('---' for _ in heads)} |"
    for row in rows:
        yield f"| {' | '.join(row)} |"
