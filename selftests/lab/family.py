"""A family of network cases in the lab: what has each case, and how it is looked at and judged.

A family joins the record (docs/reference/network-cases.md) by a module of this package that has a ``FAMILY``.
"""

import importlib
import pkgutil
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from golive.profile.cases import Case
from golive.rules.cases import CaseReport

Look = Callable[[Path], CaseReport]
"""Starts a lab host, looks at it, ends it and judges; the folder is for certificates and the like."""


@dataclass(frozen=True, slots=True)
class LabHost:
    """A host of the lab that has one case, or none where it is healthy."""

    case: str
    description: str
    """What it is, in a few words."""
    look: Look


@dataclass(frozen=True, slots=True)
class Family:
    """All cases of one letter."""

    title: str
    cases: Sequence[Case]
    faulty: Sequence[LabHost]
    healthy: Sequence[LabHost]
    """Their ``case`` is empty."""


@cache
def families() -> tuple[Family, ...]:
    """Every family of this package, by its first case's id."""
    package = importlib.import_module("selftests.lab")
    names = [module.name for module in pkgutil.iter_modules(package.__path__)]
    modules = (
        importlib.import_module(f"selftests.lab.{name}") for name in names if not name.startswith("test_")
    )
    found = [module.FAMILY for module in modules if hasattr(module, "FAMILY")]
    return tuple(sorted(found, key=lambda family: _ORDER.find(family.cases[0].id[0])))


_ORDER = "TPHDC"


def found(report: CaseReport) -> set[str]:
    """The cases that a report names."""
    return {finding.case for finding in report.findings}


def expect_case(report: CaseReport, case: str, beside: Set[str] = frozenset()) -> None:
    """The report names the case, and no other but those that come with it.

    Raises:
        AssertionError: it does not, or names others.
    """
    assert case in found(report), report.facts()
    assert found(report) <= {case, *beside}, report.facts()
