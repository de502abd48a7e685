"""What a profile says of continuous integration: what must have passed on the release's commit."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from golive.profile.base import Absent, Frozen
from golive.profile.registry import Section, extend, section


class ContinuousIntegration(Frozen):
    """What must have passed on the release's commit, as the forge of ``[forge]`` has it."""

    required: tuple[str, ...] = Field(min_length=1)
    """Names of check runs, or contexts of commit statuses; each must be there, and have succeeded."""
    may_be_skipped: dict[str, Annotated[str, Field(min_length=8)]] = {}
    """Name of a required check that may be skipped or neutral instead, to the reason."""

    @model_validator(mode="after")
    def _names_are_required(self) -> Self:
        for name in self.may_be_skipped:
            if name not in self.required:
                raise ValueError(f"may_be_skipped names {name!r}, which is not required")
        return self


class CiFeatures(Frozen):
    """Abilities of the forge that a deployment may do without."""

    continuous_integration: Absent | None = None
    """Every commit is built and tested, and the forge has the results."""


CONTINUOUS_INTEGRATION: Section[ContinuousIntegration | None] = section(
    "continuous_integration", ContinuousIntegration | None, None
)
extend("features", CiFeatures)
