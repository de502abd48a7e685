"""Whose an answer is: what only one account's answers hold, looked for in everybody else's."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from golive.api.rules_privacy import walk
from golive.core.outcome import Blind
from golive.net.errors import ProtocolError
from golive.net.http_observation import HttpObservation
from golive.rules.failure import fail
from golive.rules.http import expect_not_rate_limited, is_let_in

_TURNED_AWAY = (401, 403)
_SHORTEST = 4
"""Characters of a value that tells people apart: shorter ones are words of anybody's answers."""
_SOMEBODY = "somebody else"


@dataclass(frozen=True, slots=True)
class Heard:
    """One answer, and who asked for what, where."""

    asker: str
    what: str
    """What was asked for, such as ``profile``; the same question has the same name."""
    place: str
    """A replica's name, or ``the public address``."""
    answer: HttpObservation


@dataclass(frozen=True, slots=True)
class Belongings:
    """What tells people's answers apart, learnt from answers to each of them alone."""

    own: Mapping[tuple[str, str], frozenset[str]]
    """Asker and question, to the values that all their answers hold and nobody else's."""
    names: Mapping[str, frozenset[str]]
    """Asker to what names them: their address, and their id where their profile says one."""
    named_in: frozenset[tuple[str, str]]
    """Asker and question whose answers always name the asker."""

    @property
    def told_apart(self) -> frozenset[str]:
        """The questions whose answers tell at least two people apart."""
        counted = Counter(what for (_, what), values in self.own.items() if values)
        return frozenset(what for what, people in counted.items() if people > 1)


def belongings(alone: Sequence[Heard], names: Mapping[str, frozenset[str]]) -> Belongings:
    """Learn what tells people's answers apart.

    Args:
        alone: good answers to each of them while nobody else asked; several where they may vary.
        names: what names each of them, as the profile and their own accounts say.

    Raises:
        AssertionError: already alone somebody received what names somebody else.
        Blind: nothing tells them apart.
    """
    for heard in alone:
        other = next((role for role in names if role != heard.asker and _names(heard, names[role])), None)
        if other is not None:
            _told(heard, other, "asking alone")
    values: dict[tuple[str, str], set[str]] = {}
    everything: dict[tuple[str, str], set[str]] = {}
    for heard in alone:
        key, seen = (heard.asker, heard.what), set(_values(heard.answer))
        values[key] = values[key] & seen if key in values else seen
        everything.setdefault(key, set()).update(seen)
    own = {
        (asker, what): frozenset(mine)
        - {value for (other, same), all_ in everything.items() if other != asker and same == what
           for value in all_}
        for (asker, what), mine in values.items()
    }  # fmt: skip
    named_in = frozenset(
        (heard.asker, heard.what) for heard in alone if _names(heard, names.get(heard.asker, frozenset()))
    )
    found = Belongings(own, names, named_in)
    if not found.told_apart:
        raise Blind(
            "no answer of any test account differs from the others', so nobody can tell whose one is",
            remedy="give the test accounts addresses, names and histories of their own",
        )
    return found


def expect_told_apart(learnt: Belongings, what: str, askers: Collection[str], *, where: str) -> None:
    """People whose answers must differ get answers that do, asking alone.

    Args:
        learnt: of answers to each of them alone.
        what: the question.
        askers: those whose answers must differ, as the profile says; of one alone nothing is seen.
        where: its address.
    """
    alike = sorted(asker for asker in askers if not learnt.own.get((asker, what)))
    if len(alike) > 1:
        fail(
            f"people who like different things get the same {what}",
            expected="each their own, already asking alone",
            observed=f"nothing that only one of {' and '.join(alike)} got",
            where=where,
        )


def expect_own_answers(heard: Sequence[Heard], learnt: Belongings) -> None:
    """Every answer that was asked for in company is its asker's own.

    Raises:
        AssertionError: somebody received another's answer, or was turned away with a right token.
        Blind: the suite's own requests met a limit, or most were not answered well.
    """
    asked = Counter((one.asker, one.what, one.place) for one in heard)
    mixed = Counter(
        (one.asker, owner, one.what, one.place) for one in heard if (owner := _owner(one, learnt)) is not None
    )
    where = heard[0].answer.title if heard else "nothing was asked"
    if mixed:
        told = [
            f"{asker} received {owner}'s {what} ({count} of {asked[asker, what, place]} times, at {place})"
            for (asker, owner, what, place), count in mixed.most_common(4)
        ]
        rest = f", {sum(mixed.values())} of {len(heard)} answers in all"
        fail(
            "people who ask at the same time get each other's answers",
            expected="everybody's own",
            observed="; ".join(told) + rest,
            where=where,
        )
    for one in heard:
        expect_not_rate_limited(one.answer, f"{one.asker}'s request beside others'")
    away = Counter((one.asker, one.place) for one in heard if one.answer.status in _TURNED_AWAY)
    if away:
        told = [f"{asker} {count} times at {place}" for (asker, place), count in away.most_common(4)]
        fail(
            "people are turned away while others ask",
            expected="let in, as each of them is alone",
            observed=", ".join(told),
            where=where,
        )
    good = sum(is_let_in(one.answer) for one in heard)
    if not heard or good * 2 < len(heard):
        raise Blind(
            f"only {good} of {len(heard)} requests at the same time were answered well, so whose answers"
            f" people get was not seen — {where}",
            remedy="see why the API fails under a few requests at once",
        )


def _owner(heard: Heard, learnt: Belongings) -> str | None:
    """Who else's the answer is; None where it is the asker's, or nobody can tell."""
    if not is_let_in(heard.answer):
        return None
    for role, names in learnt.names.items():
        if role != heard.asker and _names(heard, names):
            return role
    values = set(_values(heard.answer))
    mine = learnt.own.get((heard.asker, heard.what), frozenset())
    if mine and not mine & values:
        for (role, what), theirs in learnt.own.items():
            if what == heard.what and role != heard.asker and theirs and theirs <= values:
                return role
    named = (heard.asker, heard.what) in learnt.named_in
    if named and values and not _names(heard, learnt.names.get(heard.asker, frozenset())):
        return _SOMEBODY
    return None


def _told(heard: Heard, other: str, when: str) -> None:
    fail(
        "people get each other's answers",
        expected="everybody's own",
        observed=f"{heard.asker}, {when}, received {other}'s {heard.what} at {heard.place}",
        where=heard.answer.title,
    )


def _names(heard: Heard, names: frozenset[str]) -> bool:
    return any(value.casefold() in names for value in _values(heard.answer))


def _values(answer: HttpObservation) -> Iterator[str]:
    """The texts in an answer that may tell whose it is."""
    try:
        body = answer.json()
    except ProtocolError:
        return
    for _, _, value in walk(body):
        if isinstance(value, str) and len(value) >= _SHORTEST:
            yield value
