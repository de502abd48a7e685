"""The directory of one run, and the removal of directories whose run was killed.

Whether the owner lives is asked of the kernel: it holds a file lock that ends with its process,
so neither a reused process id nor another container that shares /tmp can mislead us.
"""

from __future__ import annotations

import contextlib
import fcntl
import itertools
import os
import shutil
import stat
import tempfile
from pathlib import Path

PREFIX = "audotics-rehearsal-"
OWNER = "owner"


class RunDirectory:
    """A fresh directory under the system's temporary one, with `logs`, owned by this process."""

    def __init__(self, parent: Path | None = None) -> None:
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent or home_of_runs())).resolve()
        # PostgreSQL may run as another user and has to pass through; nobody may list it.
        self.path.chmod(0o711)
        (self.path / "logs").mkdir(mode=0o700)
        self._lock = _locked_owner_file(self.path)

    def subdirectory(self, name: str) -> Path:
        """Create and return a directory that only this user can enter; numbered where the name is taken."""
        for number in itertools.count(1):
            path = self.path / (name if number == 1 else f"{name}-{number}")
            with contextlib.suppress(FileExistsError):
                path.mkdir(mode=0o700)
                return path
        raise AssertionError("numbers do not end")

    def log(self, part: str) -> Path:
        """Where `part` writes what it has to say."""
        return self.path / "logs" / f"{part}.log"

    def private_file(self, path: Path, content: str) -> Path:
        """Write a file that only this user can read."""
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(content)
        return path

    def remove(self) -> None:
        """Delete everything. Safe to call twice."""
        shutil.rmtree(self.path, ignore_errors=True)
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1


def reap_leftovers(parent: Path | None = None) -> list[Path]:
    """Delete the directories of this user's dead runs and return them. Never raises for a stranger's."""
    root = parent or home_of_runs()
    return [path for path in sorted(root.glob(f"{PREFIX}*")) if _reap(path)]


def home_of_runs() -> Path:
    """The system's temporary directory; for root one that PostgreSQL's unprivileged user can pass too."""
    preferred = Path(tempfile.gettempdir())
    if os.geteuid() != 0:
        return preferred
    candidates = [preferred, Path("/tmp"), Path("/var/tmp")]  # noqa: S108 - mkdtemp makes its own inside
    return next((path for path in candidates if path.is_dir() and others_may_pass(path)), preferred)


def others_may_pass(path: Path) -> bool:
    """Whether a user without any rights can reach what is inside the directory `path`."""
    resolved = path.resolve()
    return all(directory.stat().st_mode & 0o001 for directory in (resolved, *resolved.parents))


def _reap(path: Path) -> bool:
    try:
        status = path.lstat()
        if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid():
            return False
        lock = os.open(path / OWNER, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    else:
        shutil.rmtree(path, ignore_errors=True)
        return True
    finally:
        os.close(lock)


def _locked_owner_file(directory: Path) -> int:
    """Lock first, then show the file under the name that `reap_leftovers` looks for."""
    hidden = directory / f".{OWNER}"
    lock = os.open(hidden, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    os.write(lock, f"{os.getpid()}\n".encode())
    fcntl.flock(lock, fcntl.LOCK_EX)
    hidden.rename(directory / OWNER)
    return lock
