"""A local clone, looked at by git itself: it is only read, nothing is fetched, and no hook of it runs."""

import asyncio
import os
import shutil
import signal
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from golive.code.observation import TagObservation
from golive.code.observation_git import SignatureObservation
from golive.core.outcome import Blind
from golive.net.deadline import Deadline
from golive.net.masking import masked_text
from golive.people.signatures import HOW_TO_INSTALL

_INHERITED = ("PATH", "HOME", "LANG", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT")
_ALONE = {
    "LC_ALL": "C",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",  # refs/replace could show another commit than the tag's
    "GIT_NO_LAZY_FETCH": "1",
}
_SETTINGS = ("-c", "protocol.allow=never", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null")
_FORMAT = "%(refname)%00%(objecttype)%00%(taggername)%00%(taggerdate:iso-strict)"
_SECONDS = 10.0
_MOST_OUTPUT = 100_000


@dataclass(frozen=True, slots=True)
class _Done:
    code: int
    output: str
    errors: str

    @property
    def last_words(self) -> str:
        lines = [line.strip() for line in self.errors.splitlines() if line.strip()]
        return masked_text(lines[-1] if lines else f"exit code {self.code}", longest=300)


class GitClone:
    """A clone of the repository.

    Args:
        folder: its working tree, or the bare repository.
        program: git.
    """

    def __init__(self, folder: Path, *, program: str = "git") -> None:
        self._folder = folder
        self._program = program

    @property
    def where(self) -> str:
        """The folder's name, for messages."""
        return f"clone {self._folder.name or self._folder}"

    async def tag(self, name: str) -> TagObservation:
        """Return a tag: its kind, and the commit that it leads to in the end.

        Raises:
            Blind: there is no git, no repository, or git refuses to look at it.
        """
        shown = await self._run("for-each-ref", "--count=1", f"--format={_FORMAT}", f"refs/tags/{name}")
        if shown.code != 0:
            raise Blind(
                f"git cannot look at {self.where}: {shown.last_words}",
                remedy="set forge.clone to a clone that belongs to this user (git -C FOLDER status)",
            )
        found, kind, tagger, made = (shown.output.rstrip("\n").split("\0") + [""] * 4)[:4]
        # The name is a pattern to git, which also finds v1.0/rc where v1.0 is asked for.
        if found != f"refs/tags/{name}":
            return TagObservation(self.where, name, exists=False)
        peeled = await self._run("rev-parse", "--verify", "--quiet", f"refs/tags/{name}^{{commit}}")
        return TagObservation(
            self.where,
            name,
            exists=True,
            annotated=kind == "tag",
            commit=peeled.output.strip(),
            tagger=tagger,
            made=made,
        )

    async def signature(self, name: str, allowed_signers: Path) -> SignatureObservation:
        """Return what ``git verify-tag`` says, where SSH keys of ``allowed_signers`` may sign.

        Raises:
            Blind: there is no git, no ssh-keygen, or no such file.
        """
        if shutil.which("ssh-keygen") is None:
            raise Blind("there is no ssh-keygen to verify the tag's signature with", remedy=HOW_TO_INSTALL)
        keys = await asyncio.to_thread(allowed_signers.resolve)
        if not await asyncio.to_thread(keys.is_file):
            raise Blind(
                f"there is no file of keys {allowed_signers}",
                remedy="write it, in OpenSSH's format, and name it as forge.signed.allowed_signers",
            )
        settings = (
            *("-c", "gpg.format=ssh", "-c", f"gpg.ssh.allowedSignersFile={keys}"),
            *("-c", "gpg.ssh.program=ssh-keygen", "-c", "gpg.minTrustLevel=fully"),
        )
        done = await self._run("verify-tag", f"refs/tags/{name}", settings=settings)
        return SignatureObservation(self.where, name, good=done.code == 0, said=done.last_words)

    async def _run(self, *arguments: str, settings: tuple[str, ...] = ()) -> _Done:
        if shutil.which(self._program) is None:
            raise Blind("there is no git on this machine", remedy="install it (Debian: apt-get install git)")
        if not self._folder.is_dir():
            raise Blind(
                f"there is no folder {self._folder}",
                remedy="set forge.clone to a clone of the repository with its tags",
            )
        environment = {key: os.environ[key] for key in _INHERITED if key in os.environ}
        process = await asyncio.create_subprocess_exec(
            *(self._program, "--no-pager", *_SETTINGS, *settings, "-C", str(self._folder), *arguments),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=environment | _ALONE,
            start_new_session=True,
        )
        try:
            async with Deadline(_SECONDS):
                output, errors = await asyncio.gather(_read(process.stdout), _read(process.stderr))
                code = await process.wait()
        except TimeoutError:
            raise Blind(
                f"git {arguments[0]} did not end within {_SECONDS:g} s in {self.where}",
                remedy="is its disk well? is another git at work there?",
            ) from None
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                await process.wait()
        return _Done(code, output, errors)


async def _read(stream: asyncio.StreamReader | None) -> str:
    """Everything, of which a bounded part is kept."""
    kept = bytearray()
    while stream is not None and (chunk := await stream.read(65_536)):
        kept += chunk[: max(0, _MOST_OUTPUT - len(kept))]
    return kept.decode("utf-8", "replace")
