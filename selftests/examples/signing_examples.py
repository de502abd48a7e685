"""Real keys and a file of allowed signers, made with cryptography; signing is OpenSSH's own."""

import shutil
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PEOPLE = """\
[[person]]
name = "Ada"
principals = ["ada@mini.test", "ada.private@mini.test"]
roles = ["QA", "Deployment Lead"]
[[person]]
name = "Grace"
principals = ["grace@mini.test"]
roles = ["QA", "Technical Director"]
[[person]]
name = "Tim"
principals = ["tim@mini.test"]
roles = ["FE"]
"""
PRINCIPALS = ("ada@mini.test", "ada.private@mini.test", "grace@mini.test", "tim@mini.test")


def mint(folder: Path, name: str) -> tuple[Path, str]:
    """Write a private key; return its path and the public key as OpenSSH writes it.

    A test for which it is made is skipped where nobody can sign.
    """
    if shutil.which("ssh-keygen") is None:
        pytest.skip("ssh-keygen is not installed here")
    key = Ed25519PrivateKey.generate()
    path = folder / f"key-{name}"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
        )
    )
    path.chmod(0o600)
    public = key.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    return path, public.decode()


def write_signers(folder: Path) -> dict[str, Path]:
    """Write people, keys and allowed signers into ``folder``; return principal, or stranger, to key."""
    folder.mkdir(parents=True, exist_ok=True)
    made = {name: mint(folder, name) for name in (*PRINCIPALS, "stranger")}
    lines = [f"{name} {made[name][1]}\n" for name in PRINCIPALS]
    (folder / "allowed_signers").write_text("".join(lines), encoding="utf-8")
    (folder / "people.toml").write_text(PEOPLE, encoding="utf-8")
    return {name: path for name, (path, _) in made.items()}
