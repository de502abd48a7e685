"""What people sign, in whole runs: lines that no check answers, and the line that sums up a phase."""

import shutil
import subprocess
import sys

import pytest

from golive.profile.own_programs import own_programs
from selftests.examples.signing_examples import write_signers
from selftests.plugin.mini_project import SAW, check

ADA, GRACE = "ada@mini.test", "grace@mini.test"


@pytest.fixture(scope="module")
def signers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("people")
    return folder, write_signers(folder)


@pytest.fixture
def signing(new_project, signers):
    """A project of two lines, one with a check and one that people answer, and a summing line."""
    project = new_project().lines(
        "measured phase=pre_deploy",
        "said phase=pre_deploy",
        "all phase=deploy answered-by=ledger completes=pre_deploy",
    )
    project.checks(check("measured")).write("plan.md", "# Plan\n")
    for name in ("allowed_signers", "people.toml"):
        project.write(f"attestations/{name}", (signers[0] / name).read_text(encoding="utf-8"))

    def golive(*words):
        command = [sys.executable, "-m", "golive.cli", *words]
        done = subprocess.run(command, cwd=project.folder, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    def attest(*words, by=ADA):
        key = ("--by", by, "--key", str(signers[1][by]))
        code, said = golive("attest", "said", "--env", "mini", "--evidence", "plan.md", *key, *words)
        assert code == 0, said

    project.golive, project.attest = golive, attest
    return project


def record_of(project):
    return project.folder / "attestations" / "mini" / "1.0.0" / "said--ada@mini.test.json"


def test_phase_is_go_when_people_answer_what_no_check_can(signing):
    """Not before they do; then GO, with who said it until when, and the same from the record alone."""
    before = signing.run("-m", "pre_deploy")
    assert (before.exit_code, before.states["said"]) == (6, "not run")
    signing.attest()
    after = signing.run("-m", "pre_deploy")
    assert (after.exit_code, after.decision) == (0, "GO"), after.output
    assert after.states == {"measured": "verified", "said": "attested", "all": None}
    assert "attested by ada@mini.test until" in after.reasons["said"]
    shutil.rmtree(signing.folder / "attestations" / "mini")
    code, said = signing.golive("report", str(after.folder))
    assert (code, "GO for pre_deploy, 2 of 3 lines: 2 lines in scope" in said) == (0, True), said


def test_altered_record_costs_the_go(signing):
    """NO-GO, in words that name the file and what is wrong with it."""
    signing.attest()
    record_of(signing).write_text(record_of(signing).read_text().replace("said holds", "said it"))
    run = signing.run("-m", "pre_deploy")
    assert (run.exit_code, run.decision, run.states["said"]) == (1, "NO-GO", "failed")
    assert "mini/1.0.0/said--ada@mini.test.json: altered" in run.reasons["said"]
    assert "note: signed record not accepted" in run.output


def test_attestation_is_for_one_release(signing):
    """Another version knows nothing of it; another commit under the same version is told so."""
    signing.attest()
    assert signing.run("-m", "pre_deploy", "--release", "1.0.1").states["said"] == "not run"
    replayed = signing.run("-m", "pre_deploy", "--commit", "c0ffee")
    assert (replayed.exit_code, replayed.states["said"]) == (1, "failed")
    assert "for another release" in replayed.reasons["said"]


@pytest.mark.skipif(
    (own_programs() / "ssh-keygen").exists(), reason="ssh-keygen was unpacked here, which no PATH takes away"
)
def test_machine_without_ssh_keygen_says_what_to_install(signing, tmp_path):
    """The line is open, not failed, and nothing else of the run is touched."""
    signing.attest()
    run = signing.run("-m", "pre_deploy", PATH=str(tmp_path))
    assert (run.exit_code, run.states) == (6, {"measured": "verified", "said": "not run", "all": None})
    assert "not verified: no ssh-keygen on this machine" in run.reasons["said"]
    assert "apt-get install openssh-client" in run.output


def test_attestation_does_not_outweigh_a_check(signing):
    """A line that a check answers, and fails, stays failed whoever attests it."""
    signing.attest()
    signing.checks(check("measured"), check("said", f"{SAW}\nassert False, 'it is not'"))
    run = signing.run("-m", "pre_deploy")
    assert (run.exit_code, run.states["said"]) == (1, "failed")
    assert "it is not" in run.reasons["said"]


def test_summing_line_is_computed_from_the_runs_of_the_release(signing):
    """Alone it knows nothing; after the phase was verified it is verified; for another release it is not."""
    signing.attest()
    assert signing.run("-m", "deploy").states["all"] == "not run"
    assert signing.run("-m", "pre_deploy").exit_code == 0
    later = signing.run("-m", "deploy")
    assert (later.exit_code, later.states["all"]) == (5, "verified"), later.output
    assert signing.run("-m", "deploy", "--release", "1.0.1").states["all"] == "not run"
    # Under the same version the attestation of the other commit lies there, and is a replay.
    assert signing.run("-m", "deploy", "--commit", "c0ffee").states["all"] == "failed"


def test_summing_line_fails_with_a_line_of_its_phase(signing):
    """The newest observation of each line counts."""
    signing.attest()
    assert signing.run("-m", "pre_deploy").exit_code == 0
    signing.checks(check("measured", f"{SAW}\nassert False, 'broken since'"))
    assert signing.run("-m", "pre_deploy").exit_code == 1
    later = signing.run("-m", "deploy")
    assert later.states["all"] == "failed"
    assert "1 of 2 lines failed: measured" in later.reasons["all"]


def test_summing_line_is_told_of_checks_that_must_answer_its_phase(signing):
    """Attested or not: a line that the manifest gives a check is not complete without it."""
    signing.attest()
    signing.checks(check("measured"), check("said"))
    signing.run("--checklist-lock", env=None)
    signing.checks(check("measured"))
    assert signing.run("-m", "pre_deploy").exit_code == 6
    assert signing.run("-m", "deploy").states["all"] == "not run"


def test_test_bound_to_a_summing_line_is_a_usage_error(signing):
    """It is computed; nobody answers it."""
    signing.checks(check("measured"), check("all"))
    run = signing.run("-m", "pre_deploy")
    assert run.exit_code == 4
    assert "is computed from the lines of pre_deploy" in run.output


def test_waiver_by_the_command_is_a_condition(signing):
    """CONDITIONAL GO at best, with its words."""
    signing.attest()
    signing.checks(check("measured", f"{SAW}\nassert False, 'too slow'"))
    words = ("--reason", "known", "--owner", "QA", "--ticket", "Q-1", "--expires", "1 h")
    assert signing.golive("waive", "measured", *words)[0] == 0
    run = signing.run("-m", "pre_deploy")
    assert (run.exit_code, run.decision, run.states["measured"]) == (0, "CONDITIONAL GO", "waived")
    assert signing.golive("waive", "measured", *words)[0] == 4


def test_people_who_are_not_whole_stop_the_run_before_it_begins(signing):
    """A usage error with file, person and key, rather than lines that nobody could have attested."""
    signing.write("attestations/people.toml", '[[person]]\nname = "X"\n')
    run = signing.run("-m", "pre_deploy")
    assert run.exit_code == 4
    assert "people.toml: person.1.principals" in run.output


def test_secret_in_somebodys_words_is_in_no_artefact(signing):
    """People slip too; the record that they signed stays theirs."""
    signing.attest("--statement", "I signed in with hunter2-canary-7f3a, and saw it")
    run = signing.run("-m", "pre_deploy", MINI_CANARY="hunter2-canary-7f3a")
    assert run.states["said"] == "attested"
    files = [path for path in run.folder.rglob("*") if path.is_file()]
    assert not [path.name for path in files if b"hunter2-canary" in path.read_bytes()]
