"""Run directories: private, and removed even when their run was killed."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from rehearsal.stack.run_directory import RunDirectory, home_of_runs, others_may_pass, reap_leftovers
from selftests.rehearsal.stack_process import ROOT


def abandoned(parent: Path) -> Path:
    """The directory of a run that ended without removing it."""
    program = (
        "import os, pathlib, sys; from rehearsal.stack.run_directory import RunDirectory; "
        "print(RunDirectory(pathlib.Path(sys.argv[1])).path, flush=True); os._exit(9)"
    )
    result = subprocess.run(
        [sys.executable, "-c", program, str(parent)],
        cwd=ROOT, capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    return Path(result.stdout.strip())


def test_the_directory_of_a_dead_run_is_removed(tmp_path: Path) -> None:
    leftover = abandoned(tmp_path)
    assert leftover.is_dir()
    assert reap_leftovers(tmp_path) == [leftover]
    assert not leftover.exists()


def test_the_directory_of_a_living_run_stays(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path)
    assert reap_leftovers(tmp_path) == []
    assert run.path.is_dir()
    run.remove()
    assert not run.path.exists()


def test_a_directory_without_our_mark_stays(tmp_path: Path) -> None:
    stranger = tmp_path / "audotics-rehearsal-holiday-photos"
    stranger.mkdir()
    assert reap_leftovers(tmp_path) == []
    assert stranger.is_dir()


def test_a_link_to_a_dead_run_is_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    target = abandoned(elsewhere)
    (tmp_path / "audotics-rehearsal-link").symlink_to(target)
    assert reap_leftovers(tmp_path) == []
    assert target.is_dir()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs parts as another user")
def test_root_avoids_a_temporary_directory_that_others_cannot_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.chmod(0o700)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert home_of_runs() != tmp_path
    assert others_may_pass(home_of_runs())


def test_nobody_else_can_list_a_run(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path)
    assert run.path.stat().st_mode & 0o066 == 0
    assert (run.path / "logs").stat().st_mode & 0o077 == 0
    run.remove()
