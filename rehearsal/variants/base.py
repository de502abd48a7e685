"""What a variant is: a name, a change that is right, and what the profile of such a deployment says."""

from __future__ import annotations

from typing import ClassVar

from rehearsal.faults.base import ApiFault, FrontendFault


class Healthy:
    """Marks a change as no defect: it proves nothing, and no line may turn red."""

    expected_failures: ClassVar[tuple[str, ...]] = ()
    proves: ClassVar[tuple[str, ...]] = ()
    declares: ClassVar[str] = ""
    """What its profile says otherwise than the rehearsal's own; nothing where it is empty."""


class ApiVariant(Healthy, ApiFault):
    """An API that does the right thing in another way."""


class FrontendVariant(Healthy, FrontendFault):
    """A page that does the right thing in another way."""
