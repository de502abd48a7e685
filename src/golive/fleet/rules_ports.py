"""Which ports must be open, and which must not be."""

from collections.abc import Sequence

from golive.core.outcome import Blind
from golive.fleet.observation import PortObservation
from golive.rules.failure import fail, require_non_empty

_WORDS = {
    "open": "open",
    "refused": "closed (refused)",
    "silent": "closed (no answer)",
    "unreachable": "unreachable",
    "no way": "no way there",
}


def expect_open(observations: Sequence[PortObservation]) -> None:
    """Every port accepts connections.

    Raises:
        Blind: this machine has no route of an address' family, so nothing is said about the host.
    """
    several = require_non_empty(observations, "port that must be open")
    wrong = [seen for seen in several if seen.state not in ("open", "no way")]
    if wrong:
        fail(_named(wrong), expected="open", observed=_WORDS[wrong[0].state], where=wrong[0].title)
    for seen in several:
        if seen.state == "no way":
            raise _no_way(seen)


def expect_closed(observations: Sequence[PortObservation], control: Sequence[PortObservation]) -> None:
    """No port accepts connections, and that means something: a control port of the same family did.

    Args:
        observations: of the ports that must be closed, of one family.
        control: of ports that must be open, tried from the same place.

    Raises:
        Blind: no control port of the family is open, so a closed port proves nothing.
    """
    several = require_non_empty(observations, "port that must be closed")
    wrong = [seen for seen in several if seen.state == "open"]
    if wrong:
        fail(_named(wrong), expected="closed", observed="open", where=wrong[0].title)
    families = {seen.family for seen in several}
    seeing = {seen.family for seen in control if seen.state == "open"}
    for family in sorted(families - seeing):
        tried = ", ".join(seen.title for seen in control if seen.family == family) or "none is declared"
        raise Blind(
            f"no control port answers over {family} ({tried}), so closed ports prove nothing",
            remedy=f"fix the way from here, or declare a port that must be open at an {family} address",
        )


def _named(wrong: Sequence[PortObservation]) -> str:
    first = wrong[0]
    others = ", ".join(f"{seen.service} {seen.address}" for seen in wrong[1:4])
    more = f" (also {others}{' …' if len(wrong) > 4 else ''})" if others else ""
    return f"{first.service} port {first.address.port}{more}"


def _no_way(seen: PortObservation) -> Blind:
    return Blind(
        f"this machine has no route to {seen.address} ({seen.family})",
        remedy=f"run from a place that has {seen.family},"
        f' or declare it: [features] {seen.family} = {{ absent = "reason" }}',
    )
