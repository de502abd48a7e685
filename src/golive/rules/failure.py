"""How an unmet expectation speaks: what is wrong, what was expected, what was observed, and where."""

from collections.abc import Sequence
from typing import NoReturn, TypeVar

_Observed = TypeVar("_Observed")


def fail(what: str, *, expected: object, observed: object, where: str) -> NoReturn:
    """Fail the check.

    Raises:
        AssertionError: always.
    """
    raise AssertionError(f"{what}: expected {expected}, observed {observed} — {where}")


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
