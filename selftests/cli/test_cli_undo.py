"""``golive undo``: what a killed run left is removed from its journal, and what cannot be is said."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from golive.cli import main
from golive.core.journal import UndoStep
from golive.core.outcome import Effect
from golive.report.events import EventWriter
from golive.report.journal import Journal
from selftests.examples import report_examples
from selftests.examples import session_deployment as ways

RUN = "20261130T120000Z-abc123"
PROFILE = """\
schema = 1
title = "Mini"
[release]
version = "1.0.0"
{more}
[targets.api]
url = "https://api.mini.test"
dependencies = ["database"]
[authentication]
strategy = "token"
[accounts]
listener = {{ email = "listener@mini.test", token = "listener_token" }}
friend = {{ email = "friend@mini.test", token = "friend_token" }}
[secrets]
listener_token = {{ variable = "MINI_LISTENER" }}
friend_token = {{ variable = "MINI_FRIEND" }}
operations_token = {{ variable = "MINI_OPERATIONS", optional = true }}
not_needed = {{ variable = "MINI_NOT_NEEDED" }}
[budgets]
api_p95 = "200 ms"
realtime_delivery = "500 ms"
page_load = "3 s"
first_byte = "800 ms"
[control]
targets = ["127.0.0.1:1"]
[allow]
effects = {effects}
[allow.hosts]
"{host}" = {{ methods = {methods} }}
"""


class Project:
    """A folder with a profile and the folder of a run that was killed."""

    def __init__(self, root):
        self.root = root
        self.folder = root / "reports" / "mini" / "1.0.0" / RUN
        self.allowed = {"host": "127.0.0.1:1"}
        (root / "environments").mkdir()
        self.profile()
        _, run, _ = report_examples.healthy()
        writer = EventWriter(self.folder)
        writer.write(run.header.model_copy(update={"environment": "mini", "run_id": RUN}))
        writer.close()
        self.journal = Journal(self.folder / "created.jsonl", RUN)

    def profile(self, **changes):
        """Write it; what was changed stays so."""
        self.allowed |= changes
        usual = {"methods": '["GET", "POST", "DELETE"]', "effects": '["write"]', "more": ""}
        text = PROFILE.format(**usual | self.allowed)
        (self.root / "environments" / "mini.toml").write_text(text, encoding="utf-8")

    def session(self, deployment, *, name=None, read_back=True):
        """Have a session with two members, as the run left it."""
        name = name or deployment.open("listener", "friend")
        if self.allowed["host"] == "127.0.0.1:1":
            self.profile(host=deployment.url.removeprefix("http://"))
        url = f"{deployment.url}/sessions/{name}"
        entry = self.journal.begin("group session", f"golive {RUN}")
        entry.name = name
        entry.note(
            "created",
            undo=UndoStep(method="DELETE", url=f"{url}/leave", account="listener"),
            read_back=UndoStep(method="GET", url=url, account="listener") if read_back else None,
        )
        entry.note("joining", undo=UndoStep(method="DELETE", url=f"{url}/leave", account="friend"))
        return entry


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for role in ("listener", "friend"):
        monkeypatch.setenv(f"MINI_{role.upper()}", f"token-of-{role}")
    return Project(tmp_path)


def undo(project, capsys):
    code = main(["undo", str(project.folder.relative_to(project.root))])
    said = capsys.readouterr()
    assert "token-of" not in said.out + said.err
    assert "Traceback" not in said.err
    return code, said.out, said.err


@pytest.mark.parametrize("way", [ways.ENDS_WITH_ITS_OWNER, ways.ENDS_WITH_THE_LAST])
def test_what_a_killed_run_left_is_removed(project, capsys, way):
    """By everybody who did it, the owner last, and seen to be gone; a second time there is nothing to do."""
    with ways.deployed(way) as deployment:
        project.session(deployment)
        project.session(deployment)
        code, out, _ = undo(project, capsys)
        assert deployment.sessions == {}
        assert code == 0
        assert out.count("removed       group session s") == 2
        assert "2 removed, 0 already gone, 0 left behind" in out
        before = len(deployment.seen)
        code, out, _ = undo(project, capsys)
        assert (code, "nothing to undo" in out, len(deployment.seen)) == (0, True, before)


def test_what_ended_since_is_already_gone(project, capsys):
    """Nothing but a look is sent for it."""
    with ways.deployed(ways.ENDS_WITH_THE_LAST) as deployment:
        project.session(deployment, name="gone")
        code, out, _ = undo(project, capsys)
        assert code == 0
        assert "already gone  group session gone" in out
        assert not any(line.startswith("DELETE") for line in deployment.seen)


@pytest.mark.parametrize(
    ("way", "why"),
    [
        (ways.STAYS, "it is still there, answered 200"),
        (ways.STAYS_UNSEEN, "cannot be read back: answered 403"),
        (ways.REFUSES_TO_LET_GO, "DELETE as friend: 503; DELETE as listener: 503"),
    ],
)
def test_what_stays_is_left_behind_and_tried_again_next_time(project, capsys, way, why):
    """With the reason, and exit code 1."""
    with ways.deployed(way) as deployment:
        project.session(deployment)
        for _ in range(2):
            code, out, _ = undo(project, capsys)
            assert code == 1
            assert "left behind   group session s1" in out
            assert "0 removed, 0 already gone, 1 left behind" in out
        if way != ways.STAYS_UNSEEN:
            assert why in out


def test_what_cannot_be_read_back_is_never_removed(project, capsys):
    """Although each request was answered well."""
    with ways.deployed(ways.ENDS_WITH_THE_LAST) as deployment:
        project.session(deployment, read_back=False)
        code, out, _ = undo(project, capsys)
        assert deployment.sessions == {}
        assert code == 1
        assert "left behind   group session s1 (golive 2026" in out
        assert "cannot be read back (DELETE as friend: 204; DELETE as listener: 204)" in out


def test_what_the_run_saw_to_is_left_alone(project, capsys):
    """Only what is open is asked for."""
    with ways.deployed(ways.ENDS_WITH_THE_LAST) as deployment:
        for event in ("removed", "already gone", "not created"):
            project.session(deployment).note(event)
        project.session(deployment)
        code, out, _ = undo(project, capsys)
        assert code == 0
        assert "1 removed, 0 already gone, 0 left behind; the run saw to 3 itself" in out
        assert len(deployment.sessions) == 3


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"host": "another.mini.test"}, "the host is not allowed"),
        ({"methods": '["GET"]'}, "the method is not allowed"),
        ({"effects": '["read"]'}, "not allowed here"),
    ],
)
def test_only_what_the_profile_allows_is_sent(project, capsys, changes, why):
    """A journal, which anybody could have edited, allows nothing."""
    project.profile(**changes)
    with ways.deployed(ways.ENDS_WITH_THE_LAST) as deployment:
        project.session(deployment)
        code, out, _ = undo(project, capsys)
        assert code == 1
        assert why in out
        assert not any(line.startswith("DELETE") for line in deployment.seen)


def test_replica_is_put_back_by_a_secret_only_where_that_is_allowed(project, capsys, monkeypatch):
    """Destructive effects are the profile's to allow; the state ends by itself."""
    monkeypatch.setenv("MINI_OPERATIONS", "token-of-operations")
    with ways.deployed(ways.ENDS_WITH_THE_LAST) as deployment:
        step = UndoStep(
            method="POST",
            url=f"{deployment.url}/sessions",
            secret="operations_token",
            effect=Effect.DESTRUCTIVE,
        )
        ends = datetime.now(UTC) + timedelta(hours=1)
        project.journal.note("changing", "replica", "api-2", undo=step, ends=ends)
        code, out, _ = undo(project, capsys)
        assert (code, deployment.seen) == (1, [])
        project.profile(effects='["write", "destructive"]', host=deployment.url.removeprefix("http://"))
        code, out, _ = undo(project, capsys)
        assert deployment.seen == ["POST /sessions operations"]
        assert "cannot be read back (POST as operations_token: 201); it ends by itself at" in out


def test_what_ended_by_itself_is_already_gone(project, capsys):
    """As an alert that nobody resolved."""
    project.journal.note("creating", "alert", "golive-x", ends=datetime.now(UTC) - timedelta(seconds=1))
    code, out, _ = undo(project, capsys)
    assert code == 0
    assert "already gone  alert golive-x: it ended by itself" in out


def test_what_no_request_undoes_is_told_with_its_remedy(project, capsys):
    """And what perhaps never was, with its name."""
    by_hand = "remove the account a@mini.test by hand"
    project.journal.note("creating", "account", "a@mini.test", remedy=by_hand)
    project.journal.begin("group session", f"golive {RUN}")
    code, out, _ = undo(project, capsys)
    assert code == 1
    assert f"left behind   account a@mini.test: {by_hand}" in out
    assert f"whether it came about is not known; look in the target for what is called 'golive {RUN}'" in out


def test_missing_secret_is_named_and_others_are_not_asked_for(project, capsys, monkeypatch):
    """Before anything is sent."""
    monkeypatch.delenv("MINI_FRIEND")
    with ways.deployed(ways.ENDS_WITH_THE_LAST) as deployment:
        project.session(deployment)
        code, _, err = undo(project, capsys)
        assert code == 4
        assert "set the environment variable MINI_FRIEND" in err
        assert "MINI_NOT_NEEDED" not in err
        assert deployment.seen == []


def test_rehearsal_that_ended_has_nothing_to_undo(project, capsys):
    """It went with its run."""
    project.profile(more='[start]\ncommand = ["true"]')
    project.journal.begin("group session", "golive x")
    code, out, _ = undo(project, capsys)
    assert code == 0
    assert "nothing to undo: mini was started by the run, and ended with it" in out


def test_run_that_created_nothing_has_nothing_to_undo(project, capsys):
    """It wrote no journal at all."""
    code, out, _ = undo(project, capsys)
    assert code == 0
    assert "nothing to undo: the run created nothing" in out


def test_line_that_was_cut_off_loses_nothing_but_itself(project, capsys):
    """A run that was killed while it wrote: the rest is undone, and what is not known is said."""
    with ways.deployed(ways.ENDS_WITH_THE_LAST) as deployment:
        project.session(deployment)
        with project.journal.file.open("a", encoding="utf-8") as stream:
            stream.write('{"run": "2026113')
        code, out, _ = undo(project, capsys)
        assert deployment.sessions == {}
        assert code == 1
        assert "1 removed" in out
        assert (
            f"cut off: what it was about is not known; look in the target for what names the run {RUN}" in out
        )


def spoiled(project, how):
    file = project.journal.file
    match how:
        case "empty" | "blank":
            file.write_text("" if how == "empty" else "\n\n", encoding="utf-8")
        case "of another run":
            Journal(file, "20260101T000000Z-ffffff").begin("group session", "x")
        case "a line that is none":
            file.write_text("{}\n", encoding="utf-8")
        case "cut off in the middle":
            project.journal.begin("group session", "x")
            text = file.read_text(encoding="utf-8")
            file.write_text(text[:20] + "\n" + text, encoding="utf-8")
        case "of a former golive":
            file.write_text('{"event": "created", "kind": "group session", "name": "x"}\n', encoding="utf-8")
        case "a step that is no request":
            project.journal.begin("group session", "x")
            line = json.loads(file.read_text(encoding="utf-8")) | {"undo": {"method": "RM", "url": "/"}}
            file.write_text(json.dumps(line) + "\n", encoding="utf-8")
        case "not UTF-8":
            file.write_bytes(b"\xff\xfe\n")
        case "a folder":
            file.mkdir()


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ("empty", "is empty"),
        ("blank", "is empty"),
        ("of another run", "is of the run 20260101T000000Z-ffffff"),
        ("a line that is none", "created.jsonl:1"),
        ("cut off in the middle", "created.jsonl:1"),
        ("of a former golive", "created.jsonl:1"),
        ("a step that is no request", "undo.method"),
        ("not UTF-8", "cannot be read"),
        ("a folder", "cannot be read"),
    ],
)
def test_journal_that_cannot_be_used_is_an_error_in_words(project, capsys, how, says):
    """File, line and remedy; nothing is sent, and the journal stays as it is."""
    spoiled(project, how)
    before = project.journal.file.read_bytes() if project.journal.file.is_file() else b""
    code, _, err = undo(project, capsys)
    assert code == 4
    assert says in err
    assert "created.jsonl" in err
    assert not project.journal.file.is_file() or project.journal.file.read_bytes() == before


def test_folder_that_is_none_is_an_error_in_words(project, capsys):
    """A missing folder, one of something else, and one of an environment that there is not."""
    assert main(["undo", "reports/no/such"]) == 4
    assert "there is no such folder" in capsys.readouterr().err
    assert main(["undo", "environments"]) == 4
    assert "is no run's folder" in capsys.readouterr().err
    project.journal.begin("group session", "x")
    (project.root / "environments" / "mini.toml").rename(project.root / "environments" / "other.toml")
    assert main(["undo", str(project.folder)]) == 4
    assert "known: other" in capsys.readouterr().err


def test_help_says_what_the_exit_codes_mean(capsys):
    """To whoever has a killed run before them."""
    with pytest.raises(SystemExit) as ended:
        main(["undo", "--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert "left behind" in said
    assert "Exit codes: 0 nothing is left, 1 something is left behind" in said
