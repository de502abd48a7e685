"""The scope of a run: from its marker expression and the document, not from what was collected."""

import difflib

import pytest

from golive.core.checklist import Checklist, Item
from golive.plugin.pytest_internals import Expression

CHECK_MARKERS = {
    "checklist": "checklist(id, ...): binds the test to lines of the checklist",
    "harm": "harm(class): what a failure does: people, unusable, content, slow or nuisance; ranks it",
    "needs": "needs(feature, ...): not collected where the profile declares that the feature is absent",
    "meets_rate_limit": "meets_rate_limit: meets a rate limit on purpose; elsewhere an answer 429 is blind",
    "after_all": "after_all: runs when all others have ended, because it judges what they saw",
    "serial": "serial: runs alone, because it measures latency or shares state",
    "write": "write(resource, ...): changes what it names as a test account, and undoes it; has it alone",
    "browser": "browser: set where a check uses the fixture browser, never by hand",
    "destructive": "destructive: may disturb users; only where the profile allows it; runs alone",
}


def refuse_unknown_markers(config: pytest.Config) -> None:
    """Make a mistyped ``-m`` an error instead of an empty run.

    Raises:
        pytest.UsageError: naming the unknown marker and the nearest known one.
    """
    expression = config.option.markexpr
    if not expression:
        return
    known = {line.partition(":")[0].partition("(")[0].strip() for line in config.getini("markers")}
    try:
        names = Expression.compile(expression).idents()
    except SyntaxError as error:
        raise pytest.UsageError(f"-m {expression!r}: {error.msg}") from None
    for name in sorted(names - known):
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else "see pytest --markers"
        raise pytest.UsageError(f"-m {expression!r}: there is no marker {name!r}: {hint}")


def scope_of(checklist: Checklist, expression: str) -> frozenset[str]:
    """Return the ids of the items whose phases ``expression`` selects; all for an empty expression."""
    if not expression:
        return frozenset(checklist.items)
    compiled = Expression.compile(expression)

    def selects(item: Item) -> bool:
        def has_marker(name: str, /, **_: str | int | bool | None) -> bool:
            return name in item.phases or name == "checklist"

        return compiled.evaluate(has_marker)

    return frozenset(item.id for item in checklist.items.values() if selects(item))
