"""What every part of a profile is made of."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag


class Frozen(BaseModel):
    """A part of a profile: never changed, and without a key that nobody knows."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Absent(Frozen):
    """Something that this deployment does not have, with the reason."""

    absent: str = Field(min_length=8)


def _presence(part: object) -> str:
    declared_absent = "absent" in part if isinstance(part, dict) else isinstance(part, Absent)
    return "(absent)" if declared_absent else "(present)"


Absence = Annotated[Absent, Tag("(absent)")]
Presence = Discriminator(_presence)
"""A part is ``Annotated[Annotated[Model, Tag("(present)")] | Absence, Presence]``: errors name one."""
