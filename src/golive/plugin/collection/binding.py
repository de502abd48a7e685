"""Binding tests to lines of the checklist; phases come from the line, nobody writes them twice."""

import difflib
import inspect
from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from golive.core.checklist import AnsweredBy, Checklist
from golive.core.harm import Harm
from golive.core.outcome import Effect
from golive.profile.profile import features


@dataclass(frozen=True, slots=True)
class Binding:
    """A check, as the checklist sees it."""

    function: str
    name: str
    """In the manifest: the function's, with the case's id where the case is written beside the function."""
    items: tuple[str, ...]
    effect: Effect
    requirement: str
    needs: tuple[str, ...] = ()
    """Features of the deployment without which there is nothing to check."""
    made_of: tuple[str, ...] = ()
    """Parameters whose values, and so the cases, are not written beside the function: the profile's."""
    harm: Harm | None = None
    """What it does to people when the requirement does not hold."""


BROWSER = "browser"
"""Marks checks that use the fixture of this name."""
BINDING = pytest.StashKey[Binding]()


def bind(items: list[pytest.Item], checklist: Checklist) -> None:
    """Bind every test to the lines that its markers name, and mark it with their phases.

    Raises:
        pytest.UsageError: for a test that is bound to no line, or to one that does not exist.
    """
    problems: list[str] = []
    for item in items:
        ids = tuple(dict.fromkeys(str(name) for mark in item.iter_markers("checklist") for name in mark.args))
        if not ids:
            problems.append(f'{item.nodeid}: bound to no line: add @pytest.mark.checklist("an.id")')
        for name in ids:
            problem = _problem(name, checklist)
            if problem:
                problems.append(f"{item.nodeid}: {problem}")
        needs = tuple(dict.fromkeys(str(name) for mark in item.iter_markers("needs") for name in mark.args))
        for name in needs:
            if name not in features():
                known_names = ", ".join(sorted(features()))
                problems.append(f"{item.nodeid}: needs the unknown feature {name!r}: there are {known_names}")
        known = [checklist.items[name] for name in ids if name in checklist.items]
        for marker in dict.fromkeys(phase for line in known for phase in line.phases):
            item.add_marker(marker)
        effect = _effect(item)
        if effect is Effect.DESTRUCTIVE and not item.get_closest_marker("serial"):
            item.add_marker("serial")
        harm, problem = _harm(item)
        if problem:
            problems.append(f"{item.nodeid}: {problem}")
        if BROWSER in getattr(item, "fixturenames", ()):
            item.add_marker(BROWSER)
        function = getattr(item, "function", None)
        made_of = _made_of(item)
        item.stash[BINDING] = Binding(
            function=function_name(item.nodeid),
            name=function_name(item.nodeid) if made_of else item.nodeid,
            items=ids,
            effect=effect,
            requirement=(inspect.getdoc(function) or "").partition("\n\n")[0].replace("\n", " "),
            harm=harm,
            needs=needs,
            made_of=made_of,
        )
    if problems:
        raise pytest.UsageError("\n".join(problems))


def leave_out(items: list[pytest.Item], absent: Mapping[str, str]) -> None:
    """Take out, in place, the checks of features that this deployment is declared not to have.

    They are not *deselected*: nobody chose to leave them, there is nothing to check. The run's header and
    its notes say which, and why.
    """
    items[:] = [item for item in items if not set(item.stash[BINDING].needs) & set(absent)]


def function_name(nodeid: str) -> str:
    """Return a node id without its parameters (which may hold anything, ``::`` too)."""
    head, _, _ = nodeid.partition("[")
    return head


def _made_of(item: pytest.Item) -> tuple[str, ...]:
    """The parameters of the case that no marker of the function lists."""
    cases = getattr(item, "callspec", None)
    listed: set[str] = set()
    for mark in item.iter_markers("parametrize"):
        names = mark.args[0] if mark.args else mark.kwargs["argnames"]
        listed |= {name.strip() for name in (names.split(",") if isinstance(names, str) else names)}
    return tuple(sorted(set(cases.params) - listed)) if cases else ()


def _effect(item: pytest.Item) -> Effect:
    for effect in (Effect.DESTRUCTIVE, Effect.WRITE):
        if item.get_closest_marker(effect.value):
            return effect
    return Effect.READ


def _harm(item: pytest.Item) -> tuple[Harm | None, str]:
    """What the closest marker names, and what is wrong with it."""
    mark = item.get_closest_marker("harm")
    if mark is None:
        return None, ""
    harms = {harm.name.lower(): harm for harm in Harm}
    found = harms.get(str(mark.args[0])) if len(mark.args) == 1 else None
    return found, "" if found else f"@pytest.mark.harm names one of {', '.join(harms)}, not {mark.args!r}"


def _problem(name: str, checklist: Checklist) -> str:
    if name not in checklist.items:
        near = difflib.get_close_matches(name, checklist.items, n=3, cutoff=0.5)
        hint = f"near matches: {', '.join(near)}" if near else f"see the ids in {checklist.source}"
        return f"the checklist has no line {name!r}: {hint}"
    if checklist.items[name].answered_by is AnsweredBy.CHILDREN:
        children = ", ".join(checklist.items[name].children)
        return f"the line {name!r} is answered by the lines below it: bind to one of {children}"
    if checklist.items[name].answered_by is AnsweredBy.LEDGER:
        phase = checklist.items[name].completes
        return f"the line {name!r} is computed from the lines of {phase}: bind to those"
    return ""
