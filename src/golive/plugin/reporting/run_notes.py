"""Remarks about the run itself, which a reader of its verdict must know."""

from collections.abc import Sequence

import pytest

from golive.core.run import BuildsSeen
from golive.plugin.collection.cases import not_in_manifest
from golive.plugin.collection.collected import read_collected
from golive.plugin.running.look_ahead import LookAhead
from golive.plugin.verification import Verification

_LATE_SECONDS = 5.0
"""Less than this in all is what any machine has."""


def notes_of_run(config: pytest.Config, verification: Verification, *, late_seconds: float) -> list[str]:
    """Return a sentence for each; ``late_seconds`` is how long the suite's own event loop stood still."""
    plugin = config.pluginmanager.get_plugin("golive-look-ahead")
    alone = plugin.alone if isinstance(plugin, LookAhead) else {}
    return [
        *verification.machine_clock.notes(),
        *_own_lateness(late_seconds),
        *_left_out(verification),
        *not_in_manifest(read_collected(verification.folder), verification),
        *(f"{count} {'check' if count == 1 else 'checks'} ran alone: {why}" for why, count in alone.items()),
    ]


def unseen_builds(seen: Sequence[BuildsSeen]) -> list[str]:
    """Whose build nobody knows: that it stayed the same during the run rests on its version alone."""
    unseen = sorted({name for one in seen for name in one.unseen})
    if not unseen:
        return []
    return [
        f"which build {', '.join(unseen)} ran was not always to be seen: a change of it would not be known"
    ]


def _own_lateness(seconds: float) -> list[str]:
    """What a reader of latencies must know of this machine; under xdist each worker has a loop of its own."""
    if seconds < _LATE_SECONDS:
        return []
    busy = f"this machine was busy: the suite's own event loop stood still for {seconds:.1f} s in all"
    return [f"{busy}; latencies in the evidence may be longer for it"]


def _left_out(verification: Verification) -> list[str]:
    """What this deployment is declared not to have, and the checks of the scope that need it."""
    absent = verification.profile.absent_features()
    manifest = verification.manifest
    needless = manifest.needless(absent)
    in_scope = {name for item in verification.scope for name in manifest.checks.get(item, ())}
    notes = []
    for feature, reason in absent.items():
        names = [
            name.partition("::")[2]
            for name, lacking in needless.items()
            if lacking == feature and name in in_scope
        ]
        left = f"; not checked: {', '.join(names)}" if names else ""
        notes.append(f"declared absent: {feature} ({reason}){left}")
    return notes
