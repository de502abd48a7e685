"""What DNS cases are asked of: the servers of a zone, and the zone as its servers give it."""

from collections.abc import Iterator

from golive.core.outcome import Unseen
from golive.dns.zone_view import ZoneView
from golive.rules.declared import Cases


def _answered(view: ZoneView) -> Iterator[Unseen]:
    if not view.survey.speaking:
        yield Unseen("no server answers for the zone", "fix the zone's servers first")


SERVERS: Cases[ZoneView, []] = Cases(ZoneView)
"""Asked of delegation and servers, whatever they answer."""
ZONE: Cases[ZoneView, []] = Cases(ZoneView, first=_answered)
"""Asked where a server answers for the zone; rules name the questions that nobody answered."""
