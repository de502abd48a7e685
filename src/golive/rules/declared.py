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
        host: whose case it is, for a profile's exceptions.
    """

    def __init__(
        self,
        observed: type,
        *,
        first: Callable[Concatenate[Seen, Asked], Iterable[Unseen]] | None = None,
        place: Callable[[Seen], str] | None = None,
        host: Callable[[Seen], str] | None = None,
    ) -> None:
        self._observed = observed
        self._first = first
        self._place = place
        self._host = host
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
        if isinstance(result, Unseen):
            if len(cases) == 1:
                return Unknown(next(iter(cases)), result.reason, result.remedy)
            raise CaseError(f"{_named(rule)} is of several cases, and does not say which of them is met")
        wrong = _wrong(*result) if isinstance(result, tuple) else result
        if not wrong.case and len(cases) != 1:
            raise CaseError(f"{_named(rule)} is of several cases, and does not say which of them is met")
        id = wrong.case or next(iter(cases))
        if id not in cases:
            raise CaseError(f"{_named(rule)} says {id}, which is not declared at it")
        where = wrong.where or (self._place(observation) if self._place else "")
        host = self._host(observation) if self._host else ""
        return Finding(id, wrong.expected, wrong.observed, where, host, wrong.path, wrong.cookie)


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
    unknown = [answer for answer in said if isinstance(answer, Unknown)]
    findings: list[Finding] = []
    excepted: list[tuple[Finding, str]] = []
    for answer in said:
        if isinstance(answer, Finding):
            reason = _excepted(answer, (overrides or {}).get(answer.case))
            if reason is None:
                findings.append(answer)
            else:
                excepted.append((answer, reason))
    return CaseReport(title, table, findings, unknown, overrides or {}, excepted)


def _wrong(case: str, expected: str, observed: str, where: str = "") -> Wrong:
    return Wrong(expected, observed, where, case)


def _excepted(finding: Finding, override: CaseOverride | None) -> str | None:
    """Say why the profile takes it as right; None where it does not."""
    for one in override.exceptions if override else ():
        if one.covers(finding.host, finding.path, finding.cookie):
            return one.reason
    return None


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
