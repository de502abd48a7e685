"""Reading a checklist: the shipped document has every row, and what is wrong in one is said with its line."""

import re
from datetime import time, timedelta
from pathlib import Path

import pytest

from golive.model.checklist import AnsweredBy, ChecklistError, Severity, Table
from golive.model.checklist_markdown import parse_checklist

ROOT = Path(__file__).parents[2]

BOXES = """
code.review code.bugs code.tag code.config code.environment code.credentials
db.schema db.seed db.backup db.migrations db.scaling
infra.servers infra.load-balancer infra.tls infra.dns infra.cdn infra.firewall
mon.application mon.errors mon.dashboards mon.alerts mon.on-call
bkp.strategy bkp.dr-plan bkp.rollback-doc bkp.data-recovery
final.team final.channels final.pre-deploy-complete final.go-no-go
step.announce step.final-backup
step.backend step.backend.environment step.backend.api step.backend.migrations step.backend.health
step.frontend step.frontend.assets step.frontend.config step.frontend.connectivity
step.smoke step.smoke.journeys step.smoke.auth step.smoke.recommendations step.smoke.websocket
step.dns step.launch
post.accessible post.services post.error-logs post.monitoring post.critical
rollback.announced rollback.frontend rollback.backend rollback.database rollback.verified
rollback.communicated
watch.errors watch.performance watch.feedback watch.load watch.issues
docs.system docs.issues docs.runbooks docs.knowledge-transfer
week.performance-review week.engagement week.fixes week.maintenance
""".split()  # noqa: SIM905
TRIGGERS = ["trigger.critical-bugs", "trigger.performance", "trigger.security", "trigger.data-integrity"]
COMMUNICATION = [
    f"comms.{name}"
    for name in ("status-updates", "issues", "decision-points", "maintenance", "launch", "status-page")
]


@pytest.fixture(scope="module")
def shipped():
    return parse_checklist((ROOT / "checklist.md").read_text(encoding="utf-8"), source="checklist.md")


def test_the_shipped_checklist_has_its_72_boxes_in_order(shipped):
    """Every box of the deployment document, by its id, in the document's order."""
    assert [item.id for item in shipped.boxes()] == BOXES
    assert len(BOXES) == 72


def test_the_shipped_checklist_has_triggers_and_communication_plan(shipped):
    """Four triggers judged after every deployment, six rows of communication, and nothing else."""
    assert [item.id for item in shipped.items.values() if item.is_trigger] == TRIGGERS
    assert [name for name in shipped.items if name.startswith("comms.")] == COMMUNICATION
    assert set(shipped.items) == {*BOXES, *TRIGGERS, *COMMUNICATION}
    assert all("post_deploy" in shipped.items[name].phases for name in TRIGGERS)


def test_the_shipped_checklist_has_its_sign_off_table(shipped):
    """The four roles that sign."""
    tables = [block for section in shipped.sections for block in section.blocks if isinstance(block, Table)]
    (table,) = [block for block in tables if block.kind == "sign-off"]
    assert [row[0] for row in table.rows] == [
        "Deployment Lead",
        "QA Lead",
        "Project Manager",
        "Technical Director",
    ]


def test_the_shipped_steps_are_nested_and_timed(shipped):
    """A step with lines under it is answered by them; planned times come from the document."""
    backend = shipped.items["step.backend"]
    assert backend.answered_by is AnsweredBy.CHILDREN
    assert backend.children == tuple(
        f"step.backend.{name}" for name in ("environment", "api", "migrations", "health")
    )
    assert backend.planned_at == time(13, 30)
    assert shipped.items["step.backend.health"].phases == ("deploy", "smoke")
    assert shipped.items["infra.cdn"].part == "cdn"


def test_every_line_of_the_shipped_checklist_is_where_it_says(shipped):
    """Line numbers are those of the file."""
    lines = shipped.text.splitlines()
    assert all(f"`{item.id}`" in lines[item.line - 1] for item in shipped.items.values())


HEAD = '# Mini\n<!-- golive: max-age="1 h" owner=QA phase=smoke -->\n\n'


def errors_of(body: str, *, head: str = HEAD) -> str:
    with pytest.raises(ChecklistError) as caught:
        parse_checklist(head + body, source="mine.md")
    return str(caught.value)


@pytest.mark.parametrize(
    ("body", "line", "words"),
    [
        ("- [ ] one `a`\n- [ ] two `a`\n", 5, "'a' is already that of line 4"),
        ("- [ ] one `a`\n- [ ] no id here\n", 5, "a box without an id.*'no id here'"),
        ("- [ ] one `a` <!-- golive: ownr=QA -->\n", 4, "unknown attribute 'ownr': did you mean 'owner'"),
        ("- [ ] one `a` <!-- golive: owner -->\n", 4, "'owner' is not an attribute: write key=value"),
        ("- [ ] one `a` <!-- golive: owner='QA -->\n", 4, "cannot read the attributes"),
        ("- [ ] one `a` <!-- golive: phase=smok -->\n", 4, "unknown phase 'smok': did you mean 'smoke'"),
        ("- [ ] one `a` <!-- golive: max-age=5 -->\n", 4, "'5' is not a duration.*'500 ms'"),
        ("- [ ] one `a` <!-- golive: max-age='2 weeks' -->\n", 4, "'2 weeks' is not a duration"),
        ("- [ ] one `a` <!-- golive: severity=vital -->\n", 4, "a: 'vital' is not a valid Severity"),
        ("- [ ] one `a` <!-- golive: trigger=maybe -->\n", 4, "trigger=maybe: write yes or no"),
        ("- [ ] one `a` <!-- golive: at=25:00 -->\n", 4, "a: hour must be in"),
        (
            "- [ ] one `a` <!-- golive: answered-by=children -->\n",
            4,
            "answered-by=children, and there is no line below",
        ),
        (
            "## Two\n<!-- golive: tabel=sign-off -->\n\n- [ ] one `a`\n",
            5,
            "unknown attribute 'tabel'.*'table'",
        ),
        ("- [ ] one `a` <!-- golive: attesters=none -->\n", 4, "attesters=none: write how many people"),
        ("- [ ] one `a` <!-- golive: answered-by=ledger -->\n", 4, "completes=PHASE go together"),
        ("- [ ] one `a` <!-- golive: completes=smoke -->\n", 4, "completes=PHASE go together"),
        ("nothing to tick\n", 1, "no item in the whole document"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(body, line, words):
    """The message begins with source:line and names the defect."""
    message = errors_of(body)
    assert message.startswith(f"mine.md:{line}: ")
    assert re.search(words, message)


def test_an_item_that_nobody_owns_is_refused():
    """Phase, owner and maximum age have no default."""
    assert errors_of("- [ ] one `a`\n", head="# Mini\n\n") == (
        "mine.md:3: a: no phase, no owner, no max-age: set it on the line or on its section"
    )


def test_several_defects_are_all_said_at_once():
    """Who mends a document need not run it once per defect."""
    message = errors_of("- [ ] one `a` <!-- golive: phase=smok ownr=QA -->\n- [ ] two\n- [ ] three `a`\n")
    assert [text.partition(": ")[0] for text in message.splitlines()] == [
        "mine.md:4",
        "mine.md:4",
        "mine.md:5",
        "mine.md:6",
    ]


def test_sections_pass_their_attributes_down_and_lines_override_them():
    """A heading's attributes hold for the headings and the lines below it."""
    text = HEAD + (
        "## One\n<!-- golive: owner=OPS -->\n\n- [ ] one `a`\n"
        "- [x] two `b` <!-- golive: owner=DBA severity=advisory -->\n\n"
        "## Two\n\n- [ ] three `c` <!-- golive: max-age='500 ms' -->\n"
    )
    items = parse_checklist(text, source="mine.md").items
    assert [items[name].owner for name in "abc"] == ["OPS", "DBA", "QA"]
    assert items["b"].severity is Severity.ADVISORY
    assert items["c"].max_age == timedelta(milliseconds=500)


def test_lines_say_who_attests_them_and_what_they_sum_up(shipped):
    """The owner alone, unless the line names roles and how many people; sums are of required lines."""
    assert shipped.items["final.team"].attesting_roles == ("LEAD",)
    plan = shipped.items["bkp.dr-plan"]
    assert (plan.attesting_roles, plan.attesters) == (("OPS", "DBA", "LEAD"), 2)
    summed = [item.id for item in shipped.completed_by(shipped.items["final.pre-deploy-complete"])]
    assert len(summed) == 26
    assert {name.partition(".")[0] for name in summed} == {"code", "db", "infra", "mon", "bkp"}
    assert shipped.sign_off_roles() == (
        "Deployment Lead",
        "QA Lead",
        "Project Manager",
        "Technical Director",
    )


def test_words_in_code_are_not_ids_unless_they_end_the_line():
    """Only the last word of a line is its id; a list without ids is prose."""
    text = HEAD + "- [ ] run `make` first `a`\n\nAnd then:\n\n- use `make`\n  again\n- `done` by now\n"
    items = parse_checklist(text, source="mine.md").items
    assert (list(items), items["a"].text) == (["a"], "run make first")


def test_markup_of_the_document_is_escaped_in_prose():
    """A checklist may come from elsewhere: its HTML does not become the report's."""
    checklist = parse_checklist(
        HEAD + "<b>hi</b> <script>x</script> there\n\n- [ ] one `a`\n", source="mine.md"
    )
    prose = "".join(getattr(block, "html", "") for section in checklist.sections for block in section.blocks)
    assert "<script>" not in prose
