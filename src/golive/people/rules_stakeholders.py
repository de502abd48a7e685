"""Whether the stakeholders decided: every role, each another person, on the report that is here, go."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from golive.core.accepted import AcceptedDecision, AcceptedRecords
from golive.core.attestation import Choice
from golive.core.duration import format_duration
from golive.core.outcome import Blind
from golive.core.people import People
from golive.rules.failure import fail, require_non_empty

_WHERE = "sign-off table"


def expect_decisions(
    accepted: AcceptedRecords, roles: Sequence[str], *, command: str
) -> tuple[AcceptedDecision, ...]:
    """Expect that somebody decided, and that every record of a decision is accepted.

    Raises:
        AssertionError: a record was tampered with, or made by somebody who may not.
        Blind: nobody has decided yet, or nothing can be verified here.
    """
    against = [entry for role in roles for entry in accepted.against(role)]
    # Also decisions for roles that the table does not have, and records whose role cannot be read.
    decided = {entry.subject for entry in against}
    against += [
        entry
        for entry in accepted.rejections
        if entry.subject not in decided and "decision-" in entry.path.rpartition("/")[2]
    ]
    invalid = [entry for entry in against if entry.flaw.is_invalid]
    if invalid:
        fail(
            "decisions",
            expected="accepted signed records only",
            observed=f"{invalid[0]}. {invalid[0].remedy}",
            where=_WHERE,
        )
    if against:
        raise Blind(f"a decision cannot be verified: {against[0]}", remedy=against[0].remedy)
    if not accepted.decisions:
        raise Blind("no stakeholder has decided on this release here", remedy=command)
    return accepted.decisions


def expect_every_role(decisions: Sequence[AcceptedDecision], roles: Sequence[str]) -> None:
    """Expect a decision of each of ``roles``, and go of all of them.

    Raises:
        AssertionError: a role is missing, or somebody decided no-go.
    """
    against = [
        entry
        for entry in require_non_empty(decisions, "decision")
        if entry.decision.decision is not Choice.GO
    ]
    if against:
        words = "; ".join(
            f"{entry.decision.role} ({entry.name}): no-go, {entry.decision.reason}" for entry in against
        )
        fail("decisions", expected="go of every role", observed=words, where=_WHERE)
    missing = [role for role in roles if role not in {entry.decision.role for entry in decisions}]
    if missing or not roles:
        fail(
            "decisions",
            expected=f"one of each of {', '.join(roles) or 'the roles of a sign-off table'}",
            observed=f"none of {', '.join(missing) or 'any'}",
            where=_WHERE,
        )


def expect_different_people(decisions: Sequence[AcceptedDecision]) -> None:
    """Expect that no person, and no key, decided for two roles.

    Raises:
        AssertionError: one did.
    """
    by_name: dict[str, str] = {}
    by_key: dict[str, str] = {}
    for entry in require_non_empty(decisions, "decision"):
        role = entry.decision.role
        if by_name.setdefault(entry.name, role) != role:
            fail(
                "people who decided",
                expected="another one for every role",
                observed=f"{entry.name} for {by_name[entry.name]} and for {role}",
                where=_WHERE,
            )
        if by_key.setdefault(entry.key, role) != role:
            fail(
                "keys that signed",
                expected="another one for every role",
                observed=f"{entry.key} for {by_key[entry.key]} and for {role}",
                where=_WHERE,
            )


def expect_report_seen(decisions: Sequence[AcceptedDecision], reports: Mapping[str, str | None]) -> None:
    """Expect that all decided on the same reports, and that these are here as they were.

    Args:
        decisions: what was decided.
        reports: run to the SHA-256 of its report as it is here; None where there is none.

    Raises:
        AssertionError: people saw different reports, or a report changed since.
        Blind: the report is not here, so its digest cannot be compared.
    """
    seen = {
        frozenset((report.run, report.sha256) for report in entry.decision.reports)
        for entry in require_non_empty(decisions, "decision")
    }
    if len(seen) > 1:
        runs = "; ".join(
            sorted(", ".join(sorted(f"{run} {digest[:12]}…" for run, digest in one)) for one in seen)
        )
        fail("reports decided on", expected="the same for everybody", observed=runs, where=_WHERE)
    for run, digest in next(iter(seen)):
        present = reports.get(run)
        if present is None:
            raise Blind(
                f"the report of run {run}, which was decided on, is not here",
                remedy="bring its folder back below reports/, or have a report signed that is here",
            )
        if present != digest:
            fail(
                f"report of run {run}",
                expected=f"{digest[:12]}…, as it was decided on",
                observed=f"{present[:12]}…: it changed since; have the report signed that is here",
                where=_WHERE,
            )


def expect_recent_decisions(
    decisions: Sequence[AcceptedDecision], *, at_most: timedelta, now: datetime
) -> None:
    """Expect decisions no older than ``at_most``.

    Raises:
        AssertionError: one is older.
    """
    for entry in require_non_empty(decisions, "decision"):
        age = now - entry.decision.at
        if age > at_most:
            fail(
                f"decision of {entry.decision.role}",
                expected=f"at most {format_duration(at_most)} ago",
                observed=f"{format_duration(age)} ago; have it signed anew",
                where=entry.decision.by,
            )


def expect_named_people(people: People, roles: Sequence[str], *, where: str) -> None:
    """Expect a named person for every role.

    Raises:
        AssertionError: nobody holds a role, or a name is a placeholder.
        Blind: nobody is named at all.
    """
    if not people.person:
        raise Blind(
            f"{where} names nobody", remedy="write a [[person]] with name, principals and roles for each"
        )
    vacant = [role for role in roles if not people.holding(role)]
    if vacant:
        fail(
            "team", expected="a person for every role", observed=f"nobody is {', '.join(vacant)}", where=where
        )
    for person in people.person:
        if not any(character.isalpha() for character in person.name) or person.name.casefold() in _NOBODY:
            fail("team", expected="people by their names", observed=repr(person.name), where=where)


_NOBODY = frozenset({"tbd", "tba", "todo", "n.n.", "nn", "n/a", "none", "nobody", "unknown", "xxx", "name"})
