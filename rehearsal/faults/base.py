"""What a fault is: a name, the checklist lines that it must turn red, and one change."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from rehearsal.stack.plan import StackPlan


class Fault(ABC):
    """One injected defect. The first line of a fault's docstring describes what is then true."""

    name: ClassVar[str]
    """`<area>.<defect>` in lower case with hyphens; unique."""
    case: ClassVar[str] = ""
    """Id of the network case that this is; a check that fails must name it."""
    expected_failures: ClassVar[tuple[str, ...]]
    """Ids of the checklist lines that must not stay green, and no others may turn red."""
    proves: ClassVar[tuple[str, ...]]
    """Functions of the checks that it is there to prove able to go red: each must fail while it is on."""
    masks: ClassVar[str] = ""
    """Why checks of other lines cannot see while it is on, so that no other fault is proven beside it."""
    intermittent: ClassVar[bool] = False
    """Whether only some requests meet it, so that a check of something else may catch it, by chance."""

    @property
    def description(self) -> str:
        """The defect in one sentence."""
        return (self.__doc__ or "").strip().splitlines()[0]

    @abstractmethod
    def apply(self, stack: StackPlan, /) -> None:
        """Change the plan before anything starts."""


class ApiFault(Fault):
    """A defect inside the API process, put in before the process begins to serve."""

    def apply(self, stack: StackPlan) -> None:
        """Tell every replica to call `modify` on its own application."""
        for replica in stack.replicas:
            replica.faults.append(self.name)

    @abstractmethod
    def modify(self, app: Any) -> None:
        """Change the healthy application object."""


class AssetEdgeFault(Fault):
    """A defect inside the asset edge's process, put in before the process begins to serve."""

    def apply(self, stack: StackPlan) -> None:
        """Tell the asset edge to call `modify` on itself."""
        stack.asset_edge.faults.append(self.name)

    @abstractmethod
    def modify(self, edge: Any) -> None:
        """Change the healthy edge."""


class PartnerFault(Fault):
    """A defect of a third party, or of what Audotics keeps there."""

    def apply(self, stack: StackPlan) -> None:
        """Tell the third parties' process to call `modify` on them."""
        stack.partners.faults.append(self.name)

    @abstractmethod
    def modify(self, parties: Any) -> None:
        """Change the healthy third parties (`rehearsal.third_party.application.ThirdParties`)."""


class FrontendFault(Fault):
    """A defect in what the frontend's build delivers."""

    def apply(self, stack: StackPlan) -> None:
        """Have `edit` called on the source texts before they are hashed."""
        stack.frontend_edits.append(self.edit)

    @abstractmethod
    def edit(self, files: dict[str, str], /) -> None:
        """Change the source texts (path -> text) in place."""
