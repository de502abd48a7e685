"""Lays the code out on disk: the repository, the documents, what is left of the release before.

`forge.json` beside them is what the stand-in for the forge is told.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import subprocess
import tarfile
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from rehearsal.code.git_objects import GitObject, tag_text, write_repository
from rehearsal.code.history import LEA, PREVIOUS_VERSION
from rehearsal.code.plan import LEAD, REPOSITORY, STRANGER, CodePlan, TagPlan

ANSWERS = "forge.json"
STORE = "store"
SIGN_SECONDS = 10


class ForgeData:
    """Everything of one run that is code, below one folder."""

    def __init__(self, home: Path, plan: CodePlan) -> None:
        self.home = home
        self._plan = plan

    def write(self) -> None:
        """Write it all."""
        public = {who: self._mint(who) for who in (LEAD, STRANGER)}
        signers = f'{LEA.email} namespaces="git" {public[LEAD]}\n'
        (self.home / "allowed_signers").write_text(signers, encoding="utf-8")
        tags = [self._tag(tag) for tag in self._plan.tags]
        self._write_repository(tags)
        documents = self.home / "docs"
        documents.mkdir()
        for name, text in self._plan.documents.items():
            (documents / name).write_text(text, encoding="utf-8")
        self._fill_store()
        (self.home / ANSWERS).write_text(json.dumps(self._answers(tags)), encoding="utf-8")

    def facts(self, forge_url: str) -> dict[str, Any]:
        """The profile's parts."""
        artefacts = [
            {
                "name": name,
                "url": f"{forge_url}/{STORE}/{name}",
                "sha256": hashlib.sha256(content).hexdigest(),
            }
            for name, content in previous_artefacts().items()
        ]
        return {
            "forge": {
                "api": forge_url,
                "clone": str(self.home / "audotics"),
                "signed": {"allowed_signers": str(self.home / "allowed_signers")},
            },
            "rollback": {"document": str(self.home / "docs" / "rollback.md"), "artefacts": artefacts},
        }

    def _mint(self, who: str) -> str:
        key = Ed25519PrivateKey.generate()
        path = self.home / f"key-{who}"
        path.touch(mode=0o600)
        form = serialization.PrivateFormat.OpenSSH
        path.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
        public = serialization.PublicFormat.OpenSSH
        return key.public_key().public_bytes(serialization.Encoding.OpenSSH, public).decode("ascii")

    def _tag(self, plan: TagPlan) -> dict[str, Any]:
        """The tag as the forge tells it, with its object where it is annotated."""
        target = self._plan.commits[plan.target]
        told: dict[str, Any] = {"name": plan.name, "commit": target.sha, "object": None}
        if not plan.annotated:
            return told
        made = target.when + timedelta(minutes=20)
        text = tag_text(plan.name, target.sha, LEA, made, f"Release {plan.name}")
        signature = self._sign(text, plan.signed_by) if plan.signed_by else b""
        entry = GitObject("tag", text + signature)
        return told | {
            "object": entry.sha,
            "content": entry.content.decode(),
            "message": f"Release {plan.name}",
            "tagger": {"name": LEA.name, "email": LEA.email, "date": instant(made)},
            "signature": signature.decode() or None,
        }

    def _sign(self, text: bytes, who: str) -> bytes:
        """As git does with gpg.format=ssh; nothing where this machine has no ssh-keygen."""
        program = shutil.which("ssh-keygen")
        if program is None:
            return b""
        command: list[str | Path] = [program, "-Y", "sign", "-q", "-n", "git", "-f", self.home / f"key-{who}"]
        done = subprocess.run(command, input=text, capture_output=True, timeout=SIGN_SECONDS, check=True)
        return done.stdout

    def _write_repository(self, tags: list[dict[str, Any]]) -> None:
        objects = [entry for commit in self._plan.commits for entry in commit.objects]
        objects += [GitObject("tag", tag["content"].encode()) for tag in tags if tag["object"]]
        refs = {f"refs/tags/{tag['name']}": tag["object"] or tag["commit"] for tag in tags}
        write_repository(self.home / "audotics", objects, refs | {"refs/heads/main": self._plan.head})

    def _fill_store(self) -> None:
        store = self.home / STORE
        store.mkdir()
        for name, content in previous_artefacts().items():
            if name not in self._plan.artefacts_lost:
                changed = b"rebuilt " if name in self._plan.artefacts_changed else b""
                (store / name).write_bytes(changed + content)

    def _answers(self, tags: list[dict[str, Any]]) -> dict[str, Any]:
        plan = self._plan
        commits = [
            {
                "sha": c.sha,
                "message": c.message,
                "account": c.account,
                "date": instant(c.when),
                "parent": c.parent,
            }
            for c in plan.commits
        ]
        pulls = [
            asdict(pull) | {"head": pull.head, "merged_as": plan.commits[pull.merged_as].sha}
            for pull in plan.pulls
        ]
        return {
            "repository": REPOSITORY,
            "commits": commits,
            "tags": tags,
            "pulls": pulls,
            "labels": plan.labels,
            "milestones": plan.milestones,
            "issues": [asdict(issue) for issue in plan.issues],
            "checks": [asdict(check) | {"on": plan.commits[check.on].sha} for check in plan.checks],
        }


def previous_artefacts() -> dict[str, bytes]:
    """What was kept of the release before: name to bytes, the same in every run."""
    page = f"<!doctype html><title>Audotics {PREVIOUS_VERSION}</title>\n".encode()
    digest = hashlib.sha256(page).hexdigest()
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        entry = tarfile.TarInfo("index.html")
        entry.size = len(page)
        archive.addfile(entry, io.BytesIO(page))
    manifest = {"index.html": {"file": "index.html", "sha256": digest, "bytes": len(page)}}
    image = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "layers": []}
    return {
        "frontend.tar": packed.getvalue(),
        "manifest.json": json.dumps(manifest).encode(),
        "api-image.json": json.dumps(image).encode(),
    }


def instant(when: datetime) -> str:
    """As the forge writes it."""
    return f"{when:%Y-%m-%dT%H:%M:%SZ}"
