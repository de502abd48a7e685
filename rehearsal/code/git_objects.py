"""Git's objects, made without git: their ids are known before anything is written.

Source: gitformat-pack(5) and "Git Internals" of Pro Git: an object is its kind, a space, its size, a zero
byte and its content; its id is the SHA-1 of that; a loose object is that, deflated, in a file named after
its id.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

CONFIG = "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = false\n"


@dataclass(frozen=True)
class GitObject:
    """A blob, tree, commit or tag."""

    kind: str
    content: bytes

    @property
    def whole(self) -> bytes:
        """What is hashed, and stored."""
        return f"{self.kind} {len(self.content)}\0".encode() + self.content

    @property
    def sha(self) -> str:
        """The object's id."""
        return hashlib.sha1(self.whole, usedforsecurity=False).hexdigest()


@dataclass(frozen=True)
class Person:
    """Who made something."""

    name: str
    email: str

    def at(self, when: datetime) -> str:
        """As commits and tags write it."""
        return f"{self.name} <{self.email}> {int(when.timestamp())} +0000"


def tree(files: Mapping[str, GitObject]) -> GitObject:
    """A folder without folders in it."""
    entries = (
        b"100644 " + name.encode() + b"\0" + bytes.fromhex(blob.sha) for name, blob in sorted(files.items())
    )
    return GitObject("tree", b"".join(entries))


def commit(root: GitObject, parent: str | None, author: Person, when: datetime, message: str) -> GitObject:
    """A commit with one parent, or none."""
    head = [f"tree {root.sha}", *([f"parent {parent}"] if parent else [])]
    head += [f"author {author.at(when)}", f"committer {author.at(when)}"]
    return GitObject("commit", ("\n".join(head) + f"\n\n{message}\n").encode())


def tag_text(name: str, target: str, tagger: Person, when: datetime, message: str) -> bytes:
    """The content of an annotated tag; a signature is added at its end."""
    head = f"object {target}\ntype commit\ntag {name}\ntagger {tagger.at(when)}\n"
    return f"{head}\n{message}\n".encode()


def write_repository(folder: Path, objects: Iterable[GitObject], refs: Mapping[str, str]) -> None:
    """Write a repository without a working tree's files below `folder`, with `refs` (name -> id)."""
    git = folder / ".git"
    for name in ("objects/info", "objects/pack", "refs/heads", "refs/tags"):
        (git / name).mkdir(parents=True, exist_ok=True)
    (git / "HEAD").write_text("ref: refs/heads/main\n", encoding="utf-8")
    (git / "config").write_text(CONFIG, encoding="utf-8")
    for entry in objects:
        path = git / "objects" / entry.sha[:2] / entry.sha[2:]
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(zlib.compress(entry.whole, level=1))
    for name, sha in refs.items():
        path = git / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{sha}\n", encoding="utf-8")
