"""What an unmet expectation is: the harm that it does, and its parts, each for itself."""

from enum import StrEnum

from golive.core.record import Record


class Harm(StrEnum):
    """What a defect does to people, the gravest first. Checks name it by its name in lower case."""

    PEOPLE = "people's data and accounts"
    UNUSABLE = "nobody can use it"
    CONTENT = "wrong content"
    SLOW = "slow"
    NUISANCE = "nuisance"


GRAVEST_FIRST: tuple[Harm | None, ...] = (*Harm, None)
"""None is a defect whose check says nothing of its harm."""


class Unmet(Record):
    """One expectation that is not met."""

    what: str
    """What is wrong, in words of its owner."""
    expected: str
    observed: str
    where: str
    """Target, replica or file."""

    @property
    def sentence(self) -> str:
        """What is wrong first, then what was expected, and where."""
        what = self.what[:1].upper() + self.what[1:]
        return f"{what}: {self.observed}; expected {self.expected} ({self.where})"


class UnmetExpectation(AssertionError):
    """A rule is not met; plugin and gate read its parts.

    Args:
        unmet: the expectation; of several, the gravest.
        others: what else is not met, as the message ends with it.
        harm: what it does to people, where that is not what its check says.
        cause: what other checks name alike when the same defect makes them fail; empty for its own words.
        remedy: what to do about it, one sentence.
    """

    def __init__(
        self, unmet: Unmet, *, others: str = "", harm: Harm | None = None, cause: str = "", remedy: str = ""
    ) -> None:
        message = f"{unmet.what}: expected {unmet.expected}, observed {unmet.observed} — {unmet.where}"
        super().__init__(message + others)
        self.unmet = unmet
        self.harm = harm
        self.cause = cause
        self.remedy = remedy
