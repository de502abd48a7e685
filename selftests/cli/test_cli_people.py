"""golive attest, sign, verify and waive, typed in a project of its own, with keys of its own."""

import hashlib
import json
import re
import shutil
import tomllib
from datetime import UTC, datetime, timedelta

import pytest

from golive.cli import main
from golive.core.run import RunFooter, RunHeader
from golive.report.events import EventWriter
from selftests.examples.signing_examples import mint, write_signers
from selftests.profile.test_profile_profiles import PROFILE

CHECKLIST = """\
# Mini

<!-- golive: max-age="1 h" owner=QA phase=pre_deploy -->

- [ ] Plan is ready `plan`
- [ ] Rules are reviewed `rules` <!-- golive: attested-by=QA attesters=2 -->
- [ ] All is done `all` <!-- golive: answered-by=ledger completes=pre_deploy phase=deploy -->

## Sign-off

<!-- golive: table=sign-off -->

| Role | Name | Decision | Signature | Date |
| --- | --- | --- | --- | --- |
| Deployment Lead | | | | |
| Technical Director | | | | |
"""
ADA, GRACE, TIM = "ada@mini.test", "grace@mini.test", "tim@mini.test"


@pytest.fixture(scope="module")
def signers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("people")
    return folder, write_signers(folder)


@pytest.fixture
def project(tmp_path, monkeypatch, signers):
    """A project with two environments, a checklist, a plan, and people who may sign."""
    monkeypatch.chdir(tmp_path)
    for name in ("mini", "other"):
        path = tmp_path / "environments" / f"{name}.toml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(PROFILE, encoding="utf-8")
    (tmp_path / "checklist.md").write_text(CHECKLIST, encoding="utf-8")
    (tmp_path / "plan.md").write_text("# Plan\n", encoding="utf-8")
    (tmp_path / "attestations").mkdir()
    for name in ("allowed_signers", "people.toml"):
        shutil.copy(signers[0] / name, tmp_path / "attestations" / name)
    return tmp_path


@pytest.fixture
def golive(project, signers, capsys):
    """Types a command as somebody: exit code and what it said."""

    def type_it(*words, by=None, key=None):
        command = list(words)
        if by:
            command += ["--by", by, "--key", str(signers[1][key or by])]
        capsys.readouterr()
        try:
            code = main(command)
        except SystemExit as end:
            code = end.code
        said = capsys.readouterr()
        return code, said.out + said.err

    return type_it


def attest(golive, item="plan", *words, env="mini", by=ADA, key=None):
    return golive("attest", item, "--env", env, "--evidence", "plan.md", *words, by=by, key=key)


@pytest.fixture
def report(project, golive):
    """The folder of a run over nothing, rendered."""
    folder = project / "reports" / "mini" / "1.0.0" / "run-1"
    at = datetime.now(UTC) - timedelta(minutes=5)
    writer = EventWriter(folder)
    writer.write(
        RunHeader(
            run_id="run-1",
            environment="mini",
            environment_title="Mini",
            watermark=None,
            release={"version": "1.0.0"},
            vantage="here",
            started=at,
            golive_version="0",
            checklist_source="checklist.md",
            checklist_digest=hashlib.sha256(CHECKLIST.encode()).hexdigest(),
            marker_expression="pre_deploy",
            scope=("plan", "rules"),
        )
    )
    writer.write(RunFooter(finished=at + timedelta(seconds=9), pytest_exit_code=5))
    writer.close()
    assert golive("report", str(folder))[0] == 6
    return folder


def test_attestation_says_everything_and_stands(project, golive):
    """Line, statement, environment, release, digest of what was looked at, who, when, until when."""
    code, said = attest(golive, "plan", "--drilled", "2026-01-02", "--statement", "I read it")
    assert code == 0, said
    path = project / "attestations" / "mini" / "1.0.0" / "plan--ada@mini.test.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    digest = hashlib.sha256(b"# Plan\n").hexdigest()
    assert record["seen"] == [{"source": "plan.md", "sha256": digest}]
    assert (record["item"], record["line"], record["statement"]) == ("plan", "Plan is ready", "I read it")
    assert (record["environment"], record["release"]["version"]) == ("mini", "1.0.0")
    made, ends = (datetime.fromisoformat(record[key]) for key in ("at", "expires"))
    assert ends - made == timedelta(hours=1)
    assert golive("verify", "--env", "mini")[0] == 0
    assert "accepted  plan: attested by ada@mini.test" in golive("verify", "--env", "mini")[1]


@pytest.mark.parametrize(
    ("words", "options", "said"),
    [
        (("plann",), {}, "the checklist has no line 'plann': did you mean plan?"),
        (("all",), {}, "all is not attested: it is answered by the lines of pre_deploy"),
        (
            ("plan",),
            {"env": "prod"},
            "--env prod: there is no such environment in environments/; known: mini, other",
        ),
        (("plan",), {"by": TIM}, "Tim holds FE, and may not attest plan: QA may"),
        (("plan",), {"by": ADA, "key": "stranger"}, "does not let ada@mini.test sign with"),
        (("plan",), {"by": ADA, "key": GRACE}, "does not let ada@mini.test sign with"),
        (("plan", "--expires", "2 h"), {}, "at most 60 min away"),
        (("plan", "--expires", "2020-01-01T00:00:00Z"), {}, "write an instant after now"),
        (("plan", "--expires", "2030-01-01T00:00:00"), {}, "without an offset it is no instant"),
        (("plan", "--expires", "soon"), {}, "write 2026-12-01T12:00:00Z"),
        (("plan", "--drilled", "2999-01-01"), {}, "that day has not come"),
        (("plan", "--evidence", "no-such.md"), {}, "--evidence no-such.md: cannot be read: No such file"),
        (("plan", "--evidence", "checklist.lock/.."), {}, "cannot be read"),
        (("plan", "--release", "../1"), {}, "not a version"),
    ],
)
def test_attestation_that_would_be_refused_is_not_written(project, golive, words, options, said):
    """Each mistake in its own words, and no record."""
    code, output = attest(golive, *words, **options)
    assert code == 4, output
    assert said in " ".join(output.split())
    assert not list((project / "attestations").glob("*/**/*.json*"))


def test_unknown_signer_is_told_the_line_to_add(project, golive, tmp_path):
    """Whoever has a key and is not on the list yet."""
    key, public = mint(tmp_path, "new")
    key.with_name(f"{key.name}.pub").write_text(f"{public} ada\n", encoding="utf-8")
    command = ["attest", "plan", "--env", "mini", "--evidence", "plan.md", "--by", ADA, "--key", str(key)]
    code, said = golive(*command)
    assert code == 4
    assert f"{ADA} {public}" in said


def test_two_people_attest_one_after_another(golive):
    """The first is awaited no more when the second signs."""
    code, said = attest(golive, "rules")
    assert (code, "rules needs 2 people" in said) == (0, True)
    assert "waiting   rules: " in golive("verify", "--env", "mini")[1]
    assert attest(golive, "rules", by=GRACE)[0] == 0
    assert golive("verify", "--env", "mini")[0] == 0


def tampered(project, golive, change):
    """Attest, do something to the files, and return what verify says."""
    assert attest(golive)[0] == 0
    folder = project / "attestations" / "mini" / "1.0.0"
    change(folder / "plan--ada@mini.test.json")
    code, said = golive("verify", "--env", "mini")
    assert code == 1, said
    return said


def test_altered_attestation_is_rejected(project, golive):
    """Another end, which nobody signed."""

    def change(path):
        path.write_text(re.sub(r'"expires": "\d+', '"expires": "2999', path.read_text()), encoding="utf-8")

    assert "altered: what it says is not what was signed" in tampered(project, golive, change)


def test_attestation_copied_to_another_environment_is_rejected(project, golive):
    """It is genuine, and about something else."""
    assert attest(golive)[0] == 0
    shutil.copytree(project / "attestations" / "mini", project / "attestations" / "other")
    code, said = golive("verify", "--env", "other")
    assert code == 1
    assert "for another environment: it is about mini, and this is other" in said


def test_attestation_copied_to_another_release_is_rejected(project, golive):
    """The same for releases, and for another commit under the same version."""
    assert attest(golive)[0] == 0
    folder = project / "attestations" / "mini"
    shutil.copytree(folder / "1.0.0", folder / "1.0.1")
    assert (
        "for another release: it is about release 1.0.0, and this is 1.0.1"
        in golive("verify", "--env", "mini", "--release", "1.0.1")[1]
    )
    assert "for another release" in golive("verify", "--env", "mini", "--commit", "c0ffee")[1]


def test_attestation_whose_environment_was_rewritten_is_rejected(project, golive):
    """Rehearsed here, edited to be of there: the signature is not over that."""
    assert attest(golive)[0] == 0
    shutil.copytree(project / "attestations" / "mini", project / "attestations" / "other")
    path = project / "attestations" / "other" / "1.0.0" / "plan--ada@mini.test.json"
    path.write_text(path.read_text().replace('"mini"', '"other"'), encoding="utf-8")
    assert "forged: its signature was made for something else" in golive("verify", "--env", "other")[1]


@pytest.mark.parametrize(
    ("content", "words"),
    [("{}", "unreadable"), ("not json", "unreadable"), ("", "unreadable"), ("[" * 9999, "unreadable")],
)
def test_what_is_no_record_is_rejected(project, golive, content, words):
    """Whatever lies there is named, and breaks nothing."""
    assert words in tampered(project, golive, lambda path: path.write_text(content, encoding="utf-8"))


def test_unsigned_record_is_rejected(project, golive):
    """A record alone is a file that anybody can write."""
    said = tampered(project, golive, lambda path: path.with_name(f"{path.name}.sig").unlink())
    assert "unsigned: there is no plan--ada@mini.test.json.sig beside it" in said


def test_decision_binds_report_release_and_role(project, golive, report):
    """What was decided, on which bytes, and by whom; the report stays as it was decided on."""
    before = (report / "checklist.html").read_bytes()
    code, said = golive("sign", str(report), "--role", "Deployment Lead", "--decision", "go", by=ADA)
    assert code == 0, said
    folder = project / "attestations" / "mini" / "1.0.0"
    record = json.loads((folder / "decision-deployment-lead--ada@mini.test.json").read_text(encoding="utf-8"))
    digest = hashlib.sha256(before).hexdigest()
    assert record["reports"] == [{"run": "run-1", "sha256": digest, "verdict": "INCONCLUSIVE"}]
    assert golive("report", str(report))[0] == 6
    assert (report / "checklist.html").read_bytes() == before
    signed = (report / "checklist-signed.html").read_text(encoding="utf-8")
    assert "Ada" in signed
    assert digest[:12] in signed
    row = next(
        line
        for line in (report / "checklist-signed.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("| Deployment Lead")
    )
    assert row.split("|")[2:4] == [" Ada ", " GO "]


@pytest.mark.parametrize(
    ("words", "by", "said"),
    [
        (("--role", "Deployment Lead", "--decision", "no-go"), ADA, "say why with --reason"),
        (("--role", "King", "--decision", "go"), ADA, "'King' is no row of the sign-off table"),
        (("--role", "Technical Director", "--decision", "go"), ADA, "Ada holds QA, Deployment Lead"),
    ],
)
def test_decision_that_would_be_refused_is_not_written(project, golive, report, words, by, said):
    """By the wrong person, for no role, or without a reason."""
    code, output = golive("sign", str(report), *words, by=by)
    assert code == 4, output
    assert said in output
    assert not list((project / "attestations").glob("*/**/*.json*"))


def test_go_on_a_report_that_says_no_go_is_refused(golive, report):
    """Fix or waive first."""
    page = report / "checklist.html"
    page.write_text(page.read_text().replace("<title>INCONCLUSIVE", "<title>NO-GO"), encoding="utf-8")
    code, said = golive("sign", str(report), "--role", "Deployment Lead", "--decision", "go", by=ADA)
    assert code == 4
    assert "against the verdict: it says go on a report that says NO-GO" in said


def test_signing_what_is_no_report_is_an_error_in_words(golive, project):
    """A folder that holds none."""
    code, said = golive("sign", str(project), "--role", "Deployment Lead", "--decision", "go", by=ADA)
    assert code == 4
    assert "the folder of a run?" in said


def test_waiver_is_written_and_ends(golive, project):
    """In the words that were given, within thirty days."""
    words = ("--reason", "known", "--owner", "QA", "--ticket", "Q-1")
    assert golive("waive", "plan", *words, "--expires", "7 d")[0] == 0
    document = tomllib.loads((project / "waivers.toml").read_text(encoding="utf-8"))
    assert document["waiver"][0]["item"] == "plan"
    code, said = golive("waive", "rules", *words, "--expires", "31 d")
    assert code == 4
    assert "more than 30 days" in said


@pytest.mark.parametrize(
    "command", ["attest", "sign", "verify", "waive", "report", "doctor", "schema", "provide"]
)
def test_every_command_explains_itself(golive, command):
    """And the list of commands names each."""
    code, said = golive(command, "--help")
    assert (code, "usage: golive" in said) == (0, True)
    assert command in golive("--help")[1]


def test_outside_a_project_the_way_in_is_said(golive, monkeypatch, tmp_path_factory):
    """Not a bare error of the system."""
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    code, said = attest(golive)
    assert (code, "run golive in the project, or give --checklist" in said) == (4, True)


def test_people_who_are_not_whole_are_an_error_in_words(project, golive):
    """The file, the person and the key."""
    (project / "attestations" / "people.toml").write_text('[[person]]\nname = "X"\n', encoding="utf-8")
    code, said = golive("verify", "--env", "mini")
    assert code == 4
    assert "people.toml: person.1.principals" in said
