"""Results of the nightly drills, each in a file of its own, so that a stopped night is not lost."""

import hashlib
import json
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path

DEPENDS_ON = (
    "src",
    "fixtures",
    "tests",
    "rehearsal",
    "environments",
    "attestations",
    "checklist.md",
    "checklist.lock",
    "conftest.py",
    "pyproject.toml",
    "requirements",
)
"""Whatever of the project can change what a drill sees."""


@dataclass(frozen=True, slots=True)
class Drilled:
    """One drill: of a fault, or of two at once."""

    names: tuple[str, ...]
    problems: tuple[str, ...]
    """Sentences; none when all is well."""
    masked: tuple[str, ...]
    """Checks that could not see."""
    seconds: float

    @property
    def is_well(self) -> bool:
        """Whether nothing was wrong."""
        return not self.problems

    def __str__(self) -> str:
        head = f"{'well ' if self.is_well else 'WRONG'}  {self.seconds:5.1f} s  {' + '.join(self.names)}"
        return "\n".join([head, *(f"             {problem}" for problem in self.problems)])


class Kept:
    """A folder of results that count as long as nothing that they depend on has changed."""

    def __init__(self, folder: Path, digest: str) -> None:
        self._folder = folder
        self._digest = digest

    def is_well(self, names: tuple[str, ...]) -> bool:
        """Whether a result is kept that says so, of just what there is today."""
        try:
            document = json.loads(self._path(names).read_text(encoding="utf-8"))
            return bool(document["digest"] == self._digest and not document["problems"])
        except (OSError, ValueError, KeyError, TypeError):
            # Cut off, or of another form: as good as none.
            return False

    def keep(self, drilled: Drilled) -> None:
        """Write a result; a reader sees all of it or none."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._path(drilled.names)
        draft = path.with_suffix(".draft")
        document = {"digest": self._digest, **asdict(drilled)}
        draft.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        draft.replace(path)

    def _path(self, names: tuple[str, ...]) -> Path:
        return self._folder / f"{'+'.join(names)}.json"


def digest(root: Path) -> str:
    """Return the SHA-256 over names and contents of the files below ``root`` that drills depend on."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *DEPENDS_ON],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    found = hashlib.sha256()
    for name in sorted(filter(None, listed.split("\0"))):
        path = root / name
        if path.is_file():
            found.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return found.hexdigest()
