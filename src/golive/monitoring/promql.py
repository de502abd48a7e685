"""Prometheus' own languages: what an expression compares with, and how durations are written."""

import importlib
import operator
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator

LONGEST = 2000
"""Characters of an expression that is read; the parser recurses, and would overflow its stack on far more."""
_ARITHMETIC = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}
_COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">="})
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


def thresholds(expression: str) -> frozenset[str] | None:
    """Return every comparison with a number in an expression, such as ``> 0.01``.

    The number is on the right; ``0.01 < x`` is turned around, and arithmetic of numbers is done. None for
    what is no PromQL, or is longer than `LONGEST`.
    """
    if len(expression) > LONGEST:
        return None
    try:
        tree = _parser().parse(expression)
    except ValueError:
        return None
    found: set[str] = set()
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if type(node).__name__ == "BinaryExpr" and str(node.op) in _COMPARISONS:
            left, right, sign = _number(node.lhs), _number(node.rhs), str(node.op)
            if right is not None:
                found.add(f"{sign} {right:g}")
            elif left is not None:
                found.add(f"{_TURNED[sign]} {left:g}")
        waiting += _children(node)
    return frozenset(found)


def parse_interval(text: str) -> timedelta | None:
    """Return a duration as Prometheus writes it, such as ``1m30s``; None where it is none."""
    try:
        found = _parser().parse_duration(text)
    except (ValueError, OverflowError):
        return None
    return found if isinstance(found, timedelta) else None


def _interval(value: object) -> timedelta | None:
    return parse_interval(value) if isinstance(value, str) and value else None


DurationText = Annotated[timedelta | None, BeforeValidator(_interval)]
"""A field of Prometheus' API that holds a duration as it writes them."""


def _parser() -> Any:
    # Imported only now: few runs look at rules.
    return importlib.import_module("promql_parser")


def _children(node: Any) -> list[Any]:
    match type(node).__name__:
        case "BinaryExpr":
            return [node.lhs, node.rhs]
        case "ParenExpr" | "UnaryExpr" | "AggregateExpr" | "SubqueryExpr":
            return [node.expr]
        case "Call":
            return list(node.args)
        case _:
            return []


def _number(node: Any) -> float | None:
    match type(node).__name__:
        case "NumberLiteral":
            return float(node.val)
        case "ParenExpr":
            return _number(node.expr)
        case "UnaryExpr":
            inner = _number(node.expr)
            return None if inner is None else -inner
        case "BinaryExpr" if str(node.op) in _ARITHMETIC:
            left, right = _number(node.lhs), _number(node.rhs)
            if left is None or right is None or (str(node.op) == "/" and right == 0):
                return None
            return float(_ARITHMETIC[str(node.op)](left, right))
        case _:
            return None
