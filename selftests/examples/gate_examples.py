"""Checklists, records and ledgers made by hand, and a strategy that makes many of them."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from golive.core.attestation import Attestation, Rejection, Seen
from golive.core.checklist import AnsweredBy, Checklist, Item, ItemList, Section, Severity
from golive.core.outcome import Outcome
from golive.core.run import CheckRecord, Ledger, ReleaseIdentity
from golive.core.verdict import Decision, ItemState, Verdict
from golive.core.waiver import Waiver
from golive.gate import decide

NOW = datetime(2026, 11, 28, 15, tzinfo=UTC)
MAX_AGE = timedelta(hours=1)
SECOND = timedelta(seconds=1)
RELEASE = ReleaseIdentity(version="1.0.0")
OTHER_RELEASE = ReleaseIdentity(version="1.0.0", commit="c0ffee")

RANK = {
    Decision.GO: 0,
    Decision.CONDITIONAL_GO: 1,
    Decision.INCONCLUSIVE: 2,
    Decision.NO_GO: 3,
    Decision.ROLL_BACK: 3,
}
"""How far a verdict is from a launch. NO-GO and ROLL BACK are equally far: which of the two it is says
what to do next (fix, or go back), not how bad it is. INCONCLUSIVE is nearer than both, because running
the missing checks may still end in GO; it stops a launch all the same."""

LAUNCHES = frozenset({Decision.GO, Decision.CONDITIONAL_GO})


def line(
    name: str,
    *,
    severity: Severity = Severity.REQUIRED,
    part: str | None = None,
    trigger: bool = False,
    children: tuple[str, ...] = (),
    phases: tuple[str, ...] = ("smoke",),
) -> Item:
    """A line of a checklist; with children, it is answered by them."""
    return Item(
        id=name,
        text=f"{name} holds",
        line=1,
        phases=phases,
        owner="QA",
        severity=severity,
        max_age=MAX_AGE,
        planned_at=None,
        part=part,
        answered_by=AnsweredBy.CHILDREN if children else AnsweredBy.CHECKS,
        is_box=True,
        is_trigger=trigger,
        depth=0,
        children=children,
    )


def checklist(*lines: Item) -> Checklist:
    """A document of one section."""
    return Checklist("Mini", "checklist.md", "", (Section("One", 1, 1, (ItemList(lines),)),))


def record(
    *items: str,
    outcome: Outcome | None = Outcome.PASSED,
    age: timedelta = timedelta(minutes=5),
    function: str = "",
    parameter: str = "",
) -> CheckRecord:
    """A record that finished ``age`` before NOW, after two seconds."""
    name = function or f"test_{items[0]}"
    return CheckRecord(
        check=f"{name}[{parameter}]" if parameter else name,
        function=name,
        items=items,
        outcome=outcome,
        reason=str(outcome),
        started=NOW - age - timedelta(seconds=2),
        duration_seconds=2.0,
    )


def waiver(item: str, *, expires: datetime = NOW + timedelta(days=1)) -> Waiver:
    return Waiver(item=item, reason="known", owner="QA", ticket="AUD-1", expires=expires)


def attestation(line_id: str, **changes: object) -> Attestation:
    claim = Attestation(
        item=line_id,
        line=f"{line_id} holds",
        statement="I saw it",
        by="ada",
        environment="mini",
        release=RELEASE,
        seen=(Seen(source="docs/plan.md", sha256="a" * 64),),
        at=NOW - timedelta(minutes=30),
        expires=NOW + timedelta(hours=1),
    )
    return claim.model_copy(update=changes)


@dataclass(frozen=True)
class Case:
    """Everything that the gate decides on."""

    document: Checklist
    records: tuple[CheckRecord, ...] = ()
    scope: frozenset[str] | None = None
    expected: dict[str, frozenset[str]] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)
    deployed_at: datetime | None = None
    waivers: tuple[Waiver, ...] = ()
    attestations: tuple[Attestation, ...] = ()
    rejections: tuple[Rejection, ...] = ()

    def ledger(self) -> Ledger:
        return Ledger(
            environment="mini",
            release=RELEASE,
            scope=frozenset(self.document.items) if self.scope is None else self.scope,
            records=self.records,
            expected_checks=self.expected,
            absent_parts=self.absent,
            deployed_at=self.deployed_at,
        )

    def verdict(self) -> Verdict:
        return decide(
            self.document,
            self.ledger(),
            self.waivers,
            self.attestations,
            rejections=self.rejections,
            now=NOW,
        )

    def state(self, name: str) -> ItemState:
        return next(entry.state for entry in self.verdict().items if entry.item == name)

    def with_records(self, *records: CheckRecord) -> "Case":
        return replace(self, records=records)


LEAVES = ("a", "b", "c", "d")
FUNCTIONS = ("test_one", "test_two", "test_three")
_AGES = st.sampled_from(
    [-SECOND, timedelta(0), timedelta(minutes=30), MAX_AGE, MAX_AGE + SECOND, timedelta(days=2)]
)
_INSTANTS = st.sampled_from(
    [NOW - timedelta(days=1), NOW - SECOND, NOW, NOW + SECOND, NOW + timedelta(days=1)]
)
_OUTCOMES = st.sampled_from([Outcome.PASSED, Outcome.PASSED, Outcome.PASSED, *Outcome, None])


@st.composite
def records(draw: st.DrawFn, outcomes: st.SearchStrategy[Outcome | None] = _OUTCOMES) -> CheckRecord:
    items = draw(st.lists(st.sampled_from(LEAVES), min_size=1, max_size=2, unique=True))
    return record(
        *items,
        outcome=draw(outcomes),
        age=draw(_AGES),
        function=draw(st.sampled_from(FUNCTIONS)),
        parameter=draw(st.sampled_from(["", "1", "2"])),
    )


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A parent over two leaves, two leaves beside it, and anything that may be recorded about them."""
    severity = st.sampled_from([Severity.REQUIRED, Severity.REQUIRED, Severity.ADVISORY])
    part = st.sampled_from([None, None, "cdn"])
    phases = st.sampled_from([("smoke",), ("pre_deploy",)])
    leaves = [
        line(
            name,
            severity=draw(severity),
            part=draw(part),
            trigger=draw(st.integers(0, 5)) == 0,
            phases=draw(phases),
        )
        for name in LEAVES
    ]
    parent = line("p", severity=draw(severity), children=("a", "b"))
    document = checklist(parent, *leaves)
    whole = st.just(frozenset(document.items))
    function_sets = st.frozensets(st.sampled_from(FUNCTIONS), min_size=1, max_size=2)
    healthy = [record(name, function=f"test_{name}") for name in LEAVES if draw(st.integers(0, 3))]
    drawn = draw(st.lists(records(), max_size=4))
    unique = {entry.check: entry for entry in [*healthy, *drawn]}
    return Case(
        document=document,
        records=tuple(unique.values()),
        scope=draw(whole | st.frozensets(st.sampled_from(("p", *LEAVES)))),
        expected=draw(st.just({}) | st.dictionaries(st.sampled_from(LEAVES), function_sets, max_size=2)),
        absent=draw(st.sampled_from([{}, {}, {"cdn": "served elsewhere"}])),
        deployed_at=draw(st.none() | st.sampled_from([NOW - timedelta(minutes=40), NOW - timedelta(days=9)])),
        waivers=tuple(
            waiver(name, expires=draw(_INSTANTS)) for name in draw(st.sets(st.sampled_from(LEAVES)))
        ),
        attestations=tuple(
            attestation(
                name,
                release=draw(st.sampled_from([RELEASE, RELEASE, OTHER_RELEASE])),
                at=draw(_INSTANTS),
                expires=draw(_INSTANTS),
            )
            for name in draw(st.sets(st.sampled_from(LEAVES)))
        ),
    )
