"""The judgement of what all answers of a run showed."""

from collections.abc import Mapping

from golive.core.outcome import Blind
from golive.exposure.observation import AnswersLookedAt, Exposure
from golive.rules.failure import fail

_TOLD = 6


def expect_nothing_exposed(seen: AnswersLookedAt) -> None:
    """No answer and no message showed anything that is not for whoever asked.

    Raises:
        Blind: there was none to look at.
    """
    if not seen.answers + seen.messages:
        raise Blind(
            "no answer of the product was looked at in this run, so nothing is known of what they show",
            remedy="run it together with the checks that ask: without -k, or with all of its line",
        )
    findings = findings_of(seen.exposures)
    if findings:
        fail(
            "answers show what is nobody else's business",
            expected=f"nothing of it in {seen.answers} answers and {seen.messages} messages",
            observed="; ".join(findings[:_TOLD])
            + (f"; and {len(findings) - _TOLD} more" if len(findings) > _TOLD else ""),
            where="what is meant is declared, with its reason, as [[disclosures]]",
        )


def findings_of(exposures: Mapping[Exposure, int]) -> list[str]:
    """Return a sentence for each kind of data and route, in the order of kinds, the gravest first."""
    grouped: dict[tuple[str, str], list[tuple[Exposure, int]]] = {}
    order = {kind: rank for rank, kind in enumerate(type(next(iter(exposures)).kind))} if exposures else {}
    for one, count in sorted(exposures.items(), key=lambda item: (order[item[0].kind], item[0])):
        grouped.setdefault((one.kind, one.route), []).append((one, count))
    return [_sentence(kind, route, found) for (kind, route), found in grouped.items()]


def _sentence(kind: str, route: str, found: list[tuple[Exposure, int]]) -> str:
    places = dict.fromkeys(one.place or "the body" for one, _ in found)
    askers = dict.fromkeys(one.asker for one, _ in found)
    times = sum(count for _, count in found)
    return (
        f"{kind} in {route} (at {', '.join(list(places)[:3])}; to {', '.join(list(askers)[:4])};"
        f" {times} {'time' if times == 1 else 'times'})"
    )
