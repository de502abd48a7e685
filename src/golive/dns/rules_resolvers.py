"""D45 and D46: what resolvers make of the zone; and the judgement over all DNS cases."""

from collections.abc import Sequence
from datetime import datetime

from golive.core.outcome import Unseen
from golive.dns import rules_content, rules_security, rules_servers  # noqa: F401 - they declare their cases
from golive.dns.cases import SERVERS, ZONE
from golive.dns.observation import ResolverView, ZoneSurvey
from golive.dns.profile import Dns
from golive.dns.reply import Reply
from golive.dns.zone_view import ZoneView, listed
from golive.profile.cases import Case, CaseOverride
from golive.rules.cases import CaseReport, Wrong
from golive.rules.declared import Results, report

_RESOLVERS_AFTER_CUTOVER = 3


@ZONE.case(
    "D45",
    "blocking",
    "a resolver gives another answer than the zone",
    needs=(),
    at={"before-48h": "advisory", "before-1h": "advisory", "at-change": "advisory"},
)
def split_view(view: ZoneView) -> Results:
    """D45: every resolver answers as the zone's own servers do."""
    yield from _resolvers_there(view)
    for resolver in view.survey.resolvers:
        for (name, kind), reply in resolver.replies.items():
            if kind == "SOA" or _is_old(view, reply):
                continue
            if not reply.answered:
                yield Unseen(f"{resolver.name} does not answer ({reply.word})", "see that it is reachable")
                break
            wanted = view.survey.reply(name, kind)
            ours, theirs = _values(wanted) if wanted else (), _values(reply)
            if reply.rcode not in ("NOERROR", "NXDOMAIN"):
                yield Wrong(listed(ours), _why(resolver, name, kind, reply), reply.where)
            elif wanted is None:
                yield from view.unanswered(name, kind)
            elif theirs == ours or _alias_outside(wanted):
                continue
            elif not (set(theirs) & _rotating(view, (name, kind))):
                yield Wrong(listed(ours), listed(theirs), reply.where)


@ZONE.case(
    "D46", "advisory", "a resolver still has the zone's old data", needs=(), at={"after-ttl": "blocking"}
)
def stale(view: ZoneView) -> Results:
    """D46: no resolver still has a former version of the zone."""
    yield from _resolvers_there(view)
    serials = [server.serial for server in view.survey.speaking if server.serial is not None]
    for resolver in view.survey.resolvers:
        for reply in resolver.replies.values():
            if _is_old(view, reply):
                yield Wrong("the zone's present addresses", f"the old {listed(_values(reply))}", reply.where)
        reply = resolver.replies[(view.survey.zone, "SOA")]
        found = reply.records(view.survey.zone, "SOA")
        if found and serials and _older(found[0].serial, max(serials)):
            yield Wrong(f"serial {max(serials)}", f"{found[0].serial}", reply.where)


def _resolvers_there(view: ZoneView) -> Results:
    count = len(view.survey.resolvers)
    if view.moment == "after-ttl" and count < _RESOLVERS_AFTER_CUTOVER:
        yield Unseen(
            f"a cutover is seen through {_RESOLVERS_AFTER_CUTOVER} resolvers, and the profile names {count}",
            "list resolvers that your users have as targets.dns.resolvers",
        )
    elif not count:
        yield Unseen(
            "the profile names no resolver to compare with", "list resolvers as targets.dns.resolvers"
        )


def _values(reply: Reply) -> tuple[str, ...]:
    return reply.of_type(reply.question.type)


def _rotating(view: ZoneView, what: tuple[str, str]) -> frozenset[str]:
    """Every value that the zone's servers gave, if they give others from time to time; else none.

    A resolver keeps one of such answers, and no two the same one.
    """
    answers = [server.answers(what) for server in view.survey.speaking]
    varies = any(len({_values(reply) for reply in replies}) > 1 for replies in answers)
    return frozenset(value for replies in answers for reply in replies for value in _values(reply) if varies)


def _is_old(view: ZoneView, reply: Reply) -> bool:
    """Whether a resolver gives an old address that the zone itself does not give any more."""
    present = view.survey.reply(reply.question.name, reply.question.type)
    kept = view.new_addresses.union(_values(present) if present else ())
    return bool(set(_values(reply)) & (view.old_addresses - kept))


def _alias_outside(wanted: Reply) -> bool:
    """The authority knows its alias, and a resolver also what lies behind it."""
    return bool(wanted.of_type("CNAME")) and not _values(wanted)


def _why(resolver: ResolverView, name: str, kind: str, reply: Reply) -> str:
    again = resolver.unchecked.get((name, kind))
    words = [reply.rcode, *reply.extended]
    if again is not None and again.rcode == "NOERROR":
        words.append(f"and {listed(_values(again))} without validation, so DNSSEC is broken")
    return " ".join(words)


def _older(serial: int, than: int) -> bool:
    """Serial number arithmetic (RFC 1982)."""
    return serial != than and ((than - serial) & 0xFFFFFFFF) < 0x80000000


def judge_zone(
    survey: ZoneSurvey, target: Dns, overrides: dict[str, CaseOverride], now: datetime
) -> CaseReport:
    """Ask every DNS case of a survey.

    Args:
        survey: what was seen.
        target: what the profile declares, with the moment of a cutover if there is one.
        overrides: the profile's, by case id.
        now: the instant of judging.
    """
    view = ZoneView(survey, target, now)
    answers = [*SERVERS.ask(view), *ZONE.ask(view)]
    title = f"DNS cases of {survey.zone}" + (f", {view.moment}" if view.moment else "")
    return report(title, dns_cases(view.moment), answers, overrides)


def dns_cases(moment: str | None = None) -> Sequence[Case]:
    """Return every DNS case with its severity outside of a cutover, or at a moment of one."""
    cases = sorted((*SERVERS.table, *ZONE.table), key=lambda case: case.id)
    return [case.at_moment(moment) for case in cases]
