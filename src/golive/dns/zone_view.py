"""What a rule over a zone is given, and the shapes that rules share."""

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from golive.core.outcome import Unseen
from golive.dns.observation import ZoneSurvey
from golive.dns.profile import Dns
from golive.dns.reply import texts
from golive.net.masking import masked_text

_SHOWN = 6


@dataclass(frozen=True, slots=True)
class ZoneView:
    """A survey, what the profile declares, and the instant of judging."""

    survey: ZoneSurvey
    target: Dns
    now: datetime

    @property
    def moment(self) -> str | None:
        """The moment of a cutover, if one is under way."""
        return self.target.cutover.moment if self.target.cutover else None

    @property
    def old_addresses(self) -> frozenset[str]:
        """Addresses that are not to be served after a change."""
        moved = self.target.cutover.old_addresses if self.target.cutover else ()
        return frozenset(_plain(each) for each in (*self.target.old_addresses, *moved))

    @property
    def new_addresses(self) -> frozenset[str]:
        """Every address that the profile declares."""
        declared = (record for record in self.target.records if record.type in ("A", "AAAA"))
        return frozenset(_plain(value) for record in declared for value in record.values)

    def addresses(self, name: str) -> tuple[str, ...]:
        """Return the A and AAAA records of a name, aliases followed where the answer has them.

        Where answers rotate, those of every answer that was seen.
        """
        found: dict[str, None] = {}
        for kind in ("A", "AAAA"):
            first = self.survey.reply(name, kind)
            more = (reply for server in self.survey.speaking for reply in server.again.get((name, kind), ()))
            for reply in (first, *more):
                found.update((_plain(value), None) for value in (reply.of_type(kind) if reply else ()))
        return tuple(found)

    def undelegated(self, *, signed: bool = False) -> Iterator[Unseen]:
        """Say that the parent was not seen, or not what it says of signatures."""
        delegation = self.survey.delegation
        if (not delegation.names and not delegation.asked) or (
            signed and delegation.names and not delegation.ds_asked
        ):
            reason = delegation.trouble or "the parent does not answer the question for the DS"
            yield Unseen(reason, "let this machine send DNS questions, or set targets.dns.start")

    def unanswered(self, name: str, *kinds: str) -> Iterator[Unseen]:
        """Say that no server answered one of these questions: silence is not absence."""
        for kind in kinds:
            if self.survey.speaking and self.survey.reply(name, kind) is None:
                yield Unseen(f"no server answered {kind} {name}", "ask again; the servers lose questions")

    def strings(self, name: str) -> tuple[str, ...]:
        """Return the TXT records of a name."""
        found = self.survey.records(name, "TXT")
        joined = [b"".join(data.strings).decode("utf-8", "replace") for data in found or ()]
        return tuple(masked_text(each) for each in joined)


def listed(values: object) -> str:
    """Return several values as a message shows them."""
    shown = sorted(str(value) for value in values)  # type: ignore[attr-defined]
    more = f" and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
    return (", ".join(shown[:_SHOWN]) + more) or "none"


def set_text(entry: object) -> str:
    """Return one record set as a message shows it."""
    return listed(texts([entry]))  # type: ignore[list-item]


def _plain(address: str) -> str:
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return address
