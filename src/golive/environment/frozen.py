"""What every part of a profile is made of."""

from pydantic import BaseModel, ConfigDict, Field


class Frozen(BaseModel):
    """A part of a profile: never changed, and without a key that nobody knows."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Absent(Frozen):
    """Something that this deployment does not have, with the reason."""

    absent: str = Field(min_length=8)
