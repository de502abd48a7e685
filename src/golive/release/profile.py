"""What a profile says of how the release is looked for."""

from pydantic import Field

from golive.profile.base import Frozen
from golive.profile.registry import extend


class ReleaseBudgets(Frozen):
    """How often instances are asked which release they run."""

    release_samples: int = Field(default=12, ge=2, le=100)
    """Requests over which the public address must name one release."""


BUDGETS = extend("budgets", ReleaseBudgets)
