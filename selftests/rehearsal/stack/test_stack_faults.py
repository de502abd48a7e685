"""The catalogue of faults, and how the command line speaks about it."""

from __future__ import annotations

import copy
import dataclasses
import json
import re
import subprocess

import pytest
from pydantic import TypeAdapter

from golive.profile.cases import CaseId
from rehearsal.faults import UnknownFault, awaited, catalogue, known, named, variants
from rehearsal.stack.plan import healthy_plan
from selftests.rehearsal.stack_process import ROOT, command

LINES_WITH_CHECKS = set(json.loads((ROOT / "checklist.lock").read_text(encoding="utf-8"))["checks"])


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments), cwd=ROOT, capture_output=True, text=True, timeout=30, check=False
    )


@pytest.mark.parametrize("name", list(catalogue()))
def test_every_fault_is_named_described_and_expects_failures_of_known_lines(name: str) -> None:
    fault = catalogue()[name]
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*\.[a-z0-9][a-z0-9.-]*", name)
    assert fault.description.endswith(".")
    assert fault.expected_failures
    assert set(fault.expected_failures) <= LINES_WITH_CHECKS
    assert not fault.case or TypeAdapter(CaseId).validate_python(fault.case)


@pytest.mark.parametrize("name", list(awaited()))
def test_a_fault_whose_check_is_awaited_has_the_form_of_a_fault_and_is_in_no_drill(name: str) -> None:
    fault = awaited()[name]
    assert re.fullmatch(r"[a-z]+\.[a-z0-9-]+", name)
    assert fault.description.endswith(".")
    assert set(fault.expected_failures) <= LINES_WITH_CHECKS
    assert fault.proves
    assert name not in catalogue()
    assert named([name]) == [fault]


@pytest.mark.parametrize("name", list(variants()))
def test_a_variant_is_described_and_breaks_and_proves_nothing(name: str) -> None:
    variant = variants()[name]
    assert re.fullmatch(r"healthy\.[a-z0-9-]+", name)
    assert variant.description.endswith(".")
    assert variant.expected_failures == variant.proves == ()
    assert name not in catalogue()
    assert named([name]) == [variant]


@pytest.mark.parametrize("name", list(known()))
def test_every_fault_changes_the_plan(name: str) -> None:
    plan = healthy_plan()
    before = dataclasses.asdict(copy.deepcopy(plan))
    known()[name].apply(plan)
    assert dataclasses.asdict(plan) != before


def test_a_plan_with_a_fault_leaves_the_next_healthy_plan_alone() -> None:
    for fault in catalogue().values():
        fault.apply(healthy_plan())
    fresh = healthy_plan()
    assert {replica.release.commit for replica in fresh.replicas} == {fresh.release.commit}
    assert fresh.outages == set()
    assert fresh.edge.answers_only == {}


def test_an_unknown_fault_names_near_matches() -> None:
    with pytest.raises(UnknownFault, match=r"tls\.expird.*did you mean tls\.expired"):
        named(["tls.expird"])


def test_the_command_refuses_an_unknown_fault_in_one_line() -> None:
    result = run("serve", "--facts", "unused.json", "--fault", "tls.expird")
    assert result.returncode == 2
    assert len(result.stderr.splitlines()) == 1
    assert "tls.expired" in result.stderr


def test_the_command_lists_every_fault_on_a_line_that_begins_with_its_name() -> None:
    result = run("faults")
    assert result.returncode == 0
    assert [line.split()[0] for line in result.stdout.splitlines()] == list(catalogue())


def test_the_command_lists_every_variant_on_a_line_that_begins_with_its_name() -> None:
    result = run("variants")
    assert result.returncode == 0
    assert [line.split()[0] for line in result.stdout.splitlines()] == list(variants())
