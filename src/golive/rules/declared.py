"""Cases declared at their rules: severity and title, and without what of an observation nobody can tell.

A `Cases` holds those that are asked of one kind of observation. What a case needs and an observation lacks
makes it unknown by itself; a rule only says what is wrong.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

from golive.core.outcome import Unseen
from golive.net.errors import ProbeError
from golive.profile.cases import CASES, Case, CaseError, CaseOverride, Severity, declare_case
from golive.rules.cases import CaseReport, Finding, Unknown, Wrong

Seen = TypeVar("Seen")
Asked = ParamSpec("Asked")
Row = tuple[str, str, str] | tuple[str, str, str, str]
"""Case, expected, observed, and where if that is not the place of the observation."""
Results = Iterator[Row | Wrong | Unseen]
"""What a rule yields; one of several cases names in each row the case that is met."""
RuleOf = Callable[Concatenate[Seen, Asked], Iterable[Row | Wrong | Unseen]]
Need = str | Callable[Concatenate[Seen, Asked], Iterable[Unseen]]
"""An attribute of the observation, or what says why it does not suffice; given what rules are given."""

REACHABLE = "make the host answer from where the suite runs, within its limits"


class Cases(Generic[Seen, Asked]):
    """The cases that are asked of one kind of observation.

    Args:
        observed: the kind.
        first: without which none of the cases can be asked; each is then unknown for that reason alone.
        place: what a finding says of where it was seen, unless its rule says more.
    """

    def __init__(
        self,
        observed: type,
        *,
        first: Callable[Concatenate[Seen, Asked], Iterable[Unseen]] | None = None,
        place: Callable[[Seen], str] | None = None,
    ) -> None:
        self._observed = observed
        self._first = first
        self._place = place
        self._without_rule: set[str] = set()
        self._rules: dict[RuleOf[Seen, Asked], dict[str, Sequence[Need[Seen, Asked]]]] = {}

    def case(
        self,
        id: str,
        severity: Severity,
        title: str,
        *,
        needs: Sequence[Need[Seen, Asked]],
        at: Mapping[str, Severity] | None = None,
    ) -> Callable[[RuleOf[Seen, Asked]], RuleOf[Seen, Asked]]:
        """Declare a case at its rule.

        Args:
            id: letter of the family and number, as the document has it.
            severity: whether it blocks a launch, unless the profile says otherwise.
            title: what is wrong, in a few words.
            needs: what must have been seen; empty where the observation itself is enough.
            at: moment of a change to another severity.

        Raises:
            CaseError: the id is taken, or a need is nothing that is observed.
        """

        declare_case(Case(id, title, severity, at or {}))
        return self._rule_of(id, needs)

    def also(
        self, id: str, *, needs: Sequence[Need[Seen, Asked]]
    ) -> Callable[[RuleOf[Seen, Asked]], RuleOf[Seen, Asked]]:
        """Add a rule for a case that is declared at another one.

        Raises:
            CaseError: no rule declares it, or a need is nothing that is observed.
        """
        if id not in CASES:
            raise CaseError(f"case {id} is declared at no rule")
        return self._rule_of(id, needs)

    @property
    def table(self) -> tuple[Case, ...]:
        """Every case, by id.

        Raises:
            CaseError: a case was declared at no rule.
        """
        if self._without_rule:
            raise CaseError(f"case {min(self._without_rule)} is declared at no rule")
        return tuple(CASES[id] for id in sorted({id for ids in self._rules.values() for id in ids}))

    def ask(
        self, observation: Seen, *args: Asked.args, **kwargs: Asked.kwargs
    ) -> Iterator[Finding | Unknown]:
        """Judge an observation by every rule: what is wrong, and what could not be told, of which case."""
        for lacking in self._first(observation, *args, **kwargs) if self._first else ():
            yield from (Unknown(case.id, lacking.reason, lacking.remedy) for case in self.table)
            return
        for rule, cases in self._rules.items():
            for id, needs in cases.items():
                for need in needs:
                    if isinstance(need, str):
                        lacks: Iterable[Unseen] = _not_seen(getattr(observation, need), need)
                    else:
                        lacks = need(observation, *args, **kwargs)
                    yield from (Unknown(id, lacking.reason, lacking.remedy) for lacking in lacks)
            for result in rule(observation, *args, **kwargs):
                yield self._of(result, observation, rule, cases)

    def _rule_of(
        self, id: str, needs: Sequence[Need[Seen, Asked]]
    ) -> Callable[[RuleOf[Seen, Asked]], RuleOf[Seen, Asked]]:
        for need in needs:
            if isinstance(need, str) and not _is_observed(self._observed, need):
                raise CaseError(f"case {id} needs {need!r}, which no {self._observed.__name__} has")
        self._without_rule.add(id)

        def add(rule: RuleOf[Seen, Asked]) -> RuleOf[Seen, Asked]:
            self._without_rule.discard(id)
            # Decorators apply from the last to the first; the document's order is the written one.
            self._rules[rule] = {id: needs, **self._rules.get(rule, {})}
            return rule

        return add

    def _of(
        self,
        result: Row | Wrong | Unseen,
        observation: Seen,
        rule: RuleOf[Seen, Asked],
        cases: Mapping[str, object],
    ) -> Finding | Unknown:
        if isinstance(result, tuple):
            id, wrong = result[0], Wrong(*result[1:])
        elif len(cases) == 1:
            (id,) = cases
            if isinstance(result, Unseen):
                return Unknown(id, result.reason, result.remedy)
            wrong = result
        else:
            raise CaseError(f"{_named(rule)} is of several cases, and does not say which of them is met")
        if id not in cases:
            raise CaseError(f"{_named(rule)} says {id}, which is not declared at it")
        where = wrong.where or (self._place(observation) if self._place else "")
        return Finding(id, wrong.expected, wrong.observed, where)


def report(
    title: str,
    cases: Iterable[Case],
    answers: Iterable[Finding | Unknown],
    overrides: Mapping[str, CaseOverride] | None = None,
) -> CaseReport:
    """Put together what was said of these cases; what is said twice counts once."""
    table = tuple(sorted(cases, key=lambda case: case.id))
    ids = {case.id for case in table}
    said = [answer for answer in dict.fromkeys(answers) if answer.case in ids]
    findings = [answer for answer in said if isinstance(answer, Finding)]
    unknown = [answer for answer in said if isinstance(answer, Unknown)]
    return CaseReport(title, table, findings, unknown, overrides or {})


def _not_seen(value: Any, name: str) -> Iterator[Unseen]:
    """Say what is missing in a value: an error in its place, a reason, or nothing at all."""
    if isinstance(value, ProbeError):
        yield Unseen(value.message, REACHABLE)
    elif isinstance(value, Unseen):
        yield value
    elif value is None or (isinstance(value, Mapping | tuple | list) and not value):
        yield Unseen(f"nothing was asked of {name.replace('_', ' ')}", "have the probe ask, and report it")
    elif isinstance(value, Mapping | tuple | list):
        for one in value.values() if isinstance(value, Mapping) else value:
            yield from _not_seen(one, name)


def _is_observed(kind: type, name: str) -> bool:
    return name in getattr(kind, "__dataclass_fields__", ()) or isinstance(
        getattr(kind, name, None), property
    )


def _named(rule: Callable[..., object]) -> str:
    return f"{rule.__module__}.{getattr(rule, '__name__', 'rule')}"
