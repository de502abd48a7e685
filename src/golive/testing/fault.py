"""What a fault is, by form: whoever has these attributes is one."""

from typing import Protocol, runtime_checkable


@runtime_checkable
class Fault(Protocol):
    """One injected defect, which the environment knows by its name."""

    @property
    def name(self) -> str:
        """What the environment is asked for."""

    @property
    def description(self) -> str:
        """What is then true, in one sentence."""

    @property
    def case(self) -> str:
        """Id of the network case that it is, which a dedicated check must name; empty for none."""

    @property
    def expected_failures(self) -> tuple[str, ...]:
        """Lines of the checklist that fail while it is on; no other may."""

    @property
    def proves(self) -> tuple[str, ...]:
        """Its dedicated checks, by function: those that it is there to prove able to go red."""

    @property
    def intermittent(self) -> bool:
        """Whether only some requests meet it."""
