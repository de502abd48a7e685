"""What the third deployment says of a machine that cannot have it, and of one whose application is broken."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from rehearsal.nest import installing
from rehearsal.nest.installing import SOURCE, NotHere, find_node, installed
from rehearsal.stack.errors import PartFailed

Machine = Callable[..., None]


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A path with these programs alone, and nothing kept from an earlier installation."""

    def has(**programs: str) -> None:
        for name, script in programs.items():
            (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
            (tmp_path / name).chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))
        monkeypatch.setattr(installing.sys, "prefix", str(tmp_path))

    return has


@pytest.mark.parametrize(
    ("programs", "said"),
    [
        ({}, "not on this machine's path"),
        ({"node": "echo v20.1.0"}, "not on this machine's path"),
        ({"node": "echo v18.20.4", "npm": "true"}, "is v18.20.4, not 20 or newer"),
        ({"node": "exit 1", "npm": "true"}, "is no Node.js"),
    ],
    ids=["nothing", "no npm", "old", "broken"],
)
def test_machine_without_node_says_so(machine: Machine, programs: dict[str, str], said: str) -> None:
    machine(**programs)
    with pytest.raises(NotHere, match=said) as failure:
        find_node()
    assert "nodejs" in str(failure.value)


@pytest.mark.parametrize(
    "said",
    [
        "npm error code ENOTFOUND",
        "npm error code EAI_AGAIN",
        "npm error network request to the registry failed, reason: connect ECONNREFUSED 10.0.0.1:443",
        "npm error code E403",
        "npm error 503 Service Unavailable E503",
    ],
)
def test_registry_that_is_not_reached_is_said(machine: Machine, said: str) -> None:
    machine(node="echo v22.0.0", npm=f"echo '{said}'; exit 1")
    with pytest.raises(NotHere, match="npm ci failed; it needs the npm registry once"):
        installed()


@pytest.mark.parametrize(
    "said",
    [
        "npm error code EUSAGE: package.json and package-lock.json are not in sync",
        "npm error code EINTEGRITY",
    ],
)
def test_lock_file_that_is_wrong_is_no_missing_registry(machine: Machine, said: str) -> None:
    machine(node="echo v22.0.0", npm=f"echo '{said}'; exit 1")
    with pytest.raises(PartFailed, match="npm ci failed") as failure:
        installed()
    assert not isinstance(failure.value, NotHere)


def test_lock_file_names_no_registry_and_every_digest() -> None:
    packages = json.loads((SOURCE / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert not [name for name, package in packages.items() if "resolved" in package]
    assert not [name for name, package in packages.items() if name and "integrity" not in package]


def test_every_deliberate_defect_is_in_the_application() -> None:
    listed = re.search(
        r"VARIANTS = \[(.*?)\]", (SOURCE / "src/config.ts").read_text(encoding="utf-8"), re.DOTALL
    )
    assert listed is not None
    names = re.findall(r"'([a-z-]+)'", listed[1])
    used = {
        name
        for file in SOURCE.glob("src/**/*.ts")
        for name in re.findall(r"isWrong\('([a-z-]+)'\)", file.read_text(encoding="utf-8"))
    }
    assert sorted(names) == sorted(used)
