"""Records that people did not sign, not this way, or not about this; and people who are missing."""

from __future__ import annotations

from rehearsal.faults.base import Fault
from rehearsal.people.plan import DAY_SECONDS, Tampering
from rehearsal.stack.plan import StackPlan

LEAD, OPS, DBA, QA = "lea@audotics.test", "olga@audotics.test", "dario@audotics.test", "quentin@audotics.test"
TEAM, PLAN, DECISIONS = ("final.team",), ("bkp.dr-plan",), ("final.go-no-go",)


class AlteredAttestation(Fault):
    """What an attestation says was changed after it was signed."""

    name = "attestation.altered"
    expected_failures = PLAN
    proves = ("test_recovery_plan_is_the_one_that_was_attested",)

    def apply(self, stack: StackPlan) -> None:
        changes = {"statement": "Disaster recovery plan prepared, and it needs no drill"}
        stack.people.tamperings.append(Tampering(f"bkp.dr-plan--{OPS}", changes))


class ForgedAttestation(Fault):
    """An attestation was signed in somebody's name with the key of a stranger."""

    name = "attestation.forged"
    expected_failures = PLAN
    proves = ("test_recovery_plan_is_the_one_that_was_attested",)

    def apply(self, stack: StackPlan) -> None:
        stack.people.tamperings.append(Tampering(f"bkp.dr-plan--{OPS}", signed_by="stranger"))


class BorrowedName(Fault):
    """An attestation was signed in somebody's name with the key of a colleague."""

    name = "attestation.in-anothers-name"
    expected_failures = PLAN
    proves = ("test_recovery_plan_is_the_one_that_was_attested",)

    def apply(self, stack: StackPlan) -> None:
        stack.people.tamperings.append(Tampering(f"bkp.dr-plan--{OPS}", signed_by=DBA))


class UnsignedAttestation(Fault):
    """An attestation lies there without a signature."""

    name = "attestation.unsigned"
    expected_failures = TEAM
    proves = ("test_every_role_has_a_named_person",)

    def apply(self, stack: StackPlan) -> None:
        stack.people.tamperings.append(Tampering("final.team", unsigned=True))


class AttestationOfAnotherRelease(Fault):
    """A genuine attestation of the release before was copied to this one."""

    name = "attestation.of-another-release"
    expected_failures = PLAN
    proves = ("test_recovery_plan_is_the_one_that_was_attested",)

    def apply(self, stack: StackPlan) -> None:
        earlier = {"version": "0.9.4", "commit": "0b1d5e7a9c3f2468ace013579bdf02468ace1357"}
        stack.people.tamperings.append(Tampering(f"bkp.dr-plan--{OPS}", {"release": earlier}, signed_by=OPS))


class AttestationOfAnotherEnvironment(Fault):
    """A genuine attestation about staging was copied to this environment."""

    name = "attestation.of-another-environment"
    expected_failures = PLAN
    proves = ("test_recovery_plan_is_the_one_that_was_attested",)

    def apply(self, stack: StackPlan) -> None:
        changes = {"environment": "staging"}
        stack.people.tamperings.append(Tampering(f"bkp.dr-plan--{OPS}", changes, signed_by=OPS))


class ExpiredAttestation(Fault):
    """The attestation ended a second ago."""

    name = "attestation.expired"
    expected_failures = TEAM
    proves = ("test_every_role_has_a_named_person",)

    def apply(self, stack: StackPlan) -> None:
        changes = {"at": -600, "expires": -1}
        stack.people.tamperings.append(Tampering("final.team", changes, signed_by=LEAD))


class BriefingOfYesterday(Fault):
    """The team was attested the day before, and the attestation has not ended."""

    name = "attestation.of-yesterday"
    expected_failures = TEAM
    proves = ("test_every_role_has_a_named_person",)

    def apply(self, stack: StackPlan) -> None:
        changes = {"at": -DAY_SECONDS, "expires": DAY_SECONDS}
        stack.people.tamperings.append(Tampering("final.team", changes, signed_by=LEAD))


class WrongRole(Fault):
    """The team is attested by somebody who may not say that."""

    name = "attestation.by-the-wrong-role"
    expected_failures = TEAM
    proves = ("test_every_role_has_a_named_person",)

    def apply(self, stack: StackPlan) -> None:
        stack.people.tamperings.append(Tampering("final.team", {"by": QA}, signed_by=QA))


class SelfApproved(Fault):
    """One person attested the recovery plan twice, where two people are needed."""

    name = "attestation.self-approved"
    expected_failures = PLAN
    proves = ("test_recovery_plan_is_the_one_that_was_attested",)

    def apply(self, stack: StackPlan) -> None:
        stack.people.tamperings.append(Tampering(f"bkp.dr-plan--{DBA}", {"by": OPS}, signed_by=OPS))


class PlanChanged(Fault):
    """The recovery plan was changed after it was attested."""

    name = "plan.changed-since-attested"
    expected_failures = PLAN
    proves = ("test_recovery_plan_is_the_one_that_was_attested",)

    def apply(self, stack: StackPlan) -> None:
        stack.people.changed_after_signing["disaster-recovery.md"] = "\n4. Call the new provider.\n"


class StaleDrill(Fault):
    """The recovery plan was last tried out a quarter of a year and a day ago."""

    name = "plan.stale-drill"
    expected_failures = PLAN
    proves = ("test_recovery_plan_was_drilled",)

    def apply(self, stack: StackPlan) -> None:
        for claim in stack.people.attestations:
            if claim.item == "bkp.dr-plan":
                claim.drilled_days_ago = 92


class VacantRole(Fault):
    """Nobody is the database administrator."""

    name = "team.vacant-role"
    expected_failures = TEAM
    proves = ("test_every_role_has_a_named_person",)

    def apply(self, stack: StackPlan) -> None:
        stack.people.person(DBA).roles = ["OPS"]


class RosterChanged(Fault):
    """Somebody joined the team after it was attested."""

    name = "team.changed-since-attested"
    expected_failures = TEAM
    proves = ("test_team_is_attested_on_the_day",)

    def apply(self, stack: StackPlan) -> None:
        entry = '\n[[person]]\nname = "Nora Late"\nprincipals = ["nora@audotics.test"]\nroles = ["QA"]\n'
        stack.people.changed_after_signing["people.toml"] = entry


class DecisionMissing(Fault):
    """One of the stakeholders has not decided."""

    name = "decision.missing"
    expected_failures = DECISIONS
    proves = ("test_every_stakeholder_decided_go",)

    def apply(self, stack: StackPlan) -> None:
        stack.people.decisions = [made for made in stack.people.decisions if made.by != QA]


class NoGo(Fault):
    """One of the stakeholders decided no-go."""

    name = "decision.no-go"
    expected_failures = DECISIONS
    proves = ("test_every_stakeholder_decided_go",)

    def apply(self, stack: StackPlan) -> None:
        made = next(made for made in stack.people.decisions if made.by == QA)
        made.decision, made.reason = "no-go", "two journeys were not tried on a phone"


class SamePersonTwice(Fault):
    """One person decides for two roles, and holds both."""

    name = "decision.same-person-twice"
    expected_failures = DECISIONS
    proves = ("test_stakeholders_are_different_people",)

    def apply(self, stack: StackPlan) -> None:
        stack.people.person(LEAD).roles.append("QA Lead")
        next(made for made in stack.people.decisions if made.by == QA).by = LEAD


class AnotherReport(Fault):
    """The report is not the one any more that the stakeholders decided on."""

    name = "decision.on-another-report"
    expected_failures = DECISIONS
    proves = ("test_decisions_are_about_the_report_that_is_here",)

    def apply(self, stack: StackPlan) -> None:
        stack.people.changed_after_signing["checklist.html"] = "<!-- later -->\n"


class DecisionAltered(Fault):
    """A no-go was made a go after it was signed."""

    name = "decision.altered"
    expected_failures = DECISIONS
    proves = ("test_every_stakeholder_decided_go",)

    def apply(self, stack: StackPlan) -> None:
        made = next(made for made in stack.people.decisions if made.by == QA)
        made.decision, made.reason = "no-go", "two journeys were not tried on a phone"
        stack.people.tamperings.append(Tampering("decision-qa-lead", {"decision": "go"}))


class DecisionOfAWhileAgo(Fault):
    """The stakeholders decided a day before the deployment."""

    name = "decision.stale"
    expected_failures = DECISIONS
    proves = ("test_every_stakeholder_decided_go",)

    def apply(self, stack: StackPlan) -> None:
        for made in stack.people.decisions:
            record = f"decision-{made.role.lower().replace(' ', '-')}"
            stack.people.tamperings.append(Tampering(record, {"at": -DAY_SECONDS}, signed_by=made.by))
