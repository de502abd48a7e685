"""Which SSH key a person signs with."""

import os
import shutil
import subprocess
from pathlib import Path

from golive.cli.errors import UsageError

VARIABLE = "GOLIVE_SIGNING_KEY"
_USUAL = ("id_ed25519", "id_ecdsa", "id_rsa")


def key_of(given: Path | None) -> Path:
    """Return the key: the one that was given, GOLIVE_SIGNING_KEY, git's user.signingkey, or the usual one.

    Raises:
        UsageError: there is none.
    """
    if given is not None:
        return given.expanduser()
    if os.environ.get(VARIABLE):
        return Path(os.environ[VARIABLE]).expanduser()
    configured = _of_git()
    if configured is not None:
        return configured
    found = [path for name in _USUAL if (path := Path.home() / ".ssh" / name).is_file()]
    if not found:
        raise UsageError(
            f"no SSH key to sign with: name one with --key or {VARIABLE}, or make one: ssh-keygen -t ed25519"
        )
    return found[0]


def _of_git() -> Path | None:
    git = shutil.which("git")
    if git is None:
        return None
    command = [git, "config", "--get", "user.signingkey"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return None
    # The setting may also hold a PGP key's id, or a public key itself.
    path = Path(done.stdout.strip()).expanduser() if done.stdout.strip() else None
    return path if path is not None and path.is_file() else None
