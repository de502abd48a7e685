"""What a deployment's answers show on purpose."""

from pydantic import Field

from golive.exposure.observation import Exposure, Kind
from golive.profile.base import Frozen
from golive.profile.registry import Section, section


class Disclosure(Frozen):
    """Data that an answer may show, though it looks like data that it may not."""

    kind: Kind
    """What it looks like, in the words of the finding."""
    route: str
    """Method and route as in the finding, such as ``GET /api/sessions/{id}``."""
    place: str
    """Where it stands, such as ``members[].email``; an asterisk at the end stands for anything."""
    to: tuple[str, ...] = ()
    """Roles of the accounts that may see it; empty for anybody."""
    reason: str = Field(min_length=10)
    """Why it may be shown."""

    def covers(self, exposure: Exposure) -> bool:
        """Whether this is what was found."""
        within = (
            exposure.place.startswith(self.place[:-1])
            if self.place.endswith("*")
            else exposure.place == self.place
        )
        may_see = not self.to or exposure.asker in self.to
        return self.kind == exposure.kind and self.route == exposure.route and within and may_see


DISCLOSURES: Section[tuple[Disclosure, ...]] = section("disclosures", tuple[Disclosure, ...], ())
