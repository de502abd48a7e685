"""Whether a document's links lead anywhere: headings, files beside it, pages of hosts that are allowed."""

import asyncio
import hashlib
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from golive.net.errors import ProtocolError
from golive.net.guard import Guard
from golive.net.http import HttpProbe, host_and_port
from golive.net.masking import masked_url
from golive.rollback.observation import LinkSeen, LinksObservation
from golive.rollback.runbook import Link, Runbook, read_runbook

_NO_HEAD = (405, 501)
_BEHIND_A_SIGN_IN = (401, 403)
_LARGEST_DOCUMENT = 5_000_000
_UNFOLLOWED = ("mailto", "tel")


@dataclass(frozen=True, slots=True)
class LinkProbe:
    """Follows the links of documents below ``root``, the project's folder."""

    root: Path
    http: HttpProbe
    guard: Guard

    async def follow(self, runbook: Runbook) -> LinksObservation:
        """Return what is at the end of each link.

        Raises:
            TransportError: a host that is allowed cannot be reached.
        """
        return LinksObservation(runbook.source, [await self._look(link, runbook) for link in runbook.links])

    async def _look(self, link: Link, runbook: Runbook) -> LinkSeen:
        remote = runbook.source.startswith("https://")
        target = urljoin(runbook.source, link.target) if remote else link.target
        try:
            scheme = urlsplit(target).scheme.lower()
        except ValueError:
            return LinkSeen(masked_url(target), link.line, False, "no address at all")
        if link.target.startswith("#") or not link.target:
            there = unquote(link.target[1:]).lower() in runbook.anchors
            said = "a heading of the document" if there else "no such heading in the document"
            return LinkSeen(link.target, link.line, there, said)
        if scheme in ("http", "https"):
            alive, said = await self._fetch(target)
            return LinkSeen(masked_url(target), link.line, alive, said)
        if scheme in _UNFOLLOWED:
            return LinkSeen(f"{scheme}:…", link.line, True, "not followed")
        if scheme:
            return LinkSeen(f"{scheme}:…", link.line, False, "leads to nothing that others can open")
        alive, said = await asyncio.to_thread(self._find, target, runbook)
        return LinkSeen(target, link.line, alive, said)

    async def _fetch(self, url: str) -> tuple[bool | None, str]:
        if not self.guard.knows(*host_and_port(url)):
            return None, "its host is not among [allow.hosts]"
        answer = await self.http.request("HEAD", url)
        if answer.status in _NO_HEAD:
            answer = await self.http.get(url)
        if answer.status in _BEHIND_A_SIGN_IN:
            return True, f"{answer.status}, behind a sign-in"
        return answer.status < 400, str(answer.status)

    def _find(self, target: str, runbook: Runbook) -> tuple[bool, str]:
        name, _, fragment = target.partition("#")
        path = ((self.root / runbook.source).parent / unquote(name)).resolve()
        if not path.is_relative_to(self._home(runbook)):
            return False, "leads out of the project"
        if not path.exists():
            return False, "there is no such file"
        if not fragment or path.suffix.lower() != ".md":
            return True, "a file"
        if unquote(fragment).lower() in _anchors_of(path):
            return True, "a heading of a file"
        return False, "the file has no such heading"

    def _home(self, runbook: Runbook) -> Path:
        """The project, or the folder of a document that lies outside of it."""
        folder, root = (self.root / runbook.source).resolve().parent, self.root.resolve()
        return root if folder.is_relative_to(root) else folder


def _anchors_of(path: Path) -> frozenset[str]:
    try:
        with path.open("rb") as stream:
            content = stream.read(_LARGEST_DOCUMENT)
        digest = hashlib.sha256(content).hexdigest()
        return read_runbook(content, source=path.name, sha256=digest).anchors
    except (OSError, ProtocolError):
        return frozenset()
