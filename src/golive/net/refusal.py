"""How a deployment refuses, as its profile says: rules read refusals by it."""

from dataclasses import dataclass
from typing import Literal

BodyForm = Literal["json", "status_code", "problem", "nested", "list", "detail", "any"]
"""Forms of a refusal's body; ``json`` is each of the JSON ones, ``any`` needs no JSON at all."""


@dataclass(frozen=True, slots=True)
class RefusalForm:
    """Statuses, body and pages by which a deployment refuses; by default the field's usual ones."""

    body: BodyForm = "json"
    strangers: tuple[int, ...] = ()
    """Beside 401, for who shows no token or a wrong one."""
    users: tuple[int, ...] = ()
    """Beside 403, for who is known and may not."""
    unknown: tuple[int, ...] = ()
    """Beside 404, for what is not there."""
    pages: tuple[str, ...] = ()
    """URLs without query to which a refused browser is sent."""
    cookies: tuple[str, ...] = ()
    """Cookies that sign somebody in: none of them comes with a refusal."""

    def statuses(self, *expected: int) -> tuple[int, ...]:
        """Return what refuses here where a check expects ``expected``."""
        beside = {401: self.strangers, 403: self.users, 404: self.unknown}
        more = (status for one in expected for status in beside.get(one, ()))
        return tuple(dict.fromkeys((*expected, *more)))
