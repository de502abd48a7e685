"""Who has what meanwhile: checks that change a resource have it alone, those that rest on it share it."""

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from golive.api.afterwards.playing import players
from golive.api.profile_sign_in import ACCOUNTS
from golive.plugin.collection.changes import Needs
from golive.plugin.running.exclusive_run import ExclusiveRun
from golive.profile.profile import Profile

_ACCOUNT = "account:"
JOURNEYS = max(1, min(os.cpu_count() or 1, 4))
"""Checks whose pages are painted side by side: more than there are processors wait for each other."""
_GLANCE_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Lease:
    """What one check has: keys of resources, and which account plays which role."""

    changes: frozenset[str] = frozenset()
    reads: frozenset[str] = frozenset()
    playing: Mapping[str, str] = field(default_factory=dict)
    browser: bool = False


@dataclass(eq=False, slots=True)
class _Waiting:
    needs: Needs
    had: asyncio.Future[Lease]


class Resources:
    """Hands out resources, all that a check needs at once, in the order in which it was asked.

    Nobody overtakes a check that waits for the same, so none waits for ever; and as nobody waits with
    something in hand, no two wait for each other. Used in one event loop only.
    """

    def __init__(self, profile: Profile, others: ExclusiveRun | None = None) -> None:
        """Hand out what the ``profile`` has; ``others`` holds what several workers of xdist share."""
        self._profile = profile
        self._others = others
        self._changed: set[str] = set()
        self._read: Counter[str] = Counter()
        self._waiting: list[_Waiting] = []
        self._journeys = 0

    @asynccontextmanager
    async def held(self, needs: Needs) -> AsyncIterator[Lease]:
        """Wait for what a check needs, and hold it."""
        waiting = _Waiting(needs, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        self._serve()
        lease: Lease | None = None
        try:
            lease = await waiting.had
            await self._locked(lease)
            yield lease
        finally:
            if lease is None and waiting.had.done() and not waiting.had.cancelled():
                # Cancelled in the very moment in which it got it.
                lease = waiting.had.result()
            self._give_back(waiting, lease)

    def _give_back(self, waiting: _Waiting, lease: Lease | None) -> None:
        if lease is None:
            self._waiting.remove(waiting)
        else:
            self._changed -= lease.changes
            self._read -= Counter(lease.reads)
            self._unlock(lease)
            self._journeys -= lease.browser
        self._serve()

    async def _locked(self, lease: Lease) -> None:
        """Wait until no other worker has what this one hands out: all of it, or nothing is kept meanwhile."""
        others = self._others
        if others is None:
            return
        wanted = [(key, True) for key in sorted(lease.changes)] + [
            (key, False) for key in sorted(lease.reads)
        ]
        while not all(others.try_lock(key, alone=alone) for key, alone in wanted):
            self._unlock(lease, but_held=True)
            await asyncio.sleep(_GLANCE_SECONDS)

    def _unlock(self, lease: Lease, *, but_held: bool = False) -> None:
        if self._others is None:
            return
        for key in lease.changes:
            self._others.unlock(key)
        for key in lease.reads:
            # The lock is this process's: others here may read on.
            if self._read[key] <= but_held:
                self._others.unlock(key)

    def _serve(self) -> None:
        """Give to everybody who can have what they need without anybody before them missing it."""
        promised: set[str] = set()
        """What somebody who waits must have alone."""
        awaited: set[str] = set()
        """What somebody who waits must read."""
        for waiting in tuple(self._waiting):
            lease = self._lease(waiting.needs, promised, awaited)
            if lease is None:
                promised |= {keys[0] for keys in self._choices(waiting.needs).values() if len(keys) == 1}
                awaited |= {self._key(name) for name in waiting.needs.reads}
                continue
            self._changed |= lease.changes
            self._read += Counter(lease.reads)
            self._journeys += lease.browser
            self._waiting.remove(waiting)
            if not waiting.had.done():
                waiting.had.set_result(lease)

    def _lease(self, needs: Needs, promised: Collection[str], awaited: Collection[str]) -> Lease | None:
        reads = frozenset(map(self._key, needs.reads))
        if needs.browser and self._journeys >= JOURNEYS:
            return None
        if any(key in self._changed or key in promised for key in reads):
            return None
        taken: set[str] = set()
        playing: dict[str, str] = {}
        for name, keys in self._choices(needs).items():
            free = [
                key
                for key in keys
                if key not in self._changed and key not in promised
                and not self._read[key] and key not in awaited and key not in reads
            ]  # fmt: skip
            # Two roles that are one account are one resource.
            chosen = next((key for key in free if key not in taken), next(iter(free), None))
            if chosen is None:
                return None
            taken.add(chosen)
            role = name.removeprefix(_ACCOUNT)
            if role != name:
                playing[role] = self._player(role, chosen)
        return Lease(frozenset(taken), reads, playing, needs.browser)

    def _choices(self, needs: Needs) -> dict[str, list[str]]:
        """What is changed, by its name, and the keys of which each is as good."""
        found: dict[str, list[str]] = {}
        for name in needs.changes:
            role = name.removeprefix(_ACCOUNT)
            names = [name] if role == name else [_ACCOUNT + one for one in players(self._profile, role)]
            found[name] = list(dict.fromkeys(map(self._key, names)))
        return found

    def _player(self, role: str, key: str) -> str:
        alike = players(self._profile, role)
        return next(name for name in alike if self._key(_ACCOUNT + name) == key)

    def _key(self, name: str) -> str:
        role = name.removeprefix(_ACCOUNT)
        account = ACCOUNTS.of(self._profile).get(role) if role != name else None
        return name if account is None else f"{_ACCOUNT}{account.email.casefold()}"
