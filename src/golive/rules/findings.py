"""Several unmet expectations at once: whoever fixes them wants all of them, not the first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from pydantic import JsonValue

from golive.core.harm import Unmet, UnmetExpectation

_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Finding:
    """One unmet expectation."""

    what: str
    expected: str
    observed: str
    where: str

    def __str__(self) -> str:
        return f"{self.what}: expected {self.expected}, observed {self.observed} — {self.where}"


@dataclass(frozen=True, slots=True)
class Findings:
    """What a rule found over everything that it looked at."""

    kind: ClassVar[str] = "judgement"

    rule: str
    looked_at: int
    """How many things were judged; over none of them nothing is met."""
    found: tuple[Finding, ...]

    @property
    def title(self) -> str:
        """The rule."""
        return self.rule

    def facts(self) -> dict[str, JsonValue]:
        """All of them, up to a hundred."""
        return {"looked at": self.looked_at, "unmet": [str(finding) for finding in self.found[:100]]}


def expect_none(findings: Findings) -> None:
    """Something was looked at, and nothing was found."""
    if findings.found:
        raise _unmet(findings.found)
    if findings.looked_at < 1:
        nothing = Finding(findings.rule, "something to look at", "nothing", "nothing was observed")
        raise _unmet([nothing])


def _unmet(found: Sequence[Finding]) -> UnmetExpectation:
    first, others = found[0], found[1:_SHOWN]
    more = f"; and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    unmet = Unmet(what=first.what, expected=first.expected, observed=first.observed, where=first.where)
    return UnmetExpectation(unmet, others="".join(f"; {finding}" for finding in others) + more)
