"""The frontend's build: hashes, references, configuration, and that every frontend fault still bites."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

from rehearsal.faults import known
from rehearsal.faults.base import FrontendFault
from rehearsal.frontend import FrontendConfig, build

CONFIG = FrontendConfig(
    api_url="https://api.audotics.test",
    socket_url="https://api.audotics.test",
    frontend_url="https://audotics.test",
    assets_url="https://cdn.audotics.test",
    spotify_client_id="client",
    release_version="1.2.3",
    release_commit="c" * 40,
)
FAULTS = [fault for fault in known().values() if isinstance(fault, FrontendFault)]


def test_the_manifest_describes_every_file(tmp_path: Path) -> None:
    build(tmp_path, CONFIG)
    manifest = json.loads((tmp_path / "assets/manifest.json").read_text())
    files = {path.name for path in (tmp_path / "assets").iterdir()} - {"manifest.json"}
    assert {entry["file"] for entry in manifest.values()} == files
    for name, entry in manifest.items():
        content = (tmp_path / "assets" / entry["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == entry["sha256"]
        assert len(content) == entry["bytes"]
        assert entry["sha256"][:12] in entry["file"]
        assert entry["type"], name


def test_every_reference_leads_somewhere(tmp_path: Path) -> None:
    build(tmp_path, CONFIG)
    files = {path.name for path in (tmp_path / "assets").iterdir()}
    page = (tmp_path / "app/index.html").read_text()
    assert "{{" not in page
    referenced = set(re.findall(r'https://cdn\.audotics\.test/([^"; ]+)', page))
    for script in (tmp_path / "assets").glob("*.js"):
        if not script.name.startswith("socket.io-"):
            referenced |= set(re.findall(r'from "\./([^"]+)"', script.read_text()))
    assert len(referenced) > 8
    assert referenced <= files


def test_the_browser_gets_the_configuration(tmp_path: Path) -> None:
    build(tmp_path, CONFIG)
    page = (tmp_path / "app/index.html").read_text()
    found = re.search(r'<script type="application/json" id="config">(.*?)</script>', page, re.DOTALL)
    assert found
    config = json.loads(found[1])
    assert config["apiUrl"] == config["socketUrl"] == CONFIG.api_url
    assert (config["release"], config["commit"]) == ("1.2.3", "c" * 40)
    assert "wss://api.audotics.test" in page


def test_a_build_is_reproducible(tmp_path: Path) -> None:
    build(tmp_path / "a", CONFIG)
    build(tmp_path / "b", CONFIG)
    first, second = ((tmp_path / name / "assets/manifest.json").read_text() for name in "ab")
    assert first == second


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_frontend_fault_changes_the_build(tmp_path: Path, fault: FrontendFault) -> None:
    build(tmp_path / "healthy", CONFIG)
    build(tmp_path / "faulty", CONFIG, [fault.edit])
    healthy, faulty = (
        {path.name: path.read_bytes() for path in (tmp_path / name).rglob("*.*") if path.is_file()}
        for name in ("healthy", "faulty")
    )
    assert healthy != faulty


def test_a_source_map_lies_beside_its_script_and_not_in_the_manifest(tmp_path: Path) -> None:
    def add(files: dict[str, str]) -> None:
        files["main.js.map"] = '{"version": 3}'

    build(tmp_path, CONFIG, [add])
    manifest = json.loads((tmp_path / "assets/manifest.json").read_text())
    assert "main.js.map" not in manifest
    assert (tmp_path / "assets" / f"{manifest['main.js']['file']}.map").read_text() == '{"version": 3}'
