"""A release that continuous integration did not pass."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from rehearsal.code.plan import CheckPlan, CodePlan
from rehearsal.faults.base import Fault
from rehearsal.stack.plan import StackPlan


class CiFault(Fault):
    """Something is wrong with the checks of the release's commit."""

    expected_failures: ClassVar[tuple[str, ...]] = ("code.review",)
    proves: ClassVar[tuple[str, ...]] = ("test_continuous_integration_passed",)

    def apply(self, stack: StackPlan) -> None:
        """Have `break_in` called on the code."""
        self.break_in(stack.code)

    @abstractmethod
    def break_in(self, code: CodePlan, /) -> None:
        """Change the checks in place."""


def check_of(code: CodePlan, name: str) -> CheckPlan:
    """The check of the release's commit that has this name."""
    return next(check for check in code.checks if check.name == name and check.on == len(code.commits) - 1)


class Failed(CiFault):
    """The tests failed on the release's commit, and it was tagged all the same."""

    name = "ci.failed"

    def break_in(self, code: CodePlan) -> None:
        check_of(code, "test").state = "failure"


class Skipped(CiFault):
    """The tests were skipped on the release's commit."""

    name = "ci.skipped"

    def break_in(self, code: CodePlan) -> None:
        check_of(code, "test").state = "skipped"


class OnlyBefore(CiFault):
    """The build was run on the commit before the release's, and never on this one."""

    name = "ci.only-before"

    def break_in(self, code: CodePlan) -> None:
        check_of(code, "build").on -= 1


class StatusError(CiFault):
    """The scanner, which reports by commit statuses, broke."""

    name = "ci.status-error"

    def break_in(self, code: CodePlan) -> None:
        check_of(code, "security/scan").state = "error"


class OneOfTheMatrix(CiFault):
    """The tests succeeded on one system and timed out on another, under one name."""

    name = "ci.one-of-the-matrix"

    def break_in(self, code: CodePlan) -> None:
        code.checks.append(CheckPlan("test", "timed_out", on=len(code.commits) - 1))
