"""The history of the rehearsal's repository: the release before, and two pull requests since."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from rehearsal.code.git_objects import GitObject, Person, commit, tree

FUMIKO = Person("Fumiko Sato", "fumiko@audotics.test")
LEA = Person("Lea Lindqvist", "lea@audotics.test")
PREVIOUS_VERSION = "0.9.4"


@dataclass(frozen=True)
class Commit:
    """A commit: its author's account at the forge, and the objects that it is made of."""

    entry: GitObject
    objects: tuple[GitObject, ...]
    message: str
    account: str
    when: datetime
    parent: str | None

    @property
    def sha(self) -> str:
        """Its id."""
        return self.entry.sha


def history(version: str, built: datetime) -> list[Commit]:
    """Three commits, the oldest first: the release before, and the two of this release; of this run alone."""
    texts = (
        (f"Release {PREVIOUS_VERSION}", "lea", LEA, PREVIOUS_VERSION, timedelta(days=21)),
        ("Recommend by audio features (#41)", "fumiko", FUMIKO, PREVIOUS_VERSION, timedelta(days=4)),
        ("Listen together in group sessions (#42)", "fumiko", FUMIKO, version, timedelta(hours=1)),
    )
    commits: list[Commit] = []
    for message, account, author, named, before in texts:
        blob = GitObject("blob", f"{named}\n".encode())
        root = tree({"VERSION": blob})
        parent = commits[-1].sha if commits else None
        # No two runs have the same release: what one deployed never looks like what another did.
        body = f"{message}\n\nRehearsal: {secrets.token_hex(8)}"
        entry = commit(root, parent, author, built - before, body)
        commits.append(Commit(entry, (blob, root, entry), message, account, built - before, parent))
    return commits
