"""Who may attest and sign: named people, the roles that they hold, the names that they sign under."""

from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from golive.core.record import Record

Principal = Annotated[str, StringConstraints(pattern=r"^[^\s,*?!\"'#-][^\s,*?!\"'#]*$")]
"""A name of the allowed-signers file, such as an e-mail address; patterns are for that file alone."""


class Person(Record):
    """One person. Roles are codes of the checklist's owners (``OPS``) and rows of its sign-off table."""

    name: str = Field(min_length=1)
    principals: tuple[Principal, ...] = Field(min_length=1)
    roles: tuple[str, ...] = ()

    def holds_any(self, roles: tuple[str, ...]) -> bool:
        """Whether the person holds one of ``roles``."""
        return not set(roles).isdisjoint(self.roles)


class People(Record):
    """Everybody who may attest or sign."""

    person: tuple[Person, ...] = ()

    @model_validator(mode="after")
    def _each_once(self) -> "People":
        owners: dict[str, str] = {}
        names: set[str] = set()
        for person in self.person:
            if person.name in names:
                raise ValueError(f"{person.name!r} is listed twice: give one [[person]] all the principals")
            names.add(person.name)
            for principal in person.principals:
                if principal in owners:
                    raise ValueError(
                        f"the principal {principal!r} is both {owners[principal]} and {person.name}"
                    )
                owners[principal] = person.name
        return self

    def of(self, principal: str) -> Person | None:
        """The person who signs as ``principal``."""
        return next((person for person in self.person if principal in person.principals), None)

    def holding(self, role: str) -> tuple[Person, ...]:
        """Everybody who holds ``role``."""
        return tuple(person for person in self.person if role in person.roles)
