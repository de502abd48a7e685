"""What people signed about one release in one environment, as far as it is accepted."""

from collections.abc import Callable

from golive.core.attestation import Attestation, Rejection, StakeholderDecision
from golive.core.record import Record


class AcceptedDecision(Record):
    """A stakeholder's decision that is accepted."""

    decision: StakeholderDecision
    name: str
    """Who decided."""
    key: str
    """Fingerprint of the key that signed."""


class AcceptedRecords(Record):
    """Attestations and decisions that are accepted, and the signed records that are not, in words."""

    attestations: tuple[Attestation, ...] = ()
    decisions: tuple[AcceptedDecision, ...] = ()
    rejections: tuple[Rejection, ...] = ()

    def of(self, item: str) -> tuple[Attestation, ...]:
        """The accepted attestations of a line, the newest first."""
        found = [entry for entry in self.attestations if entry.item == item]
        return tuple(sorted(found, key=lambda entry: entry.at, reverse=True))

    def with_words(self, change: Callable[[str], str]) -> "AcceptedRecords":
        """The same with every free text of people changed, such as by taking secrets out of it."""
        return AcceptedRecords(
            attestations=tuple(
                entry.model_copy(update={"statement": change(entry.statement)}) for entry in self.attestations
            ),
            decisions=tuple(
                entry.model_copy(
                    update={
                        "decision": entry.decision.model_copy(
                            update={"reason": change(entry.decision.reason)}
                        )
                    }
                )
                for entry in self.decisions
            ),
            rejections=tuple(
                entry.model_copy(update={"reason": change(entry.reason)}) for entry in self.rejections
            ),
        )

    def against(self, subject: str) -> tuple[Rejection, ...]:
        """The records for a line, or a role, that are not accepted; what speaks against it comes first."""
        found = [entry for entry in self.rejections if entry.subject == subject]
        return tuple(sorted(found, key=lambda entry: not entry.flaw.is_invalid))
