"""How an unmet expectation speaks: what is wrong, what was expected, what was observed, and where."""

from collections.abc import Sequence
from typing import NoReturn, TypeVar

from golive.core.harm import Harm, Unmet, UnmetExpectation

_Observed = TypeVar("_Observed")


def fail(
    what: str,
    *,
    expected: object,
    observed: object,
    where: str,
    harm: Harm | None = None,
    cause: str = "",
    remedy: str = "",
) -> NoReturn:
    """Fail the check.

    Args:
        what: what is wrong, in words of its owner.
        expected: what would be right.
        observed: what was seen, masked.
        where: target, replica or file.
        harm: what it does to people, where that is not what the check says.
        cause: what other checks name alike when the same defect makes them fail; empty for its own words.
        remedy: what to do about it, one sentence.

    Raises:
        UnmetExpectation: always; an AssertionError.
    """
    unmet = Unmet(what=what, expected=str(expected), observed=str(observed), where=where)
    raise UnmetExpectation(unmet, harm=harm, cause=cause, remedy=remedy)


def at_least_one(observations: _Observed | Sequence[_Observed], what: str) -> tuple[_Observed, ...]:
    """Return one observation, or several, as a tuple; a rule over none of them is not met.

    Raises:
        AssertionError: the sequence is empty.
    """
    if isinstance(observations, Sequence):
        return require_non_empty(observations, what)
    return (observations,)


def require_non_empty(observations: Sequence[_Observed], what: str) -> tuple[_Observed, ...]:
    """Return several observations as a tuple.

    Raises:
        AssertionError: the sequence is empty.
    """
    if not observations:
        fail(f"no {what}", expected="at least one", observed="none", where="nothing was observed")
    return tuple(observations)
