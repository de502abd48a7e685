"""What the rehearsal's people keep: their keys, lists and documents on disk, and what they will type.

They sign by golive's documented commands, which the run types for them when a check first asks for what they
signed; a run that does not ask pays nothing for it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from rehearsal.people.plan import PeoplePlan
from rehearsal.stack.plan import Release
from rehearsal.stack.run_directory import RunDirectory

STRANGER = "stranger"
RUN_BEFORE = "the-run-before"
"""Name of the pre-deployment run whose report the stakeholders decide on: a stand-in, without checks."""
TAMPERINGS = "tamperings.json"
_PROJECT = Path(__file__).resolve().parents[2]


class PeopleRecords:
    """Writes everything below one folder of the run; `facts` is what the profile is told of it."""

    def __init__(self, run: RunDirectory, plan: PeoplePlan, release: Release, environment: str) -> None:
        self._plan = plan
        self._release = release
        self._environment = environment
        self._home = run.subdirectory("people")
        self._keys = self._home / "keys"
        self._reports = self._home / "reports"

    def write(self) -> dict[str, Any]:
        """Write it all; return the profile's `people`."""
        self._keys.mkdir(mode=0o700)
        signers = [f"{person.principal} {self._mint(person.principal)}\n" for person in self._plan.people]
        self._mint(STRANGER)
        (self._home / "allowed_signers").write_text("".join(signers), encoding="utf-8")
        (self._home / "people.toml").write_text(self._roster(), encoding="utf-8")
        for name, text in self._plan.documents.items():
            (self._home / name).write_text(text, encoding="utf-8")
        self._record_run_before()
        self._write_tamperings()
        return {
            "folder": str(self._home),
            "reports": str(self._reports),
            "documents": {line: str(self._home / name) for line, name in self._plan.lines.items()},
            "rehearse": self._commands(),
        }

    def _mint(self, principal: str) -> str:
        """Write a private key, and return the public one as OpenSSH writes it."""
        key = Ed25519PrivateKey.generate()
        path = self._keys / principal
        path.touch(mode=0o600)
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
            )
        )
        public = key.public_key().public_bytes(
            serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
        )
        return public.decode("ascii")

    def _roster(self) -> str:
        return "\n".join(
            f"[[person]]\nname = {json.dumps(person.name)}\n"
            f"principals = {json.dumps([person.principal])}\nroles = {json.dumps(person.roles)}\n"
            for person in self._plan.people
        )

    def _commands(self) -> list[list[str]]:
        folder = ["--attestations", str(self._home)]
        report = self._run_before()
        commands = [["golive", "report", str(report), *folder]]
        for claim in self._plan.attestations:
            command = [*("golive", "attest", claim.item, "--env", self._environment, "--by", claim.by)]
            command += ["--release", self._release.version, "--commit", self._release.commit]
            command += ["--evidence", str(self._home / claim.document), *self._key(claim.by), *folder]
            if claim.drilled_days_ago is not None:
                day = datetime.now(UTC).date() - timedelta(days=claim.drilled_days_ago)
                command += ["--drilled", day.isoformat()]
            commands.append(command)
        for decision in self._plan.decisions:
            command = ["golive", "sign", str(report), "--role", decision.role, "--by", decision.by]
            command += ["--decision", decision.decision, *self._key(decision.by), *folder]
            commands.append(command + (["--reason", decision.reason] if decision.reason else []))
        if self._plan.tamperings or self._plan.changed_after_signing:
            commands.append(["python", "-m", "rehearsal.people.tamper", str(self._home / TAMPERINGS)])
        return commands

    def _key(self, principal: str) -> list[str]:
        return ["--key", str(self._keys / principal)]

    def _run_before(self) -> Path:
        return self._reports / self._environment / self._release.version / RUN_BEFORE

    def _record_run_before(self) -> None:
        """Write the record of a run before this one, over the same release."""
        at = datetime.now(UTC) - timedelta(minutes=10)
        checklist = (_PROJECT / "checklist.md").read_bytes()
        header = {
            "run_id": RUN_BEFORE,
            "environment": self._environment,
            "environment_title": "Rehearsal (embedded copy on this machine)",
            "watermark": "REHEARSAL",
            "release": {"version": self._release.version, "commit": self._release.commit},
            "vantage": "this machine",
            "started": at.isoformat(),
            "golive_version": "0",
            "checklist_source": "checklist.md",
            "checklist_digest": hashlib.sha256(checklist).hexdigest(),
            "marker_expression": "pre_deploy",
            "scope": [],
        }
        footer = {"finished": (at + timedelta(seconds=30)).isoformat(), "pytest_exit_code": 0}
        folder = self._run_before()
        folder.mkdir(parents=True)
        events = [("run-started", header), ("run-finished", footer)]
        text, after = "", ""
        for name, data in events:
            line = json.dumps({"event": name, "after": after, "data": data})
            text, after = f"{text}{line}\n", hashlib.sha256(line.encode()).hexdigest()
        (folder / "events.jsonl").write_text(text, encoding="utf-8")

    def _write_tamperings(self) -> None:
        changed = {
            str(self._run_before() / name if name == "checklist.html" else self._home / name): text
            for name, text in self._plan.changed_after_signing.items()
        }
        document = {
            "records": str(self._home / self._environment / self._release.version),
            "environment": self._environment,
            "keys": str(self._keys),
            "tamperings": [asdict(tampering) for tampering in self._plan.tamperings],
            "changed": changed,
        }
        (self._home / TAMPERINGS).write_text(json.dumps(document), encoding="utf-8")
