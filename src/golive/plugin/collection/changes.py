"""What a check changes, and what it rests on: the resources by which checks are kept apart.

``@pytest.mark.write("account:listener")`` names them, a kind and a name each. A fixture that changes
something says so with `changes`. Whoever uses an account only reads it.
"""

import difflib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest

from golive.api.profile_sign_in import ACCOUNTS
from golive.core.outcome import Effect
from golive.plugin.collection.binding import BINDING, BROWSER
from golive.plugin.pytest_internals import argument_names, definitions_seen_from, fixture_definitions
from golive.profile.profile import Profile

KINDS = {
    "account": "a test account, by its role",
    "session": "a kind of session that checks open",
    "replica": "a replica's state or configuration",
    "budget": "a budget of requests, such as sign-ins",
    "database": "a database",
    "service": "what a service beside the application keeps",
}
_SIGNS_IN = "sign_in"
"""Whoever asks for this fixture by name may sign in as anybody."""
_ATTRIBUTE = "golive_changes"

Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Needs:
    """Resources of one check, as they are named; accounts by role."""

    changes: tuple[str, ...] = ()
    """Had by no other check meanwhile."""
    reads: tuple[str, ...] = ()
    """Changed by no other check meanwhile."""
    browser: bool = False
    """Whether it opens pages, of which only so many are painted at once."""


def changes(*resources: str) -> Callable[[Function], Function]:
    """Say of a fixture that whoever uses it changes ``resources``; stands below ``@pytest.fixture``."""

    def mark(function: Function) -> Function:
        setattr(function, _ATTRIBUTE, resources)
        return function

    return mark


def needs_of(item: pytest.Item, profile: Profile) -> Needs:
    """Return what a check changes and reads."""
    changed = tuple(dict.fromkeys(_named(item)))
    roles = ACCOUNTS.of(profile)
    used = fixture_definitions(item)
    read = list(roles) if _SIGNS_IN in argument_names(item) else [role for role in roles if role in used]
    if _SIGNS_IN in used and not read:
        # Through another fixture, as nobody in particular.
        read = list(roles)
    return Needs(
        changed,
        tuple(name for role in read if (name := f"account:{role}") not in changed),
        item.get_closest_marker(BROWSER) is not None,
    )


def refuse_unnamed_changes(items: Iterable[pytest.Item], profile: Profile) -> None:
    """Refuse writing checks that do not say what they change, and accounts that are like nobody.

    Raises:
        pytest.UsageError: naming each, and what to write.
    """
    accounts = ACCOUNTS.of(profile)
    problems = [
        f"the profile's accounts.{name} is like {account.like!r}, which is none of its accounts"
        for name, account in accounts.items()
        if account.like is not None and account.like not in accounts
    ]
    problems += [f"{item.nodeid}: {problem}" for item in items for problem in _problems(item, profile)]
    if problems:
        raise pytest.UsageError("\n".join(dict.fromkeys(problems)))


def _named(item: pytest.Item) -> Iterator[str]:
    for mark in item.iter_markers("write"):
        yield from map(str, mark.args)
    for definitions in fixture_definitions(item).values():
        if definitions:
            yield from getattr(definitions[-1].func, _ATTRIBUTE, ())


def _problems(item: pytest.Item, profile: Profile) -> Iterator[str]:
    named = list(_named(item))
    if item.stash[BINDING].effect is Effect.WRITE and not named:
        yield 'it changes nothing by name: say what, as in @pytest.mark.write("account:listener")'
    for resource in named:
        kind, colon, name = resource.partition(":")
        if not colon or not name or kind not in KINDS:
            near = difflib.get_close_matches(kind, KINDS, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"kinds are {', '.join(KINDS)}"
            yield f"it changes {resource!r}, which is no kind:name: {hint}"
        elif kind == "account" and not _is_role(name, item, profile):
            known = sorted(ACCOUNTS.of(profile))
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"roles here are {', '.join(known) or 'none'}"
            yield f"it changes the account of an unknown role {name!r}: {hint}"


def _is_role(name: str, item: pytest.Item, profile: Profile) -> bool:
    """A role that this profile has no account of is known all the same: by the fixture of its name."""
    return name in ACCOUNTS.of(profile) or bool(definitions_seen_from(item, name))
