"""What a forge has of a commit's continuous integration. Facts only."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from pydantic import JsonValue

from golive.net.masking import masked_name


@dataclass(frozen=True, slots=True)
class CommitCheck:
    """One check run or commit status, by its latest run."""

    name: str
    state: str
    """Its conclusion, or how far it is, in the forge's words: ``success``, ``in_progress``."""


@dataclass(frozen=True, slots=True)
class CommitChecks:
    """Everything that was run on one commit."""

    kind: ClassVar[str] = "commit-checks"

    where: str
    """The forge's host."""
    commit: str
    checks: Sequence[CommitCheck]

    @property
    def title(self) -> str:
        """Of which commit."""
        return f"CI of commit {self.commit[:12]} at {self.where}"

    def facts(self) -> dict[str, JsonValue]:
        """Each check with its state; of the same name, the states together."""
        states: dict[str, list[str]] = {}
        for check in self.checks:
            states.setdefault(masked_name(check.name, longest=60), []).append(check.state)
        return {name: ", ".join(found) for name, found in sorted(states.items())[:200]}
