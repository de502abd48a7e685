"""Reading a checklist: the shipped document has every row, and what is wrong in one is said with its line."""

import re
from datetime import time, timedelta
from pathlib import Path

import pytest

from golive.core.checklist import AnsweredBy, ChecklistError, Severity, Table
from golive.core.checklist_markdown import parse_checklist

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
    """Who fixes a document need not run it once per defect."""
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


BESIDE = "- [ ] a line that is right `a.one`\n\n"


@pytest.mark.parametrize(
    ("body", "ids"),
    [
        ("> [!IMPORTANT]\n> - [ ] two people on call `a.two`\n", ["a.two"]),
        (
            "> - [x] two `a.two`\n>   - [ ] three `a.three`\n>\n> > 1. [ ] four `a.four`\n",
            "a.two a.three a.four",
        ),
        ("- Who is there:\n\n  > [!NOTE]\n  > * [ ] two `a.two`\n", ["a.two"]),
        ("- [ ]\ttwo `a.two`\n", ["a.two"]),
        ("- [X]   two `a.two`\n+ [ ]\n  three `a.three`\n", "a.two a.three"),
        ("<details>\n<summary>More</summary>\n\n- [ ] two `a.two`\n\n</details>\n", ["a.two"]),
        ("2) [ ] two `a.two`\n", ["a.two"]),
    ],
)
def test_a_box_is_a_line_wherever_a_list_stands(body, ids):
    """In alerts, in quotes within lists, after a tab, below HTML: who reads the document sees a box there."""
    found = parse_checklist(HEAD + BESIDE + body, source="mine.md")
    assert [item.id for item in found.boxes()] == ["a.one", *(ids.split() if isinstance(ids, str) else ids)]
    assert all(
        f"`{item.id}`" in "\n".join(found.text.splitlines()[item.line - 1 :][:2]) for item in found.boxes()
    )


@pytest.mark.parametrize(
    ("body", "line", "words"),
    [
        ("> [!IMPORTANT]\n> - [ ] two people on call\n", 7, "a box without an id.*'two people on call'"),
        ("- intro\n\n  > - [ ] two\n", 8, "a box without an id.*'two'"),
        ("- [ ]\tthree\n", 6, "a box without an id.*'three'"),
        ("- [ ]\n", 6, "a box without an id"),
        ("- [] two `a.two`\n", 6, r"not a box of Markdown.*write `\[ \] `"),
        ("- [ ]two `a.two`\n", 6, "not a box of Markdown"),
        ("- [\N{NO-BREAK SPACE}] two `a.two`\n", 6, "not a box of Markdown"),
        ("- [-] two\n", 6, "not a box of Markdown"),
        ("- \N{BALLOT BOX} two\n", 6, "not a box of Markdown"),
        ("[ ] two `a.two`\n", 6, "a box outside a list"),
        ("Then:\n-[ ] two `a.two`\n", 7, "a box outside a list"),
        ("Then:\n7. [ ] two `a.two`\n", 7, "a box outside a list"),
        ("- two\n\n  [ ] two `a.two`\n", 8, "a box outside a list"),
        ("### [ ] two\n", 6, "a box outside a list"),
        ("- [ ] two `a.two`\n  [ ] three `a.three`\n", 7, "a box outside a list"),
        ("- two people [ ]\n", 6, "a box within a line"),
        ("- [ ] two [ ] three `a.two`\n", 6, "a box within a line"),
        ("| what | done |\n|---|---|\n| two | [ ] |\n", 8, "a box in a table"),
        ("Then\n\n    - [ ] two `a.two`\n", 8, "a box in a block of code"),
        ("<details>\n- [ ] two `a.two`\n</details>\n", 7, "a box within HTML"),
        ('<li><input type="checkbox"> two</li>\n', 6, "a box within HTML"),
        ('- <input type="checkbox"> two\n', 6, "a box within HTML"),
        ("```\ncode\n\n- [ ] two `a.two`\n", 9, "a box in a block of code that is never closed"),
        ("<!-- old\n\n- [ ] two `a.two`\n", 8, "a box within a comment that is never closed"),
    ],
)
def test_a_box_that_is_no_line_is_an_error(body, line, words):
    """Whatever looks like a box to its readers, and would answer to nobody, is named with its place."""
    message = errors_of(BESIDE + body)
    assert message.startswith(f"mine.md:{line}: ")
    assert re.search(words, message)


@pytest.mark.parametrize(
    "body",
    [
        "- `[ ]` is open, `[x]` is done\n- see [x](https://example.org) and [ ][x]\n\n[x]: https://example.org\n",
        "```markdown\n- [ ] an example\n```\n\n- say\n\n  ~~~\n  - [ ] an example\n  ~~~\n",
        "<!--\n- [ ] dropped since 0.9\n-->\n<pre>\n- [ ] an example\n</pre>\n",
        "> [!NOTE]\n> Citations [1] and footnotes are no boxes.\n\n- [1] Nygard, Release It!\n",
        "## Two\n<!-- golive: table=sign-off -->\n\n| Role | Decision |\n|---|---|\n| QA | [ ] go |\n",
    ],
)
def test_what_is_no_box_is_left_in_peace(body):
    """Code, links, comments and citations; and the table that people sign."""
    found = parse_checklist(HEAD + BESIDE + body, source="mine.md")
    assert list(found.items) == ["a.one"]


def test_attributes_in_a_quote_hold_in_that_quote():
    """They are read, as they are below a heading, and end with the quote."""
    body = "> <!-- golive: owner=OPS -->\n>\n> - [ ] two `a.two`\n\n- [ ] three `a.three`\n"
    items = parse_checklist(HEAD + BESIDE + body, source="mine.md").items
    assert [item.owner for item in items.values()] == ["QA", "OPS", "QA"]


@pytest.mark.parametrize(
    "span",
    [
        "git tag v1.0.0",
        "v1.0.0",
        "v2",
        "1.2.3",
        "NODE_ENV",
        "README.md",
        "--env=prod",
        "a/b",
        "a..b",
        "x@y.z",
    ],
)
def test_code_at_the_end_of_a_box_that_is_no_id_is_said(span):
    """A command, a version or a name of a variable is not the line's id: the line has none."""
    assert re.search(
        rf"mine.md:6: a box without an id.*{re.escape(f'`{span}`')} is none",
        errors_of(f"{BESIDE}- [ ] Do: `{span}`\n"),
    )


def test_code_at_the_end_of_a_plain_line_leaves_it_prose():
    """The same command may end any number of them."""
    body = (
        BESIDE + "Then:\n\n- run `npm test`\n- then `npm test`\n- with `make`\n- and `make`\n- of `v1.0.0`\n"
    )
    found = parse_checklist(HEAD + body, source="mine.md")
    assert list(found.items) == ["a.one"]
    prose = "".join(getattr(block, "html", "") for section in found.sections for block in section.blocks)
    assert "<code>npm test</code>" in prose


@pytest.mark.parametrize("name", ["a", "a.1", "infra.load-balancer", "step.db_backup", "c2.x9"])
def test_ids_are_words_joined_by_dots(name):
    """Of lower case; hyphens and underscores may join words too."""
    assert list(parse_checklist(f"{HEAD}- [ ] one `{name}`\n", source="mine.md").items) == [name]


def test_a_plain_line_with_attributes_and_no_id_is_said():
    """Somebody meant it to be a line of the checklist."""
    message = errors_of(BESIDE + "- Launch announced `npm run tell` <!-- golive: owner=CS -->\n")
    assert re.search("mine.md:6: attributes, and no id.*`npm run tell` is none", message)


def test_a_file_name_that_two_plain_lines_end_in_is_said_with_the_way_out():
    """It could be an id: whoever wrote it knows."""
    message = errors_of(BESIDE + "- edit `nginx.conf`\n- reload `nginx.conf`\n")
    assert re.search(
        "mine.md:7: the id 'nginx.conf' is already that of line 6.*no id.*word after it", message
    )
